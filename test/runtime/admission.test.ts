import assert from 'node:assert/strict';
import test from 'node:test';
import type { Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type CountRuns = typeof import('../fixtures/handlers/count-runs.js');
type Echo = typeof import('../fixtures/handlers/echo.js');
type FailOften = typeof import('../fixtures/handlers/fail-often.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');

const loadWait = (supervisor: Supervisor) => supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
const loadCount = (supervisor: Supervisor) => supervisor.load<CountRuns>(fixture('count-runs'));

/** Occupies every thread; the returned function lets go. */
async function occupy(supervisor: Supervisor, threads: number): Promise<() => Promise<void>> {
  const { waitAtGate } = await loadWait(supervisor);
  const gate = new Gate();
  const held = Array.from({ length: threads }, () => waitAtGate({ words: gate.words }));
  await gate.arrived(threads);
  return async () => {
    gate.open();
    await Promise.all(held);
  };
}

for (const threads of [1, 3]) {
  test(`maxQueue counts tasks accepted and not started, exactly (${threads} threads)`, async () => {
    await withSupervisor({ threads, maxQueue: 5 }, async (supervisor) => {
      const { countRuns } = await loadCount(supervisor);
      const release = await occupy(supervisor, threads);
      const gate = new Gate();
      const accepted = Array.from({ length: 5 }, (_, value) => countRuns({ words: gate.words, value }));
      const rejected = await Promise.all(
        Array.from({ length: 3 }, () => errorWithCode(countRuns({ words: gate.words }), 'PLUSTWO_QUEUE_FULL')),
      );
      assert.equal(rejected[0]?.maxQueue, 5);
      await release();
      assert.deepEqual(await Promise.all(accepted), [0, 1, 2, 3, 4]);
      assert.equal(gate.marks(), 5, 'what was rejected never ran');
    });
  });

  test(`on idle threads as many tasks are taken in one tick as the queue has room for (${threads} threads)`, async () => {
    await withSupervisor({ threads, maxQueue: 7 }, async (supervisor) => {
      const { countRuns } = await loadCount(supervisor);
      const gate = new Gate();
      const ended = await Promise.all(
        Array.from({ length: 10 }, (_, value) => outcomeOf(countRuns({ words: gate.words, value }))),
      );
      assert.deepEqual(
        ended.map(({ status }) => status),
        [...Array<string>(7).fill('fulfilled'), ...Array<string>(3).fill('rejected')],
      );
      assert.equal(gate.marks(), 7);
    });
  });
}

test('both lanes share the queue', async () => {
  await withSupervisor({ threads: 1, maxQueue: 4, ioConcurrency: 1 }, async (supervisor) => {
    const { countRuns, countRunsIo } = await loadCount(supervisor);
    const { waitAtGateIo } = await loadWait(supervisor);
    const release = await occupy(supervisor, 1);
    const gate = new Gate();
    const io = waitAtGateIo({ words: gate.words });
    await gate.arrived();
    const accepted = [countRuns, countRunsIo, countRuns, countRunsIo].map((handle) => handle({ words: gate.words }));
    for (const handle of [countRuns, countRunsIo])
      await errorWithCode(handle({ words: gate.words }), 'PLUSTWO_QUEUE_FULL');
    gate.open();
    await release();
    await Promise.all([io, ...accepted]);
    assert.equal(gate.marks(), 4);
  });
});

test('a task that left the queue makes room for another at once', async () => {
  await withSupervisor({ threads: 1, maxQueue: 1 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const release = await occupy(supervisor, 1);
    const gate = new Gate();
    const controller = new AbortController();
    const first = errorOf(countRuns({ words: gate.words }, { signal: controller.signal }));
    await errorWithCode(countRuns({ words: gate.words }), 'PLUSTWO_QUEUE_FULL');
    controller.abort('never mind');
    const second = countRuns({ words: gate.words, value: 'second' });
    assert.equal(await first, 'never mind');
    await release();
    assert.equal(await second, 'second');
    assert.equal(gate.marks(), 1);
  });
});

test('whenFull: wait stands before the queue and is served in order', async () => {
  await withSupervisor({ threads: 1, maxQueue: 2 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const release = await occupy(supervisor, 1);
    const gate = new Gate();
    const order: number[] = [];
    const tasks = Array.from({ length: 50 }, async (_, value) => {
      await countRuns({ words: gate.words, value }, { whenFull: 'wait' });
      order.push(value);
    });
    await errorWithCode(countRuns({ words: gate.words }), 'PLUSTWO_QUEUE_FULL');
    await release();
    await Promise.all(tasks);
    assert.deepEqual(order, [...tasks.keys()]);
    assert.equal(gate.marks(), 50);
  });
});

test('who waits before the queue can be cancelled, and is turned away by close', async () => {
  await withSupervisor({ threads: 1, maxQueue: 1 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const release = await occupy(supervisor, 1);
    const gate = new Gate();
    const queued = countRuns({ words: gate.words, value: 'queued' });
    const controller = new AbortController();
    const cancelled = errorOf(countRuns({ words: gate.words }, { whenFull: 'wait', signal: controller.signal }));
    const late = errorWithCode(
      countRuns({ words: gate.words }, { whenFull: 'wait', deadline: 30 }),
      'PLUSTWO_TIMED_OUT',
    );
    const closed = errorWithCode(countRuns({ words: gate.words }, { whenFull: 'wait' }), 'PLUSTWO_CLOSED');
    controller.abort('never mind');
    assert.equal(await cancelled, 'never mind');
    assert.equal((await late).started, false);
    const closing = supervisor.close();
    assert.equal((await closed).started, false);
    await release();
    assert.equal(await queued, 'queued');
    await closing;
    assert.equal(gate.marks(), 1);
  });
});

test('who waits before the queue comes in when what was in it is refused for its input', async () => {
  await withSupervisor({ threads: 1, maxQueue: 1 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const refused = errorWithCode(
      echo(() => 1),
      'PLUSTWO_NOT_CLONEABLE',
    );
    const waiting = echo('waiting', { whenFull: 'wait' });
    await refused;
    assert.equal(await waiting, 'waiting');
  });
});

test('who waits before the queue comes in when a task that was to be tried again is cancelled', async () => {
  await withSupervisor({ threads: 1, maxQueue: 1 }, async (supervisor) => {
    const { failOften } = await supervisor.load<FailOften>(fixture('fail-often'));
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const gate = new Gate();
    const controller = new AbortController();
    const retry = { attempts: 2, backoff: '1h', maxBackoff: '1h', jitter: false };
    const delayed = errorOf(failOften({ times: 1, words: gate.words }, { retry, signal: controller.signal }));
    await gate.marked();
    // Until its outcome is known here the task counts as started, and another is taken.
    for (;;) {
      const { tasks } = supervisor.snapshot();
      if (tasks.failOften?.retried === 1) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const waiting = echo('waiting', { whenFull: 'wait' });
    controller.abort('never mind');
    assert.equal(await delayed, 'never mind');
    assert.equal(await waiting, 'waiting');
  });
});

test('saturated is told when the queue is full, unsaturated when it has come down to three quarters', async () => {
  await withSupervisor({ threads: 1, maxQueue: 4 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const told: string[] = [];
    supervisor.on('saturated', ({ queued, maxQueue }) => told.push(`saturated ${queued} of ${maxQueue}`));
    supervisor.on('unsaturated', ({ queued, maxQueue }) => told.push(`unsaturated ${queued <= 3} of ${maxQueue}`));
    for (let round = 1; round <= 2; round++) {
      const release = await occupy(supervisor, 1);
      const { words } = new Gate();
      const accepted = Array.from({ length: 3 }, () => countRuns({ words }));
      assert.equal(told.length, 2 * (round - 1), 'a queue with room is not saturated');
      accepted.push(countRuns({ words }));
      assert.equal(told.at(-1), 'saturated 4 of 4');
      for (let more = 0; more < 3; more++) await errorWithCode(countRuns({ words }), 'PLUSTWO_QUEUE_FULL');
      assert.equal(told.length, 2 * round - 1, 'told once');
      await release();
      await Promise.all(accepted);
      assert.deepEqual(told.slice(-2), ['saturated 4 of 4', 'unsaturated true of 4']);
    }
  });
});

test('who waits for unsaturated is not left waiting by close', async () => {
  await withSupervisor({ threads: 1, maxQueue: 2 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const release = await occupy(supervisor, 1);
    const told: string[] = [];
    for (const event of ['saturated', 'unsaturated'] as const) supervisor.on(event, () => told.push(event));
    const queued = [1, 2].map((value) => countRuns({ words: new Gate().words, value }));
    const closing = supervisor.close();
    assert.deepEqual(told, ['saturated']);
    await release();
    assert.deepEqual(await Promise.all(queued), [1, 2]);
    await closing;
    assert.deepEqual(told, ['saturated', 'unsaturated']);
  });
});

test('a supervisor that is closed by who hears that it is saturated finishes what it has taken, and turns away who waits', async () => {
  await withSupervisor({ threads: 1, maxQueue: 2 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const release = await occupy(supervisor, 1);
    supervisor.once('saturated', () => void supervisor.close());
    const tasks = [1, 2, 3].map((value) => countRuns({ words: new Gate().words, value }, { whenFull: 'wait' }));
    await errorWithCode(tasks.pop() as Promise<unknown>, 'PLUSTWO_CLOSED');
    await release();
    assert.deepEqual(await Promise.all(tasks), [1, 2]);
  });
});

for (const concurrency of [1, 8, 100]) {
  for (const ordered of [true, false]) {
    test(`map never has more than ${concurrency} inputs pulled and not yielded (${ordered ? 'ordered' : 'as they come'})`, async () => {
      await withSupervisor({ threads: 2, maxQueue: 4 }, async (supervisor) => {
        const { echo, echoLater } = await supervisor.load<Echo>(fixture('echo'));
        for (const handle of [echo, echoLater]) {
          let pulled = 0;
          let yielded = 0;
          let most = 0;
          function* inputs(): Generator<number> {
            for (let index = 0; index < 500; index++) {
              most = Math.max(most, ++pulled - yielded);
              yield index;
            }
          }
          const seen: unknown[] = [];
          for await (const item of handle.map(inputs(), { concurrency, ordered })) {
            yielded++;
            assert.equal(item.status, 'ok');
            seen.push(item.index);
          }
          // The one that is handed to the loop counts as yielded before the loop's body gets to count it.
          assert.ok(most <= concurrency + 1, `${most} at a time`);
          assert.deepEqual(
            ordered ? seen : seen.sort((a, b) => Number(a) - Number(b)),
            Array.from({ length: 500 }, (_, index) => index),
          );
        }
      });
    });
  }
}

test('map pulls nothing while nobody takes what it has', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    let pulled = 0;
    async function* inputs(): AsyncGenerator<number> {
      for (;;) {
        await Promise.resolve();
        yield pulled++;
      }
    }
    const iteration = echo.map(inputs(), { concurrency: 10 });
    await iteration.next();
    await supervisor.drain();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(pulled <= 11, `${pulled} pulled`);
    await iteration.return?.();
  });
});

test('leaving the loop of a map early cancels the rest and closes the source', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { obeySignal } = await supervisor.load<typeof import('../fixtures/handlers/obey-signal.js')>(
      fixture('obey-signal'),
    );
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const gate = new Gate();
    let closed = 0;
    async function* inputs(): AsyncGenerator<{ words: Int32Array }> {
      try {
        for (;;) {
          await Promise.resolve();
          yield { words: gate.words };
        }
      } finally {
        closed++;
      }
    }
    const iteration = obeySignal.map(inputs(), { concurrency: 8 });
    const first = iteration.next();
    await gate.arrived();
    await iteration.return?.();
    assert.deepEqual(await first, { done: true, value: undefined });
    assert.equal(closed, 1);
    await supervisor.drain();
    assert.equal(gate.marks(), 1, 'the one that ran heard it, the others never ran');
    for await (const item of echo.map([1, 2, 3])) if (item.status === 'ok') break;
    assert.deepEqual(await iteration.next(), { done: true, value: undefined });
  });
});

test('an error of the source ends a map after everything that was pulled before it', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    function* inputs(): Generator<number> {
      yield 1;
      yield 2;
      throw new RangeError('the source is dry');
    }
    const seen: number[] = [];
    const error = await errorOf(
      (async () => {
        for await (const item of echo.map(inputs())) if (item.status === 'ok') seen.push(Number(item.value));
      })(),
    );
    assert.equal((error as Error).message, 'the source is dry');
    assert.deepEqual(seen, [1, 2]);
  });
});

test('higher priorities come first, and inside a priority who came first', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { countRuns } = await loadCount(supervisor);
    const release = await occupy(supervisor, 1);
    const gate = new Gate();
    const order: string[] = [];
    const tasks = [0, 5, -3, 5, 0, 2.5, -3, 0].map(async (priority, index) => {
      await countRuns({ words: gate.words }, { priority });
      order.push(`${priority} ${index}`);
    });
    await release();
    await Promise.all(tasks);
    assert.deepEqual(order, ['5 1', '5 3', '2.5 5', '0 0', '0 4', '0 7', '-3 2', '-3 6']);
  });
});

for (const kind of ['cpu', 'io'] as const) {
  test(`a ${kind} task of low priority gets its turn under a stream of higher ones`, async () => {
    await withSupervisor({ threads: 1, ioConcurrency: 1, maxQueue: 100 }, async (supervisor) => {
      const { sleep, sleepIo } = await supervisor.load<typeof import('../fixtures/handlers/sleep.js')>(
        fixture('sleep'),
      );
      const { countRuns, countRunsIo } = await loadCount(supervisor);
      const [busy, low] = kind === 'cpu' ? [sleep, countRuns] : [sleepIo, countRunsIo];
      const gate = new Gate();
      let isOver = false;
      const stream = async (): Promise<void> => {
        while (!isOver) await busy(5, { priority: 10 });
      };
      const streams = Array.from({ length: 5 }, stream);
      const task = low({ words: gate.words, value: 'its turn' }, { priority: -10 });
      assert.equal(await task, 'its turn');
      isOver = true;
      await Promise.all(streams);
    });
  });

  test(`${kind} tasks of high priority are not starved by overdue ones of low priority`, async () => {
    await withSupervisor({ threads: 1, ioConcurrency: 1, maxQueue: 1_000 }, async (supervisor) => {
      const { waitAtGate, waitAtGateIo } = await loadWait(supervisor);
      const { countRuns, countRunsIo } = await loadCount(supervisor);
      const [hold, count] = kind === 'cpu' ? [waitAtGate, countRuns] : [waitAtGateIo, countRunsIo];
      const gate = new Gate();
      const held = hold({ words: gate.words });
      await gate.arrived();
      const order: string[] = [];
      const tasks = Array.from({ length: 20 }, () =>
        count({ words: gate.words }, { priority: 0 }).then(() => order.push('low')),
      );
      // The low ones are overdue from a second on: that is the promise, and this the clock it is measured by.
      await errorWithCode(count({ words: gate.words }, { deadline: 1_200, priority: -1 }), 'PLUSTWO_TIMED_OUT');
      tasks.push(
        ...Array.from({ length: 5 }, () =>
          count({ words: gate.words }, { priority: 1 }).then(() => order.push('high')),
        ),
      );
      gate.open();
      await Promise.all([held, ...tasks]);
      const turns = order.lastIndexOf('high') + 1;
      assert.ok(
        turns <= 11,
        `every second turn is for the overdue ones, the others are for the high ones: ${order.join(' ')}`,
      );
    });
  });
}
