import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RestartEvent, RestartIntensityError, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { until } from '../support/until.js';
import { withSupervisor } from '../support/with-supervisor.js';

type ExitOrEcho = typeof import('../fixtures/handlers/exit-or-echo.js');
type FaultAt = typeof import('../fixtures/handlers/fault-at.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');

const load = (supervisor: Supervisor) => supervisor.load<ExitOrEcho>(fixture('exit-or-echo'));

test('more deaths in a slot than the intensity allows end in an error for everything pending', async () => {
  await withSupervisor({ threads: 1, restart: { intensity: 2, period: '1h' } }, async (supervisor) => {
    const { exitOrEcho } = await load(supervisor);
    const restarts: RestartEvent[] = [];
    supervisor.on('restart', (event) => restarts.push(event));
    const exits = Array.from({ length: 10 }, () => errorOf(exitOrEcho('exit')));
    const behind = errorOf(exitOrEcho('behind'));
    const codes = (await Promise.all(exits)).map((error) => (error as { code?: unknown }).code);
    // An exit while the thread opens a file ends its attempt first and the thread afterwards; another may be in that by then.
    const lost = codes.lastIndexOf('PLUSTWO_THREAD_LOST') + 1;
    assert.ok(lost >= 3 && lost < codes.length, `${lost} were lost`);
    assert.deepEqual(codes, [
      ...Array<string>(lost).fill('PLUSTWO_THREAD_LOST'),
      ...Array<string>(codes.length - lost).fill('PLUSTWO_RESTART_INTENSITY'),
    ]);
    const error = (await behind) as RestartIntensityError;
    assert.equal(error.code, 'PLUSTWO_RESTART_INTENSITY');
    assert.match(error.message, /3 deaths in slot 0.*exit code 13.*exitOrEcho/s);
    assert.deepEqual(
      error.deaths.map(({ generation }) => generation),
      [1, 2, 3],
    );
    assert.equal(restarts.length, 2, 'the last death restarts nothing');
    await errorWithCode(exitOrEcho('later'), 'PLUSTWO_RESTART_INTENSITY');
    await errorWithCode(supervisor.load(fixture('echo')), 'PLUSTWO_RESTART_INTENSITY');
    assert.equal(supervisor.snapshot().state, 'closed');
    await supervisor.drain();
  });
});

test('more deaths in all slots than the total allows end the same way, also for what runs elsewhere', async () => {
  // Two slots are kept for io, so the exits have one beside the task that runs.
  await withSupervisor(
    { threads: 4, grace: 30, restart: { intensity: 100, total: 2, period: '1h' } },
    async (supervisor) => {
      const { exitOrEcho } = await load(supervisor);
      const { waitAtGate, waitAtGateIo } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
      // With slots missing, the io task might be put where the exits are to happen.
      while (supervisor.snapshot().threads.some(({ state }) => state !== 'idle')) await nextTurn();
      const gate = new Gate();
      const running = [waitAtGate({ words: gate.words }), waitAtGateIo({ words: gate.words })].map((task) =>
        errorWithCode(task, 'PLUSTWO_RESTART_INTENSITY'),
      );
      await gate.arrived(2);
      // Each in a thread of its own: one that is to go might have two of them.
      for (const isLast of [false, false, true]) {
        const restarted = isLast ? undefined : once(supervisor, 'restart');
        await errorWithCode(exitOrEcho('exit'), 'PLUSTWO_THREAD_LOST');
        await restarted;
      }
      const errors = await Promise.all(running);
      assert.match(errors[0]?.message ?? '', /3 deaths in all/);
    },
  );
});

test('an attempt that ends ok clears the count', async () => {
  await withSupervisor({ threads: 1, restart: { intensity: 1, period: '1h' } }, async (supervisor) => {
    const { exitOrEcho } = await load(supervisor);
    for (let round = 0; round < 4; round++) {
      const restarted = once(supervisor, 'restart');
      await errorWithCode(exitOrEcho('exit'), 'PLUSTWO_THREAD_LOST');
      await restarted;
      assert.equal(await exitOrEcho('ok'), 'ok');
    }
    assert.equal(supervisor.snapshot().restarts.length, 4);
  });
});

test('deaths we caused do not count: timeouts, cancels, and tasks given up', async () => {
  await withSupervisor({ threads: 2, grace: 10, restart: { intensity: 0, total: 0 } }, async (supervisor) => {
    const { faultAt, faultAtIo } = await supervisor.load<FaultAt>(fixture('fault-at'));
    for (const fault of ['loop', 'hang'] as const) {
      await errorWithCode(faultAt({ fault }, { timeout: 200 }), 'PLUSTWO_TIMED_OUT');
      await errorWithCode(faultAtIo({ fault }, { timeout: 200 }), 'PLUSTWO_TIMED_OUT');
      const gate = new Gate();
      const controller = new AbortController();
      const cancelled = errorOf(faultAt({ fault, words: gate.words }, { signal: controller.signal }));
      await gate.marked();
      controller.abort('enough');
      assert.equal(await cancelled, 'enough');
    }
    assert.equal(await faultAt({ value: 1 }), 1);
    assert.deepEqual(supervisor.snapshot().restarts, []);
  });
});

test('an intensity of 0 gives up at the first death nobody asked for', async () => {
  await withSupervisor({ threads: 2, restart: { intensity: 0 } }, async (supervisor) => {
    const { exitOrEcho } = await load(supervisor);
    await outcomeOf(exitOrEcho('exit'));
    // The outcome may be told before the thread has gone.
    await until(() => supervisor.snapshot().state === 'closed');
    await errorWithCode(exitOrEcho('after'), 'PLUSTWO_RESTART_INTENSITY');
  });
});

test('late errors count as deaths', async () => {
  await withSupervisor({ threads: 1, restart: { intensity: 0 } }, async (supervisor) => {
    const { throwLate } = await supervisor.load<typeof import('../fixtures/handlers/late.js')>(fixture('late'));
    const { waitAtGateIo } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const [late, held] = [new Gate(), new Gate()];
    await throwLate({ words: late.words, message: 'too late' });
    // What runs beside it finishes; what comes after it is turned away.
    const running = waitAtGateIo({ words: held.words, value: 'finished' });
    await held.arrived();
    late.open();
    await late.marked();
    held.open();
    assert.equal(await running, 'finished');
    const error = await errorWithCode(waitAtGateIo({ words: held.words }), 'PLUSTWO_RESTART_INTENSITY');
    assert.match(error.message, /too late.*throwLate/s);
  });
});

test('map ends when the supervisor gives up, and tells of every input it pulled', async () => {
  await withSupervisor({ threads: 1, restart: { intensity: 1, period: '1h' } }, async (supervisor) => {
    const { exitOrEcho } = await load(supervisor);
    let pulled = 0;
    let closed = false;
    function* endless(): Generator<string> {
      try {
        for (;;) {
          pulled++;
          yield 'exit';
        }
      } finally {
        closed = true;
      }
    }
    const statuses: string[] = [];
    for await (const { status } of exitOrEcho.map(endless(), { concurrency: 16 })) {
      statuses.push(status);
      if (statuses.length > 1_000) break;
    }
    assert.ok(statuses.every((status) => status === 'lost'));
    assert.ok(closed, 'its source is closed');
    assert.equal(statuses.length, pulled);
  });
});

test('threads that are ended while they import a module leave no descriptor', async () => {
  const restart = { intensity: 1_000, total: 1_000 };
  await withSupervisor({ threads: 2, grace: 1, restart }, async (supervisor) => {
    const { faultAt, faultAtIo } = await supervisor.load<FaultAt>(fixture('fault-at'));
    // Each round has a fresh thread, whose import is ended a little later than that of the round before.
    for (let timeout = 1; timeout <= 20; timeout++) {
      await errorWithCode(faultAt({ fault: 'exit 1' }), 'PLUSTWO_THREAD_LOST');
      await errorWithCode(faultAtIo({ fault: 'hang' }, { timeout }), 'PLUSTWO_TIMED_OUT');
    }
  });
});
