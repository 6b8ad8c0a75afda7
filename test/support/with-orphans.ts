import { closeSync } from 'node:fs';
import { type CloseReport, Supervisor, type SupervisorOptions } from '../../runtime/index.js';
import { openState } from './open-state.js';
import { assertNothingLeft } from './with-supervisor.js';

/**
 * Runs a test body with a supervisor and closes it, whatever happens. Afterwards nothing is open that was not open before, but the
 * descriptors the close report calls orphans; those are closed here, since their threads are gone and nobody else will.
 */
export async function withOrphans(
  options: SupervisorOptions,
  body: (supervisor: Supervisor) => Promise<void>,
): Promise<CloseReport> {
  const before = await openState();
  const supervisor = new Supervisor(options);
  let report: CloseReport;
  try {
    await body(supervisor);
    report = await supervisor.close();
  } catch (error) {
    await supervisor.close({ timeout: 0 });
    throw error;
  }
  for (const { descriptor } of report.orphans) closeSync(descriptor);
  await assertNothingLeft(before, report);
  return report;
}
