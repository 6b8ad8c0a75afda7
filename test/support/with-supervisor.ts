import assert from 'node:assert/strict';
import { type CloseReport, Supervisor, type SupervisorOptions } from '../../runtime/index.js';
import { openedSince, openState } from './open-state.js';

/**
 * A test body that has not ended by then waits for something that does not come; its supervisor is closed so that the next test starts clean.
 * On a busy machine the longest ones take ten times what they take elsewhere, and must not be taken for that.
 */
const STUCK_MS = 120_000;

/**
 * Runs a test body with a supervisor and closes it, whatever happens. Afterwards it is looked at from outside: no task settled twice, none
 * was left unsettled, and nothing is open that was not open before.
 */
export async function withSupervisor(
  options: SupervisorOptions,
  body: (supervisor: Supervisor) => Promise<void>,
): Promise<CloseReport> {
  const before = await openState();
  const supervisor = new Supervisor(options);
  const settled = new Map<number, number>();
  supervisor.on('settled', ({ taskId }) => settled.set(taskId, (settled.get(taskId) ?? 0) + 1));
  let report: CloseReport;
  try {
    await unlessStuck(body(supervisor), supervisor);
    report = await unlessStuck(supervisor.close(), supervisor);
  } catch (error) {
    await supervisor.close({ timeout: 0 });
    throw error;
  }
  await assertNothingLeft(before, report);
  const twice = [...settled].filter(([, times]) => times > 1);
  assert.deepEqual(twice, [], 'tasks that settled more than once');
  return report;
}

/** The close report names nothing that is left, and neither do the kernel and Node. */
export async function assertNothingLeft(
  before: Awaited<ReturnType<typeof openState>>,
  report: CloseReport,
): Promise<void> {
  assert.deepEqual(report.left, [], 'what the close report says is left');
  const extra = await openedSince(before);
  assert.deepEqual(extra, [], 'what is open and was not before');
}

async function unlessStuck<Value>(work: Promise<Value>, supervisor: Supervisor): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const { state, threads, lanes } = supervisor.snapshot();
      const slots = threads.map((thread) => `slot ${thread.slot} ${thread.state} ${thread.task ?? '-'}`).join(', ');
      reject(
        new Error(
          `The test waits for something that does not come. Supervisor ${state}; ${slots}; lanes ${JSON.stringify(lanes)}`,
        ),
      );
    }, STUCK_MS);
  });
  try {
    return await Promise.race([work, stuck]);
  } finally {
    clearTimeout(timer);
  }
}
