import assert from 'node:assert/strict';
import test from 'node:test';
import type { RestartEvent, SettledEvent, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import { code, FAULT_TABLE, type FaultRow, lost, plain, REASON, thrown, value } from '../support/fault-table.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type FaultAt = typeof import('../fixtures/handlers/fault-at.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');

/** Small heaps, so that memory runs out soon; a short grace, so that what does not listen is ended soon. */
const OPTIONS: SupervisorOptions = {
  grace: 50,
  resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 },
};
const NEIGHBOURS = 6;

const load = (supervisor: Supervisor) => supervisor.load<FaultAt>(fixture('fault-at'));

/** Everything the supervisor tells while a test runs. */
function listen(supervisor: Supervisor): { settled: SettledEvent[]; restarts: RestartEvent[] } {
  const told = { settled: [] as SettledEvent[], restarts: [] as RestartEvent[] };
  supervisor.on('settled', (event) => told.settled.push(event));
  supervisor.on('restart', (event) => told.restarts.push(event));
  return told;
}

/** Teaches the supervisor that the task is short, so that what follows travels in parcels. */
async function warmUp(faultAt: (order: { value: number }) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 40 }, (_, index) => faultAt({ value: index })));
  }
}

async function assertWorks(supervisor: Supervisor): Promise<void> {
  const { faultAt, faultAtIo } = await load(supervisor);
  const values = Array.from({ length: 8 }, (_, index) => index);
  assert.deepEqual(await Promise.all(values.map((index) => faultAt(plain(index)))), values);
  assert.deepEqual(await Promise.all(values.map((index) => faultAtIo(plain(index)))), values);
}

for (const { fault, options, ends } of FAULT_TABLE) {
  test(`${fault}, in the middle of a parcel: what stands before and behind it succeeds in its first attempt`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      await warmUp(faultAt);
      const told = listen(supervisor);
      const gate = new Gate();
      const before = [0, 1, 2].map((index) => faultAt(plain(index, gate.words)));
      const faulty = outcomeOf(faultAt({ fault }, options));
      const behind = [3, 4, 5].map((index) => faultAt(plain(index, gate.words)));
      assert.deepEqual(await Promise.all([...before, ...behind]), [0, 1, 2, 3, 4, 5]);
      ends(await faulty);
      assert.equal(gate.marks(), NEIGHBOURS, 'each neighbour ran once');
      const usages = told.settled.filter(({ outcome, usage }) => outcome === 'ok' && usage.attempts !== 1);
      assert.deepEqual(usages, [], 'a move to another thread counts no attempt');
      await assertWorks(supervisor);
    });
  });

  test(`${fault}, while threads are starting: tasks behind it succeed`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
      const { faultAt, faultAtIo } = await load(supervisor);
      const faulty = outcomeOf(faultAt({ fault }, options));
      const values = Array.from({ length: NEIGHBOURS }, (_, index) => index);
      const neighbours = values.map((index) => (index % 2 === 0 ? faultAt : faultAtIo)(plain(index)));
      assert.deepEqual(await Promise.all(neighbours), values);
      ends(await faulty);
      await assertWorks(supervisor);
    });
  });

  test(`${fault}, while other threads run: their tasks succeed`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 3 }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      const { waitAtGate } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
      const gate = new Gate();
      const neighbours = [1, 2].map((value) => waitAtGate({ words: gate.words, value }));
      await gate.arrived(2);
      ends(await outcomeOf(faultAt({ fault }, options)));
      gate.open();
      assert.deepEqual(await Promise.all(neighbours), [1, 2]);
      await assertWorks(supervisor);
    });
  });
}

for (const { fault, options, ends, restarts, sinks } of FAULT_TABLE) {
  const fate = sinks ? 'are lost with it and say so' : 'succeed';
  test(`${fault}, in an io task beside others in its thread: the others ${fate}`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const { faultAtIo } = await load(supervisor);
      const { waitAtGateIo } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
      const told = listen(supervisor);
      const gate = new Gate();
      const neighbours = [1, 2, 3].map((value) => outcomeOf(waitAtGateIo({ words: gate.words, value })));
      await gate.arrived(3);
      ends(await outcomeOf(faultAtIo({ fault }, options)));
      gate.open();
      for (const [index, ended] of (await Promise.all(neighbours)).entries())
        (sinks ? lost(/./) : value(index + 1))(ended);
      await assertWorks(supervisor);
      assert.equal(told.restarts.length, restarts ? 1 : 0, 'deaths nobody asked for');
    });
  });

  test(`${fault}, in a task that runs while the supervisor closes: accepted tasks are finished first`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      const gate = new Gate();
      const faulty = outcomeOf(faultAt({ fault, where: 'at gate', words: gate.words }, options));
      const neighbours = [0, 1, 2].map((index) => faultAt(plain(index)));
      await gate.arrived();
      const closed = supervisor.close();
      gate.open();
      assert.deepEqual(await Promise.all(neighbours), [0, 1, 2]);
      ends(await faulty);
      assert.equal((await closed).aborted, 0);
    });
  });
}

/** A fault in a cleanup takes the attempt along just as in its handler, but what a cleanup returns is nobody's. */
const endsDeferred: Partial<Record<FaultRow['fault'], FaultRow['ends']>> = {
  'return what cannot be cloned': value('result'),
  'return 200 MB': value('result'),
  'forge messages': value('result'),
};

for (const { fault, options, ends } of FAULT_TABLE) {
  test(`${fault}, in a cleanup of an attempt that returned: it ends the attempt, and no other`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      const faulty = outcomeOf(faultAt({ fault, where: 'deferred', value: 'result' }, options));
      const neighbours = [0, 1, 2].map((index) => faultAt(plain(index)));
      assert.deepEqual(await Promise.all(neighbours), [0, 1, 2]);
      (endsDeferred[fault] ?? ends)(await faulty);
      await assertWorks(supervisor);
    });
  });
}

/** What cannot be had while the result is cloned is not cloneable; what ends the thread ends it there as well. */
const endsInGetter: Partial<Record<FaultRow['fault'], FaultRow['ends']>> = {
  'throw an error': code('PLUSTWO_NOT_CLONEABLE', /trap/),
  'throw null': code('PLUSTWO_NOT_CLONEABLE', /trap/),
  hang: code('PLUSTWO_NOT_CLONEABLE', /trap/),
  'return what cannot be cloned': code('PLUSTWO_NOT_CLONEABLE', /trap\.options\.callback/),
  'forge messages': value({ trap: 'posted' }),
};
const inGetter = FAULT_TABLE.filter(
  ({ fault }) => !['return 200 MB', 'throw in a timer', 'reject unheard'].includes(fault),
);

for (const { fault, options, ends } of inGetter) {
  test(`${fault}, while its result is being cloned: it ends the attempt, and no other`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      const faulty = outcomeOf(faultAt({ fault, where: 'getter' }, options));
      const neighbours = [0, 1, 2].map((index) => faultAt(plain(index)));
      assert.deepEqual(await Promise.all(neighbours), [0, 1, 2]);
      (endsInGetter[fault] ?? ends)(await faulty);
      await assertWorks(supervisor);
    });
  });
}

test('a signal that is ignored: the task rejects with its reason, and the thread is replaced under nobody else', async () => {
  await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
    const { faultAt } = await load(supervisor);
    const { waitAtGate } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const told = listen(supervisor);
    const gate = new Gate();
    const held = waitAtGate({ words: gate.words, value: 'held' });
    await gate.arrived();
    const own = new Gate();
    const controller = new AbortController();
    const faulty = outcomeOf(faultAt({ fault: 'hang', words: own.words }, { signal: controller.signal }));
    await own.marked();
    controller.abort(REASON);
    thrown(REASON)(await faulty);
    gate.open();
    assert.equal(await held, 'held');
    await assertWorks(supervisor);
    assert.deepEqual(told.restarts, [], 'a thread we ended did not die');
  });
});
