import assert from 'node:assert/strict';
import test from 'node:test';
import type { RestartEvent, SettledEvent, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Late = typeof import('../fixtures/handlers/late.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');

const loadLate = (supervisor: Supervisor) => supervisor.load<Late>(fixture('late'));
const loadWait = (supervisor: Supervisor) => supervisor.load<WaitAtGate>(fixture('wait-at-gate'));

function nextRestart(supervisor: Supervisor): Promise<RestartEvent> {
  return new Promise((resolve) => supervisor.once('restart', resolve));
}

/** Fails the test if any task ends other than ok. */
function listen(supervisor: Supervisor): SettledEvent[] {
  const bad: SettledEvent[] = [];
  supervisor.on('settled', (event) => {
    if (event.outcome !== 'ok') bad.push(event);
  });
  return bad;
}

for (const how of ['throwLate', 'rejectLate', 'throwLateIo', 'rejectLateIo'] as const) {
  test(`${how}: a late error is told with its error and the name of the task that started it`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const handles = await loadLate(supervisor);
      const bad = listen(supervisor);
      const gate = new Gate();
      const restarted = nextRestart(supervisor);
      assert.equal(await handles[how]({ words: gate.words, message: 'too late' }), 'returned');
      gate.open();
      const { task, taskId, slot, generation, reason, error, at } = await restarted;
      assert.deepEqual({ task, taskId, slot, generation }, { task: how, taskId: 1, slot: 0, generation: 1 });
      assert.match(reason, /RangeError: too late/);
      assert.ok(error instanceof RangeError);
      assert.ok(!Number.isNaN(Date.parse(at)));
      assert.deepEqual(
        supervisor.snapshot().restarts.map((record) => record.taskId),
        [1],
      );
      assert.deepEqual(bad, []);
    });
  });

  test(`${how}: a late error never rejects the task that runs when it comes`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const handles = await loadLate(supervisor);
      const { waitAtGate, waitAtGateIo } = await loadWait(supervisor);
      const bad = listen(supervisor);
      const [late, held] = [new Gate(), new Gate()];
      await handles[how]({ words: late.words, message: 'too late' });
      const running = [how.endsWith('Io') ? waitAtGateIo : waitAtGate].map((wait) =>
        wait({ words: held.words, value: 'running' }),
      );
      await held.arrived();
      const behind = waitAtGate({ words: held.words, value: 'behind' });
      const restarted = nextRestart(supervisor);
      late.open();
      await late.marked();
      held.open();
      assert.deepEqual(await Promise.all([...running, behind]), ['running', 'behind']);
      assert.equal((await restarted).task, how);
      assert.deepEqual(bad, []);
    });
  });
}

for (const how of ['exitLate', 'exitLateIo'] as const) {
  test(`${how}: a late exit never takes a running task along, and is told as one`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const handles = await loadLate(supervisor);
      const { waitAtGateIo } = await loadWait(supervisor);
      const bad = listen(supervisor);
      const [late, held] = [new Gate(), new Gate()];
      await handles[how]({ words: late.words, message: '' });
      const running = [1, 2].map((value) => waitAtGateIo({ words: held.words, value }));
      await held.arrived(2);
      const restarted = nextRestart(supervisor);
      late.open();
      await late.marked();
      held.open();
      assert.deepEqual(await Promise.all(running), [1, 2]);
      const { reason, task } = await restarted;
      assert.match(reason, /exit code 13/);
      assert.equal(task, how);
      assert.deepEqual(bad, []);
    });
  });
}

test('of two late errors of one thread the first is told: it is what the thread dies of', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { throwLate, rejectLate } = await loadLate(supervisor);
    const { waitAtGateIo } = await loadWait(supervisor);
    const [late, held] = [new Gate(), new Gate()];
    const second = new Gate();
    await throwLate({ words: late.words, message: 'first' });
    await rejectLate({ words: second.words, message: 'second' });
    const running = waitAtGateIo({ words: held.words });
    await held.arrived();
    const restarted = nextRestart(supervisor);
    late.open();
    await late.marked();
    second.open();
    await second.marked();
    held.open();
    await running;
    await restarted;
    const named = supervisor.snapshot().restarts.map(({ task, reason }) => `${String(task)}: ${reason}`);
    assert.equal(named.length, 1, 'one thread died');
    assert.match(String(named[0]), /throwLate/, 'the first error is what made it unsound');
  });
});

test('an error of one attempt among a hundred that run side by side is charged to that one', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { faultAtIo } = await supervisor.load<typeof import('../fixtures/handlers/fault-at.js')>(fixture('fault-at'));
    const { waitAtGateIo } = await loadWait(supervisor);
    const gate = new Gate();
    const neighbours = Array.from({ length: 90 }, (_, value) => waitAtGateIo({ words: gate.words, value }));
    await gate.arrived(90);
    const faulty = await Promise.allSettled(
      (['throw in a timer', 'reject unheard'] as const).map((fault) => faultAtIo({ fault })),
    );
    assert.deepEqual(
      faulty.map((ended) => (ended.status === 'rejected' ? (ended.reason as Error).message : ended.value)),
      ['thrown in a timer', 'rejected unheard'],
    );
    gate.open();
    assert.deepEqual(await Promise.all(neighbours), [...neighbours.keys()]);
  });
});
