import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import type { Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type CountRuns = typeof import('../fixtures/handlers/count-runs.js');
type FaultAt = typeof import('../fixtures/handlers/fault-at.js');
type HangUntil = typeof import('../fixtures/handlers/hang-until.js');
type ObeySignal = typeof import('../fixtures/handlers/obey-signal.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');

const REASON = new Error('the caller changed its mind');
const loadCount = (supervisor: Supervisor) => supervisor.load<CountRuns>(fixture('count-runs'));
const loadHang = (supervisor: Supervisor) => supervisor.load<HangUntil>(fixture('hang-until'));
const loadWait = (supervisor: Supervisor) => supervisor.load<WaitAtGate>(fixture('wait-at-gate'));

for (const kind of ['cpu', 'io'] as const) {
  test(`a queued ${kind} task leaves at once when cancelled, and never runs`, async () => {
    await withSupervisor({ threads: 1, ioConcurrency: 1 }, async (supervisor) => {
      const { waitAtGate, waitAtGateIo } = await loadWait(supervisor);
      const { countRuns, countRunsIo } = await loadCount(supervisor);
      const gate = new Gate();
      const held = (kind === 'cpu' ? waitAtGate : waitAtGateIo)({ words: gate.words, value: 'held' });
      await gate.arrived();
      const controller = new AbortController();
      const tasks = Array.from({ length: 10 }, () =>
        (kind === 'cpu' ? countRuns : countRunsIo)({ words: gate.words }, { signal: controller.signal }),
      );
      const errors = Promise.all(tasks.map((task) => errorOf(task)));
      controller.abort(REASON);
      assert.ok((await errors).every((error) => error === REASON));
      assert.equal(supervisor.snapshot().lanes[kind].queued, 0);
      gate.open();
      assert.equal(await held, 'held');
      assert.equal(gate.marks(), 0);
    });
  });

  test(`a running ${kind} task is asked by its signal, and rejects with the caller's own reason`, async () => {
    await withSupervisor({ threads: 1, grace: '20s' }, async (supervisor) => {
      const { obeySignal, obeySignalIo } = await supervisor.load<ObeySignal>(fixture('obey-signal'));
      const gate = new Gate();
      const controller = new AbortController();
      const error = errorOf(
        (kind === 'cpu' ? obeySignal : obeySignalIo)({ words: gate.words }, { signal: controller.signal }),
      );
      await gate.arrived();
      controller.abort(REASON);
      assert.equal(await error, REASON);
      assert.equal(gate.marks(), 1, 'the handler heard it');
      assert.equal(supervisor.snapshot().threads[0]?.generation, 1, 'its thread lives on');
    });
  });
}

test('a task whose signal was aborted before the call never runs', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const gate = new Gate();
    assert.equal(await errorOf(countRuns({ words: gate.words }, { signal: AbortSignal.abort(REASON) })), REASON);
    await countRuns({ words: gate.words });
    assert.equal(gate.marks(), 1);
  });
});

test('a task cancelled in the tick of its call never runs', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const gate = new Gate();
    const controller = new AbortController();
    const error = errorOf(countRuns({ words: gate.words }, { signal: controller.signal }));
    controller.abort(REASON);
    assert.equal(await error, REASON);
    await countRuns({ words: gate.words });
    assert.equal(gate.marks(), 1);
  });
});

for (const reason of [null, undefined, 'just text', { plain: 'object' }]) {
  test(`a cancelled task rejects with whatever reason its signal has (${inspect(reason)})`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const { obeySignal } = await supervisor.load<ObeySignal>(fixture('obey-signal'));
      const gate = new Gate();
      const controller = new AbortController();
      const error = errorOf(obeySignal({ words: gate.words }, { signal: controller.signal }));
      await gate.arrived();
      controller.abort(reason);
      assert.equal(await error, controller.signal.reason);
    });
  });
}

test('a signal with a timeout of its own cancels, and its reason is what rejects', async () => {
  await withSupervisor({ threads: 1, grace: 30 }, async (supervisor) => {
    const { hangUntil } = await loadHang(supervisor);
    const signal = AbortSignal.timeout(50);
    const error = await errorOf(hangUntil({ words: new Gate().words, attempt: 2 }, { signal }));
    assert.equal(error, signal.reason);
    assert.equal((error as Error).name, 'TimeoutError');
  });
});

test('one signal cancels ten thousand tasks, queued and running, and holds no listener afterwards', async () => {
  await withSupervisor({ threads: 2, maxQueue: 20_000 }, async (supervisor) => {
    const { obeySignal } = await supervisor.load<ObeySignal>(fixture('obey-signal'));
    const gate = new Gate();
    const controller = new AbortController();
    const errors = Promise.all(
      Array.from({ length: 10_000 }, () => errorOf(obeySignal({ words: gate.words }, { signal: controller.signal }))),
    );
    await gate.arrived(1);
    controller.abort(REASON);
    assert.ok((await errors).every((error) => error === REASON));
    assert.equal(gate.marks(), gate.arrivals, 'who had started heard it');
  });
});

test('one signal given to many tasks that end well keeps no listener', async () => {
  await withSupervisor({ threads: 2, maxQueue: 5_000 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const { words } = new Gate();
    await Promise.all(Array.from({ length: 2_000 }, () => countRuns({ words }, { signal })));
    assert.equal(listeners, 0);
  });
});

test('what ignores its signal is ended after its grace, under nobody else', async () => {
  await withSupervisor({ threads: 2, grace: '20s' }, async (supervisor) => {
    const { faultAt } = await supervisor.load<FaultAt>(fixture('fault-at'));
    const { waitAtGate } = await loadWait(supervisor);
    const held = new Gate();
    const neighbour = waitAtGate({ words: held.words, value: 'neighbour' });
    await held.arrived();
    for (const fault of ['hang', 'loop'] as const) {
      const gate = new Gate();
      const controller = new AbortController();
      const error = errorOf(faultAt({ fault, words: gate.words }, { signal: controller.signal, grace: 30 }));
      await gate.marked();
      controller.abort(REASON);
      assert.equal(await error, REASON);
    }
    held.open();
    assert.equal(await neighbour, 'neighbour');
    assert.deepEqual(supervisor.snapshot().restarts, []);
  });
});

test('an io task that ignores its signal is given up after its grace; the others in its thread finish there', async () => {
  await withSupervisor({ threads: 1, grace: 30 }, async (supervisor) => {
    const { hangUntilIo } = await loadHang(supervisor);
    const { waitAtGateIo } = await loadWait(supervisor);
    const gate = new Gate();
    const neighbours = [1, 2, 3].map((value) => waitAtGateIo({ words: gate.words, value }));
    await gate.arrived(3);
    const controller = new AbortController();
    const error = errorOf(hangUntilIo({ words: gate.words, attempt: 2 }, { signal: controller.signal }));
    await gate.marked();
    controller.abort(REASON);
    assert.equal(await error, REASON);
    gate.open();
    assert.deepEqual(await Promise.all(neighbours), [1, 2, 3]);
    assert.equal(gate.arrivals, 3, 'nobody was started a second time');
  });
});

test('cancelling one task of many in flight leaves the others alone', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const { words } = new Gate();
    for (let round = 0; round < 20; round++) {
      const controllers = Array.from({ length: 100 }, () => new AbortController());
      const ended = Promise.all(
        controllers.map(({ signal }, value) => outcomeOf(countRuns({ words, value }, { signal }))),
      );
      await new Promise((resolve) => setImmediate(resolve));
      for (const [index, controller] of controllers.entries()) if (index % 3 === 0) controller.abort(REASON);
      for (const [index, end] of (await ended).entries()) {
        if (end.status === 'fulfilled') assert.equal(end.value, index);
        else assert.ok(index % 3 === 0 && end.error === REASON);
      }
    }
  });
});

test('a timeout counts from the start of the attempt: the wait in the queue does not', async () => {
  await withSupervisor({ threads: 1, grace: 30 }, async (supervisor) => {
    const { waitAtGate } = await loadWait(supervisor);
    const { countRuns } = await loadCount(supervisor);
    const { sleep } = await supervisor.load<typeof import('../fixtures/handlers/sleep.js')>(fixture('sleep'));
    const gate = new Gate();
    const held = waitAtGate({ words: gate.words });
    await gate.arrived();
    const waiting = countRuns({ words: gate.words, value: 'in time' }, { timeout: 2_000 });
    const other = errorWithCode(waitAtGate({ words: gate.words }, { deadline: 2_500 }), 'PLUSTWO_TIMED_OUT');
    const error = await other;
    assert.equal(error.started, false);
    assert.equal(error.limit, 'deadline');
    gate.open();
    await held;
    assert.equal(await waiting, 'in time');
    const late = await errorWithCode(sleep(20_000, { timeout: 30 }), 'PLUSTWO_TIMED_OUT');
    assert.deepEqual([late.limit, late.limitMs, late.started], ['timeout', 30, true]);
  });
});

test('an attempt that times out is followed by another, and its signal says why', async () => {
  await withSupervisor({ threads: 1, grace: '20s' }, async (supervisor) => {
    const { waitUntil } = await loadHang(supervisor);
    const gate = new Gate();
    const input = { words: gate.words, attempt: 3 };
    // The last attempt has to end within it.
    assert.equal(await waitUntil(input, { timeout: 1_000, retry: { attempts: 3, backoff: 0 } }), 3);
    assert.deepEqual([gate.marks(0), gate.marks(1)], [3, 2]);
  });
});

test('a deadline ends the task over all its attempts, and none follows it', async () => {
  await withSupervisor({ threads: 1, grace: 30, retryBudget: false }, async (supervisor) => {
    const { failOften } = await supervisor.load<typeof import('../fixtures/handlers/fail-often.js')>(
      fixture('fail-often'),
    );
    const gate = new Gate();
    const retry = { attempts: 1_000_000, backoff: 1, maxBackoff: 5, jitter: false };
    const error = await errorWithCode(
      failOften({ times: 1_000_000, words: gate.words }, { deadline: 2_000, retry }),
      'PLUSTWO_TIMED_OUT',
    );
    assert.deepEqual([error.limit, error.started], ['deadline', true]);
    const attempts = gate.marks();
    await failOften({ times: 0 });
    assert.equal(gate.marks(), attempts);
  });
});

const PATIENT = { timeout: 30, grace: '20s', retry: { attempts: 5, backoff: 0 } };

for (const how of ['hearAndWait', 'hearAndWaitIo'] as const) {
  test(`a deadline that passes while a timed-out attempt has its grace ends the task (${how})`, async () => {
    await withSupervisor({ threads: 1, ioConcurrency: 1 }, async (supervisor) => {
      const handles = await loadHang(supervisor);
      const gate = new Gate();
      const input = { words: gate.words, attempt: 9 };
      const ended = errorWithCode(handles[how](input, { ...PATIENT, deadline: 2_000 }), 'PLUSTWO_TIMED_OUT');
      await gate.marked(1, 1);
      // Queued behind, and due later: when it is over, so is the deadline of the first.
      await errorWithCode(handles[how](input, { deadline: 2_000 }), 'PLUSTWO_TIMED_OUT');
      gate.open();
      await ended;
      await supervisor.drain();
      assert.equal(gate.marks(), 1, 'no attempt follows the deadline');
    });
  });

  test(`a signal aborted while a timed-out attempt has its grace ends the task (${how})`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const handles = await loadHang(supervisor);
      const gate = new Gate();
      const controller = new AbortController();
      const ended = errorOf(handles[how]({ words: gate.words, attempt: 9 }, { ...PATIENT, signal: controller.signal }));
      await gate.marked(1, 1);
      controller.abort(REASON);
      gate.open();
      const error = await ended;
      assert.equal(gate.marks(), 1, 'no attempt follows a cancel');
      assert.ok(error === REASON || (error as { code?: unknown }).code === 'PLUSTWO_TIMED_OUT');
    });
  });
}

test('a task cancelled while it waits before another attempt rejects at once, and gets none', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await supervisor.load<typeof import('../fixtures/handlers/fail-often.js')>(
      fixture('fail-often'),
    );
    const gate = new Gate();
    const controller = new AbortController();
    const retry = { attempts: 3, backoff: '1h', maxBackoff: '1h', jitter: false };
    const error = errorOf(failOften({ times: 3, words: gate.words }, { retry, signal: controller.signal }));
    await gate.marked();
    await failOften({ times: 0 });
    controller.abort(REASON);
    assert.equal(await error, REASON);
    assert.equal(gate.marks(), 1);
  });
});

test('the first cause wins: a close after a cancel, a cancel after a close', async () => {
  for (const first of ['cancel', 'close'] as const) {
    await withSupervisor({ threads: 1, grace: '20s' }, async (supervisor) => {
      const { hearAndWait } = await loadHang(supervisor);
      const gate = new Gate();
      const controller = new AbortController();
      const error = errorOf(hearAndWait({ words: gate.words, attempt: 2 }, { signal: controller.signal }));
      await gate.marked();
      if (first === 'cancel') controller.abort(REASON);
      const closed = supervisor.close({ timeout: 0 });
      await gate.marked(1, 1);
      controller.abort(REASON);
      gate.open();
      if (first === 'cancel') assert.equal(await error, REASON);
      else assert.equal(((await error) as { code?: unknown }).code, 'PLUSTWO_CLOSED');
      await closed;
    });
  }
});
