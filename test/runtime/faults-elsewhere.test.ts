// Faults outside a running handler: in an idle thread, at load, at boot, in a teardown, in the input.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { RestartEvent, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import { code, FAULT_TABLE, plain } from '../support/fault-table.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type FaultAt = typeof import('../fixtures/handlers/fault-at.js');
type LoadInFirstThread = typeof import('../fixtures/handlers/load-in-first-thread.js');

const OPTIONS: SupervisorOptions = {
  grace: 50,
  resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 },
};

const load = (supervisor: Supervisor) => supervisor.load<FaultAt>(fixture('fault-at'));

/** The next death of a thread. */
function nextRestart(supervisor: Supervisor): Promise<RestartEvent> {
  return new Promise((resolve) => supervisor.once('restart', resolve));
}

/** What happens to the thread of a fault that comes in a timer when its task is long over. */
const late = FAULT_TABLE.filter(({ fault }) => fault !== 'loop').map(({ fault, restarts }) => {
  const thrown = fault === 'throw an error' || fault === 'throw null';
  return { fault, restarts: restarts || thrown };
});

for (const { fault, restarts } of late) {
  const fate = restarts ? 'is told with the name of the task, and the thread is replaced' : 'harms nobody';
  test(`${fault}, in an idle thread, after its task returned: it ${fate}`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      const gate = new Gate();
      const restarted = nextRestart(supervisor);
      assert.equal(await faultAt({ fault, where: 'after', value: 'result', words: gate.words }), 'result');
      gate.open();
      if (restarts) {
        const { slot, generation, task, taskId } = await restarted;
        const isNamed = fault.startsWith('throw') || fault === 'reject unheard';
        assert.deepEqual({ slot, generation }, { slot: 0, generation: 1 });
        if (isNamed) assert.deepEqual({ task, taskId }, { task: 'faultAt', taskId: 1 });
      }
      const values = [0, 1, 2, 3];
      assert.deepEqual(await Promise.all(values.map((index) => faultAt(plain(index)))), values);
    });
  });
}

test('loop, in an idle thread, after its task returned: what was posted there moves to another thread', async () => {
  const report = await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
    const { faultAt } = await load(supervisor);
    const gate = new Gate();
    assert.equal(await faultAt({ fault: 'loop', where: 'after', value: 'result', words: gate.words }), 'result');
    await gate.arrived();
    gate.open();
    const values = Array.from({ length: 20 }, (_, index) => index);
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(await Promise.all(values.map((index) => faultAt(plain(index)))), values);
    }
  });
  assert.ok(
    report.threads.some(({ quiesced, exited }) => !quiesced && exited),
    'the looping thread did not answer and was ended',
  );
});

test('loop without a timeout, in the middle of a parcel: what stands before it is told, what stands behind it moves', async () => {
  await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
    const { faultAt } = await load(supervisor);
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 100 }, (_, index) => faultAt(plain(index))));
    const before = Array.from({ length: 8 }, (_, index) => faultAt(plain(index)));
    const looping = outcomeOf(faultAt({ fault: 'loop' }));
    const behind = Array.from({ length: 8 }, (_, index) => faultAt(plain(index)));
    assert.deepEqual(await Promise.all([...before, ...behind]), [...before.keys(), ...behind.keys()]);
    void supervisor.close({ timeout: 0 });
    const ended = await looping;
    code('PLUSTWO_CLOSED')(ended);
  });
});

test('hang without a timeout, in the middle of a parcel: what stands before it is told, what stands behind it moves', async () => {
  await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
    const { faultAt } = await load(supervisor);
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 100 }, (_, index) => faultAt(plain(index))));
    const before = Array.from({ length: 8 }, (_, index) => faultAt(plain(index)));
    const hanging = outcomeOf(faultAt({ fault: 'hang' }));
    const behind = Array.from({ length: 8 }, (_, index) => faultAt(plain(index)));
    assert.deepEqual(await Promise.all([...before, ...behind]), [...before.keys(), ...behind.keys()]);
    void supervisor.close({ timeout: 0 });
    code('PLUSTWO_CLOSED')(await hanging);
  });
});

test('a module that throws at load: load rejects with its error as cause, and the thread lives on', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const error = await errorWithCode(supervisor.load(fixture('throw-at-load')), 'PLUSTWO_LOAD_FAILED');
    const { cause } = error;
    assert.ok(cause instanceof RangeError);
    assert.equal(cause.message, 'this module cannot be loaded');
    assert.equal((cause as { code?: unknown }).code, 'E_NO_LOAD');
    const { faultAt } = await load(supervisor);
    assert.equal(await faultAt(plain(1)), 1);
    assert.deepEqual(supervisor.snapshot().restarts, []);
  });
});

test('a module that ends its thread at load: load rejects and says so, and the thread is replaced', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const error = await errorWithCode(supervisor.load(fixture('exit-at-load')), 'PLUSTWO_LOAD_FAILED');
    assert.match(error.message, /exit code 13/);
    const { faultAt } = await load(supervisor);
    assert.equal(await faultAt(plain(1)), 1);
  });
});

test('a module that ends its thread at load, beside running io tasks: load rejects, and they succeed', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { waitAtGateIo } = await supervisor.load<typeof import('../fixtures/handlers/wait-at-gate.js')>(
      fixture('wait-at-gate'),
    );
    const gate = new Gate();
    const running = [1, 2, 3].map((value) => waitAtGateIo({ words: gate.words, value }));
    await gate.arrived(3);
    await errorWithCode(supervisor.load(fixture('exit-at-load')), 'PLUSTWO_LOAD_FAILED');
    gate.open();
    assert.deepEqual(await Promise.all(running), [1, 2, 3]);
  });
});

for (const specifier of [fixture('is-not-there'), './no/such/module.js']) {
  test(`a module that is not there (${specifier instanceof URL ? 'a URL' : 'a path'}): load rejects, and the supervisor works on`, async () => {
    await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
      const error = await errorWithCode(supervisor.load(specifier), 'PLUSTWO_LOAD_FAILED');
      assert.equal((error.cause as { code?: unknown }).code, 'ERR_MODULE_NOT_FOUND');
      const { faultAt } = await load(supervisor);
      assert.equal(await faultAt(plain(1)), 1);
    });
  });
}

for (const [then, ends] of [
  ['throw', code('PLUSTWO_LOAD_FAILED', /loads in the first thread only/)],
  ['export nothing', code('PLUSTWO_LOAD_FAILED', /sometimes/)],
  ['exit', code(/PLUSTWO_LOAD_FAILED|PLUSTWO_THREAD_LOST/, /exit code 13/)],
] as const) {
  test(`a module that loaded once and would now ${then}: the task is rejected, and other tasks succeed`, async () => {
    const { words } = new Gate();
    await withSupervisor({ ...OPTIONS, threads: 1, workerData: { words, then } }, async (supervisor) => {
      const { faultAt } = await load(supervisor);
      const { sometimes } = await supervisor.load<LoadInFirstThread>(fixture('load-in-first-thread'));
      assert.equal(await sometimes(1), 1);
      await outcomeOf(faultAt({ fault: 'exit 1' }));
      const second = outcomeOf(sometimes(2));
      const values = [0, 1, 2, 3];
      assert.deepEqual(await Promise.all(values.map((index) => faultAt(plain(index)))), values);
      ends(await second);
    });
  });
}

for (const boot of ['exit-at-boot', 'throw-at-boot']) {
  test(`a thread that does not come up (${boot}): whatever waits for it is told why, soon`, async () => {
    await withSupervisor(
      { threads: 2, execArgv: ['--import', fixture(boot).href], restart: { intensity: 2 } },
      async (supervisor) => {
        const error = await errorWithCode(load(supervisor), 'PLUSTWO_RESTART_INTENSITY');
        assert.match(error.message, boot === 'exit-at-boot' ? /exit code 13/ : /does not come up/);
      },
    );
  });
}

test('threads that Node refuses to make: whatever waits for them is told why', async () => {
  await withSupervisor(
    { threads: 2, execArgv: ['--no-such-option'], restart: { intensity: 2 } },
    async (supervisor) => {
      const error = await errorWithCode(load(supervisor), 'PLUSTWO_RESTART_INTENSITY');
      assert.match(error.message, /no-such-option/);
    },
  );
});

for (const fault of [
  'throw an error',
  'throw null',
  'exit 13',
  'throw in a timer',
  'reject unheard',
  'hang',
  'loop',
  'run out of memory',
] as const) {
  test(`${fault}, in the teardown of a module: close ends the thread all the same`, async () => {
    const report = await withSupervisor({ ...OPTIONS, threads: 1, workerData: fault }, async (supervisor) => {
      const { echo } = await supervisor.load<typeof import('../fixtures/handlers/fault-in-teardown.js')>(
        fixture('fault-in-teardown'),
      );
      assert.deepEqual(await Promise.all([echo(1), echo(2)]), [1, 2]);
    });
    const [thread] = report.threads;
    assert.equal(thread?.exited, true);
    if (fault === 'throw an error') assert.match(String(report.errors[0]), /thrown on purpose/);
    if (fault === 'throw null') assert.deepEqual(report.errors, [null]);
  });
}
