// `isolation: 'process'` as an application sees it: the same calls, the same results, and a process that may die.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { NotCloneableError, RestartIntensityError, Supervisor, ThreadLostError } from '../../../runtime/index.js';
import type * as Echo from '../../fixtures/handlers/echo.js';
import type * as EndHost from '../../fixtures/handlers/end-host.js';
import type * as Exit from '../../fixtures/handlers/exit.js';
import type * as ThrowError from '../../fixtures/handlers/throw-error.js';
import { fixture } from '../../support/fixture.js';
import { errorOf, errorWithCode } from '../../support/outcome-of.js';
import { withSupervisor } from '../../support/with-supervisor.js';

const ISOLATED = { isolation: 'process', threads: 2 } as const;

test('tasks run in another process, which is gone after close', async () => {
  let host = 0;
  const report = await withSupervisor(ISOLATED, async (supervisor) => {
    const { processId } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    host = await processId();
    assert.notEqual(host, process.pid);
    assert.equal(supervisor.snapshot().host?.pid, host);
    assert.equal(existsSync(`/proc/${host}`), true);
  });
  assert.equal(existsSync(`/proc/${host}`), false);
  assert.deepEqual(
    report.threads.map(({ slot, exited }) => ({ slot, exited })),
    [0, 1].map((slot) => ({ slot, exited: true })),
  );
});

test('values go and come as between threads, and attempts share nothing', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { echo } = await supervisor.load<typeof Echo>(fixture('echo'));
    const shared = { list: [1] };
    const values = [
      undefined,
      null,
      true,
      -0,
      1.5,
      'text',
      'x'.repeat(100_000),
      10n ** 30n,
      new Date(5),
      /x/giu,
      new Map([[{ a: 1 }, new Set([2])]]),
      Uint16Array.of(1, 2, 3).subarray(1),
      Buffer.from('bytes').buffer.slice(0, 5),
      { deep: [{ shared }, shared] },
    ];
    assert.deepEqual(await Promise.all(values.map((value) => echo(value))), values);
    const [one, two] = (await Promise.all([echo(shared), echo(shared)])) as [typeof shared, typeof shared];
    assert.notEqual(one, two);
    one.list.push(2);
    assert.deepEqual(two, { list: [1] });
  });
});

test('what a handler throws comes with all it has, and what cannot leave the process is named', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { throwError } = await supervisor.load<typeof ThrowError>(fixture('throw-error'));
    const thrown = (await errorOf(throwError())) as RangeError & { code: string; detail: unknown };
    assert.deepEqual(
      [thrown.name, thrown.message, thrown.code, thrown.detail, (thrown.cause as Error).message],
      ['RangeError', 'thrown on purpose', 'E_ON_PURPOSE', { a: [1] }, 'the cause'],
    );
    const { echo } = await supervisor.load<typeof Echo>(fixture('echo'));
    const { giveShared } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const input = await errorOf(echo({ deep: { call: () => undefined } }));
    assert.ok(input instanceof NotCloneableError);
    assert.deepEqual([input.side, input.path], ['input', '.deep.call']);
    const result = await errorOf(giveShared());
    assert.ok(result instanceof NotCloneableError);
    assert.deepEqual([result.side, result.path], ['result', '.deep.memory']);
  });
});

test('a running task is cancelled by its signal, and rejects with the very reason of it', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { begin } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const controller = new AbortController();
    const reason = { plain: 'object' };
    const running = begin(undefined, {
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    assert.equal(await errorOf(running), reason);
    assert.equal(supervisor.snapshot().tasks['begin']?.cancelled, 1);
  });
});

test('a timeout and a deadline end a task as in threads', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { begin, beginIo } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const timeout = await errorWithCode(begin(undefined, { timeout: 20 }), 'PLUSTWO_TIMED_OUT');
    assert.deepEqual([timeout['limit'], timeout['limitMs'], timeout['started']], ['timeout', 20, true]);
    const deadline = await errorWithCode(beginIo(undefined, { deadline: 60 }), 'PLUSTWO_TIMED_OUT');
    assert.deepEqual([deadline['limit'], deadline['limitMs']], ['deadline', 60]);
  });
});

test('progress comes before the end, and usage with each item of a map in the order of the inputs', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { echoLater } = await supervisor.load<typeof Echo>(fixture('echo'));
    const items = [];
    for await (const item of echoLater.map(Array.from({ length: 500 }, (_, at) => at))) items.push(item);
    assert.deepEqual(
      items.map((item) => item.status === 'ok' && item.value),
      Array.from({ length: 500 }, (_, at) => at),
    );
    assert.ok(items.every(({ usage }) => usage.attempts === 1 && usage.slot !== null && usage.runMs >= 0));
    const { ok, runMs } = supervisor.snapshot().tasks['echoLater'] ?? {};
    assert.ok(ok === 500 && (runMs?.p50 ?? -1) >= 0);
  });
});

test('the tasks that end their process are named, all others finish, and each settles once', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const deaths: string[] = [];
    supervisor.on('restart', ({ reason, process }) => {
      assert.equal(process, true);
      deaths.push(reason);
    });
    const { echoLater } = await supervisor.load<typeof Echo>(fixture('echo'));
    const { dieBy } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const good = Array.from({ length: 200 }, (_, at) => echoLater(at));
    const bad = [dieBy('SIGSEGV'), dieBy('SIGABRT')];
    const more = Array.from({ length: 200 }, (_, at) => echoLater(at));
    const errors = await Promise.all(bad.map((task) => errorOf(task)));
    const values = await Promise.all([...good, ...more]);
    assert.deepEqual(values, [...good.keys(), ...more.keys()]);
    for (const [at, signal] of ['SIGSEGV', 'SIGABRT'].entries()) {
      const error = errors[at];
      assert.ok(error instanceof ThreadLostError && error.started);
      assert.match(error.message, new RegExp(signal));
    }
    assert.ok(deaths.length >= 3 && deaths.length <= 4, deaths.join('; '));
    assert.equal(supervisor.snapshot().tasks['dieBy']?.lost, 2);
  });
});

test('a dozen bad inputs in a row cost nobody else anything', async () => {
  await withSupervisor({ ...ISOLATED, threads: 4 }, async (supervisor) => {
    const { dieBy } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const { echo } = await supervisor.load<typeof Echo>(fixture('echo'));
    const bad = Array.from({ length: 12 }, () => errorWithCode(dieBy('SIGKILL'), 'PLUSTWO_THREAD_LOST'));
    const good = Array.from({ length: 100 }, (_, at) => echo(at));
    await Promise.all([...bad, ...good]);
  });
});

test('a handler that ends its process with every input does not do so for ever', async () => {
  const supervisor = new Supervisor({ ...ISOLATED, restart: { intensity: 2, total: 2, period: '1m' } });
  const { dieBy } = await supervisor.load<typeof EndHost>(fixture('end-host'));
  const errors = await Promise.all(Array.from({ length: 8 }, () => errorOf(dieBy('SIGKILL'))));
  assert.ok(errors.some((error) => error instanceof RestartIntensityError));
  assert.ok((await errorOf(dieBy('SIGKILL'))) instanceof RestartIntensityError);
  await supervisor.close();
});

test('without rerun, what was running when the process died ends lost, and the rest finishes', async () => {
  await withSupervisor({ ...ISOLATED, rerun: false }, async (supervisor) => {
    const { dieBy } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const { echo } = await supervisor.load<typeof Echo>(fixture('echo'));
    const dead = errorWithCode(dieBy('SIGKILL'), 'PLUSTWO_THREAD_LOST');
    assert.match((await dead).message, /SIGKILL/);
    assert.equal(await echo('on'), 'on');
    assert.equal(supervisor.snapshot().restarts.length, 1);
  });
});

test('a process that is killed from outside is replaced, and its tasks run again', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { begin, processId } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const first = await processId();
    const controller = new AbortController();
    let begun = 0;
    const task = begin(undefined, {
      signal: controller.signal,
      onProgress: () => {
        begun++;
        if (begun === 1) process.kill(first, 'SIGKILL');
        else controller.abort(new Error('seen twice'));
      },
    });
    assert.equal(((await errorOf(task)) as Error).message, 'seen twice');
    assert.notEqual(await processId(), first);
  });
});

test('a supervisor that is closed while its process comes up leaves nothing', async () => {
  for (const turns of [0, 1, 5]) {
    await withSupervisor(ISOLATED, async () => {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    });
  }
});

test('close aborts what runs after its timeout, and tells what had not started', async () => {
  await withSupervisor({ ...ISOLATED, threads: 1 }, async (supervisor) => {
    const { begin } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const progressed = once(supervisor, 'progress');
    const running = errorWithCode(begin(), 'PLUSTWO_CLOSED');
    const waiting = errorWithCode(begin(), 'PLUSTWO_CLOSED');
    await progressed;
    await supervisor.close({ timeout: 0 });
    assert.deepEqual([(await running)['started'], (await waiting)['started']], [true, false]);
  });
});

test('children of tasks end with their process', async () => {
  let pid: number | undefined;
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { startSleeper } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    pid = await startSleeper();
    assert.match(readFileSync(`/proc/${String(pid)}/comm`, 'utf8'), /sleep/);
  });
  assert.equal(existsSync(`/proc/${String(pid)}`), false);
});

test('who is told of an input that cannot be sent may cancel those behind it', async () => {
  await withSupervisor(ISOLATED, async (supervisor) => {
    const { echo } = await supervisor.load<typeof Echo>(fixture('echo'));
    const controller = new AbortController();
    const enough = new Error('enough');
    supervisor.on('settled', () => {
      controller.abort(enough);
    });
    const { signal } = controller;
    const all = [echo(() => 1), echo(2, { signal }), echo(3, { signal })].map((task) => errorOf(task));
    const [first, ...others] = await Promise.all(all);
    assert.ok(first instanceof NotCloneableError);
    assert.deepEqual(others, [enough, enough]);
    await supervisor.drain();
  });
});

test('what comes from a host that has given up settles nothing a second time', async () => {
  const supervisor = new Supervisor({ ...ISOLATED, restart: { intensity: 1, total: 1 } });
  const settled: number[] = [];
  supervisor.on('settled', ({ taskId }) => settled.push(taskId));
  const { exit } = await supervisor.load<typeof Exit>(fixture('exit'));
  await Promise.all(Array.from({ length: 20 }, () => errorWithCodes(exit(3))));
  await supervisor.close();
  assert.equal(new Set(settled).size, settled.length);
});

test('tasks that stand before a full queue are let in as others start', async () => {
  await withSupervisor({ ...ISOLATED, threads: 4, maxQueue: 1 }, async (supervisor) => {
    const { begin } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const controller = new AbortController();
    let begun = 0;
    const onProgress = (): void => {
      begun++;
      if (begun === 4) controller.abort();
    };
    const options = { signal: controller.signal, whenFull: 'wait', onProgress } as const;
    await Promise.all(Array.from({ length: 4 }, () => errorOf(begin(undefined, options))));
    assert.equal(begun, 4);
  });
});

test('what close was to reject is not run because its process died', async () => {
  await withSupervisor({ ...ISOLATED, threads: 1 }, async (supervisor) => {
    const { begin, processId } = await supervisor.load<typeof EndHost>(fixture('end-host'));
    const host = await processId();
    const progressed = once(supervisor, 'progress');
    const running = errorWithCode(begin(), 'PLUSTWO_CLOSED');
    const waiting = errorWithCode(begin(), 'PLUSTWO_CLOSED');
    await progressed;
    process.kill(host, 'SIGSTOP');
    const closed = supervisor.close({ queued: 'reject', timeout: 0 });
    process.kill(host, 'SIGKILL');
    assert.deepEqual([(await running)['started'], (await waiting)['started']], [true, false]);
    await closed;
  });
});

/** Lost with its thread, or with all of them. */
async function errorWithCodes(task: Promise<unknown>): Promise<void> {
  const { code } = (await errorOf(task)) as { code?: unknown };
  assert.ok(code === 'PLUSTWO_THREAD_LOST' || code === 'PLUSTWO_RESTART_INTENSITY', String(code));
}
