import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import test from 'node:test';
import type { ProgressEvent, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Defer = typeof import('../fixtures/handlers/defer.js');
type Echo = typeof import('../fixtures/handlers/echo.js');
type Progress = typeof import('../fixtures/handlers/progress.js');
type UseContext = typeof import('../fixtures/handlers/use-context.js');
type UseResource = typeof import('../fixtures/handlers/use-resource.js');

const loadContext = (supervisor: Supervisor) => supervisor.load<UseContext>(fixture('use-context'));
const loadDefer = (supervisor: Supervisor) => supervisor.load<Defer>(fixture('defer'));

test('the caller’s AsyncLocalStorage is kept across every await of a task', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { echo, echoIo } = await supervisor.load<Echo>(fixture('echo'));
    const storage = new AsyncLocalStorage<number>();
    const callers = Array.from({ length: 200 }, (_, caller) =>
      storage.run(caller, async () => {
        const handle = caller % 2 === 0 ? echo : echoIo;
        for (let round = 0; round < 3; round++) {
          await handle({ caller, round });
          assert.equal(storage.getStore(), caller);
        }
        await errorOf(echo(() => 1));
        assert.equal(storage.getStore(), caller);
        for await (const item of echo.map([1, 2, 3])) {
          assert.equal(item.status, 'ok');
          assert.equal(storage.getStore(), caller);
        }
      }),
    );
    await Promise.all(callers);
  });
});

for (const threads of [0, 1, 2]) {
  test(`context() is the attempt's own below its handler, with 100 io tasks interleaved (${threads} threads)`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      const { idsOfContext } = await loadContext(supervisor);
      const gate = new Gate();
      const tasks = Array.from({ length: 100 }, () => idsOfContext(gate.words));
      await gate.arrived(100);
      gate.open();
      const seen = await Promise.all(tasks);
      assert.equal(new Set(seen.map(({ id }) => id)).size, 100);
      for (const { id, ids, same } of seen) {
        assert.ok(ids.length === 10 && ids.every((below) => below === id), `${id}: ${ids.join()}`);
        assert.ok(same);
      }
    });
  });
}

test('context() is the attempt’s own in cpu tasks that follow each other', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { idsOfContextCpu, errorAtLoad } = await loadContext(supervisor);
    for (const { id, ids } of await Promise.all(Array.from({ length: 20 }, () => idsOfContextCpu()))) {
      assert.ok(ids.every((below) => below === id));
    }
    assert.match(await errorAtLoad(), /no attempt is running/);
  });
});

test('args: those of the call, else those of the supervisor', async () => {
  await withSupervisor({ threads: 1, args: { from: 'supervisor' } }, async (supervisor) => {
    const { args } = await loadContext(supervisor);
    assert.deepEqual(await args(), { from: 'supervisor' });
    assert.deepEqual(await args(undefined, { args: { from: 'call' } }), { from: 'call' });
    assert.equal(await args(undefined, { args: null }), null);
    assert.equal(await args(undefined, { args: 0 }), 0);
    assert.deepEqual(await args(), { from: 'supervisor' });
  });
});

for (const isolation of ['thread', 'process'] as const) {
  test(`the caller’s trace travels with its task (isolation: ${isolation})`, async () => {
    await withSupervisor({ threads: 1, isolation }, async (supervisor) => {
      const { trace } = await loadContext(supervisor);
      const given = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
      assert.deepEqual(await trace(undefined, { trace: given }), given);
      assert.equal(await trace(), undefined);
      for await (const item of trace.map([undefined], { trace: given })) {
        assert.deepEqual(item.status === 'ok' && item.value, given);
      }
      const refused = [
        {},
        { traceId: given.traceId },
        { ...given, spanId: '0'.repeat(16) },
        { ...given, traceId: given.traceId.toUpperCase() },
        { ...given, parent: 'none' },
      ];
      for (const wrong of refused) {
        await errorWithCode(trace(undefined, { trace: wrong as typeof given }), 'PLUSTWO_BAD_OPTION');
      }
    });
  });
}

test('lines of a task reach the log with their task, also when the task goes down with its thread', async () => {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const write = (level: string) => (message: string, fields: Record<string, unknown>) =>
    void lines.push({ level, message, fields });
  const logs = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  await withSupervisor({ threads: 1, logs }, async (supervisor) => {
    const { log, logAndExit } = await loadContext(supervisor);
    await log('hello');
    await errorWithCode(logAndExit('last words'), 'PLUSTWO_THREAD_LOST');
  });
  assert.deepEqual(
    lines.map(({ level, message }) => `${level} ${message}`),
    [
      'debug hello',
      'info hello',
      'warn hello',
      'error hello',
      'info last words',
      'warn the thread of slot 0 died: exit code 13, while running logAndExit',
    ],
  );
  assert.deepEqual(lines[1]?.fields, { count: 1, nested: { a: [1] }, task: 'log', taskId: 1, attempt: 1 });
  assert.equal(lines[4]?.fields.task, 'logAndExit');
});

test('progress: the first and the last report always arrive, in order, before the task settles', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { progressInSteps, progressInStepsIo } = await supervisor.load<Progress>(fixture('progress'));
    for (const handle of [progressInSteps, progressInStepsIo]) {
      for (const steps of [1, 2, 1_000]) {
        for (let round = 0; round < 10; round++) {
          const seen: (readonly [number, string | undefined])[] = [];
          await handle(steps, { onProgress: (fraction, note) => seen.push([fraction, note]) });
          assert.deepEqual(seen[0], [1 / steps, 'step 1'], `first of ${steps}`);
          assert.deepEqual(seen.at(-1), [1, `step ${steps}`], `last of ${steps}`);
          assert.ok(seen.every(([fraction], index) => index === 0 || fraction > (seen[index - 1]?.[0] ?? 1)));
        }
      }
    }
  });
});

test('progress of every task is told as an event', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { progressInSteps } = await supervisor.load<Progress>(fixture('progress'));
    const told: ProgressEvent[] = [];
    supervisor.on('progress', (event) => told.push(event));
    await progressInSteps(1);
    assert.deepEqual(told, [{ task: 'progressInSteps', taskId: 1, fraction: 1, note: 'step 1' }]);
  });
});

for (const how of ['deferAndEnd', 'deferAndEndIo'] as const) {
  for (const then of ['return', 'throw', 'hang', 'throw in a timer', 'exit'] as const) {
    test(`${how}: cleanups run, last first, when the attempt ends by ${then}`, async () => {
      await withSupervisor({ threads: 1, grace: '20s' }, async (supervisor) => {
        const handles = await loadDefer(supervisor);
        const gate = new Gate();
        const controller = new AbortController();
        const ended = outcomeOf(handles[how]({ words: gate.words, then }, { signal: controller.signal }));
        await gate.arrived();
        if (then === 'hang') controller.abort('enough');
        const { status } = await ended;
        assert.equal(status, then === 'return' ? 'fulfilled' : 'rejected');
        // Alone in its thread an exit takes the cleanups along, as it would take a script's `finally`.
        if (then === 'exit') return;
        if (then === 'throw in a timer') await gate.marked(1, 1);
        assert.deepEqual([gate.marks(0), gate.marks(1)], [1, 1]);
      });
    });
  }
}

test('a cleanup that throws fails an attempt that went well, and the other cleanups run all the same', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { deferAndEnd } = await loadDefer(supervisor);
    const gate = new Gate();
    const error = (await errorOf(deferAndEnd({ words: gate.words, then: 'return', deferred: 'throws' }))) as Error;
    assert.equal(error.message, 'thrown in a cleanup');
    assert.equal(gate.marks(1), 1);
    const own = (await errorOf(deferAndEnd({ words: new Gate().words, then: 'throw', deferred: 'throws' }))) as Error;
    assert.equal(own.message, 'thrown by the handler', 'the handler’s own error comes first');
  });
});

test('defer after the attempt has ended is refused', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { keepContext, deferTooLate } = await loadDefer(supervisor);
    await keepContext();
    assert.match(await deferTooLate(), /has ended/);
  });
});

test('a resource is opened once per thread, held by one attempt at a time, and closed once', async () => {
  const gate = new Gate();
  const report = await withSupervisor({ threads: 1, workerData: { words: gate.words } }, async (supervisor) => {
    const { useConnection, useShared } = await supervisor.load<UseResource>(fixture('use-resource'));
    const ended = await Promise.all(
      Array.from({ length: 40 }, (_, index) => outcomeOf(useConnection(index % 5 === 0))),
    );
    assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 32);
    const most = await Promise.all(Array.from({ length: 30 }, () => useShared()));
    assert.equal(Math.max(...most), 3);
  });
  assert.deepEqual([gate.marks(0), gate.marks(1), gate.marks(2)], [1, 1, 0]);
  assert.deepEqual(report.errors, []);
});

test('a resource held by a cancelled attempt is returned, and who waits for it can be cancelled', async () => {
  const gate = new Gate();
  await withSupervisor({ threads: 1, grace: '20s', workerData: { words: gate.words } }, async (supervisor) => {
    const { holdConnection, useConnection } = await supervisor.load<UseResource>(fixture('use-resource'));
    const [holding, waiting] = [new AbortController(), new AbortController()];
    const held = errorOf(holdConnection(undefined, { signal: holding.signal }));
    await gate.arrived();
    const waited = errorOf(useConnection(false, { signal: waiting.signal }));
    const next = useConnection(false);
    waiting.abort('waited enough');
    assert.equal(await waited, 'waited enough');
    holding.abort('held enough');
    assert.equal(await held, 'held enough');
    assert.equal(typeof (await next), 'number');
  });
  assert.deepEqual([gate.marks(0), gate.marks(1), gate.marks(2)], [1, 1, 0]);
});

test('a resource whose opening failed is opened anew by the next attempt', async () => {
  const gate = new Gate();
  await withSupervisor({ threads: 1, workerData: { words: gate.words } }, async (supervisor) => {
    const { refuseNext, useConnection } = await supervisor.load<UseResource>(fixture('use-resource'));
    await refuseNext(true);
    const errors = await Promise.all(Array.from({ length: 5 }, () => errorOf(useConnection(false))));
    assert.ok(errors.every((error) => (error as Error).message === 'the connection is refused'));
    await refuseNext(false);
    assert.equal(typeof (await useConnection(false)), 'number');
  });
  assert.deepEqual([gate.marks(0), gate.marks(1)], [1, 1]);
});
