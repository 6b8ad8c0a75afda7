// What we lean on in Piscina, held still. Some of it is documented there, some is a defect we steer around: when one of
// these tests fails after an update, the code that relies on (or avoids) the fact is what has to be looked at.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, statSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { oneThread } from '../../fixtures/piscina/one-thread.mjs';

type Options = NonNullable<ConstructorParameters<typeof Piscina>[0]>;
type Pool = Piscina<unknown, unknown>;

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/piscina/${name}`, import.meta.url));
const execute = promisify(execFile);
const runProgram = (name: string) => execute(process.execPath, [fixture(name)]);

function openPool(t: TestContext, name: string, options: Options = {}): Pool {
  const pool: Pool = new Piscina({ ...oneThread(name), ...options });
  t.after(() => pool.destroy());
  return pool;
}

function threadOf(pool: Pool): Worker {
  const [worker, ...others] = pool.threads;
  assert.ok(worker, 'the pool has a thread');
  assert.equal(others.length, 0);
  return worker;
}

/** The Worker's exit code. An idle thread does not keep the process alive by itself, so the wait does. */
function exitOf(worker: Worker): Promise<number> {
  worker.ref();
  return new Promise((resolve) => worker.once('exit', resolve));
}

/** Hands one end of a new channel to a run; the answer of that run comes back beside the other end. */
async function handOverPort(pool: Pool): Promise<{ port: MessagePort; answer: unknown }> {
  const { port1, port2 } = new MessageChannel();
  return { port: port1, answer: await pool.run(port2, { transferList: [port2] }) };
}

/** A thread is spawned, used and ended elsewhere. What has not happened by then was not about to happen. */
async function roundTripElsewhere(): Promise<void> {
  const pool: Pool = new Piscina(oneThread('echo.mjs'));
  assert.equal(await pool.run('there and back'), 'there and back');
  await pool.destroy();
}

/** What has become of a promise by now. */
function watch(promise: Promise<unknown>): { state: string } {
  const watched = { state: 'pending' };
  promise.then(
    () => (watched.state = 'resolved'),
    (error: unknown) => (watched.state = `rejected: ${String(error)}`),
  );
  return watched;
}

function countEvents(pool: Pool): { created: number; destroyed: number; errors: unknown[] } {
  const count = { created: 0, destroyed: 0, errors: [] as unknown[] };
  pool.on('workerCreate', () => (count.created += 1));
  pool.on('workerDestroy', () => (count.destroyed += 1));
  pool.on('error', (error) => count.errors.push(error));
  return count;
}

test('the constructor spawns nothing; the first run spawns the thread before it returns', async (t) => {
  const pool = openPool(t, 'echo.mjs');
  await roundTripElsewhere();
  assert.deepEqual(pool.threads, []);
  const running = pool.run('first');
  const worker = threadOf(pool);
  assert.equal(await running, 'first');
  assert.equal(threadOf(pool), worker);
});

test('env, argv, execArgv, workerData and resourceLimits reach the thread as they were given', async (t) => {
  const pool = openPool(t, 'describe-thread.mjs', {
    argv: ['--flag'],
    env: { CONTRACT: 'kept' },
    execArgv: ['--no-warnings'],
    workerData: { slot: 3 },
    resourceLimits: { maxOldGenerationSizeMb: 77 },
  });
  assert.deepEqual(await pool.run(undefined), {
    argv: ['--flag'],
    env: 'kept',
    execArgv: ['--no-warnings'],
    workerData: { slot: 3 },
    oldGeneration: 77,
  });
});

test('a thread that died is replaced by the next run and by nothing else', async (t) => {
  const pool = openPool(t, 'exit.mjs');
  const count = countEvents(pool);
  await assert.rejects(pool.run(3), { message: 'worker exited with code: 3' });
  assert.deepEqual(pool.threads, []);
  await roundTripElsewhere();
  assert.deepEqual(pool.threads, []);
  assert.deepEqual(count, { created: 1, destroyed: 1, errors: [] });
  const running = pool.run(4);
  threadOf(pool);
  await assert.rejects(running, { message: 'worker exited with code: 4' });
});

test("the Worker's own 'exit' event has the exit code, and the pool has forgotten the thread by then", async (t) => {
  const pool = openPool(t, 'exit-when-told.mjs');
  const { port } = await handOverPort(pool);
  const count = countEvents(pool);
  const exited = exitOf(threadOf(pool));
  port.postMessage(5);
  assert.equal(await exited, 5);
  assert.deepEqual(pool.threads, []);
  // An idle thread that exits is no error to Piscina: only the Worker tells the code.
  assert.deepEqual(count, { created: 0, destroyed: 1, errors: [] });
});

test("memory beyond resourceLimits ends the thread: run and the Worker's 'error' event have the code", async (t) => {
  const pool = openPool(t, 'fill-heap.mjs', {
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  const running = pool.run(undefined);
  const worker = threadOf(pool);
  const errors: unknown[] = [];
  worker.on('error', (error) => errors.push(error));
  const exited = exitOf(worker);
  const refused = assert.rejects(running, { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  assert.equal(await exited, 1);
  await refused;
  assert.deepEqual(
    errors.map((error) => (error as NodeJS.ErrnoException).code),
    ['ERR_WORKER_OUT_OF_MEMORY'],
  );
});

test('destroy() ends the thread, rejects what runs, resolves after the exit, and spawns nothing', async (t) => {
  const pool = openPool(t, 'return-what-port-says.mjs');
  const count = countEvents(pool);
  const { port1, port2 } = new MessageChannel();
  const running = assert.rejects(pool.run(port2, { transferList: [port2] }), { message: 'Terminating worker thread' });
  await once(port1, 'message');
  let exitCode: number | undefined;
  threadOf(pool).once('exit', (code) => (exitCode = code));
  const destroyed = pool.destroy();
  assert.deepEqual(pool.threads, []);
  await destroyed;
  assert.equal(exitCode, 1);
  await running;
  await roundTripElsewhere();
  assert.deepEqual(pool.threads, []);
  assert.deepEqual(count, { created: 1, destroyed: 1, errors: [] });
});

test('a run after destroy() revives the pool, so whether we are closed is ours to know', async (t) => {
  const pool = openPool(t, 'echo.mjs');
  await pool.run('before');
  const before = threadOf(pool);
  await pool.destroy();
  assert.equal(await pool.run('after'), 'after');
  assert.notEqual(threadOf(pool), before);
});

for (const temperature of ['cold', 'warm']) {
  test(`runs made at once on a ${temperature} thread are all on it at once and in order`, async (t) => {
    const pool = openPool(t, 'barrier.mjs');
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const size = names.length;
    if (temperature === 'warm') await pool.run(undefined, { name: 'warmUp' });
    const runs = names.map((name) => pool.run({ name, size }));
    assert.equal(pool.queueSize, 0);
    threadOf(pool);
    for (const come of await Promise.all(runs)) assert.deepEqual(come, names);
  });
}

for (const atomics of ['disabled', 'async'] as const) {
  test(`with atomics '${atomics}' an idle thread serves its timers and ports`, async (t) => {
    const pool = openPool(t, 'answer-by-timer.mjs', { atomics });
    const { port } = await handOverPort(pool);
    assert.equal(pool.idleThreads, 1);
    port.postMessage('ping');
    assert.deepEqual(await once(port, 'message'), ['ping']);
    assert.equal(pool.idleThreads, 1);
  });
}

test("with atomics 'sync', Piscina's default, an idle thread serves nothing", async (t) => {
  const pool = openPool(t, 'answer-by-timer.mjs', { atomics: 'sync' });
  const { port } = await handOverPort(pool);
  port.postMessage('ping');
  await roundTripElsewhere();
  assert.equal(receiveMessageOnPort(port), undefined);
});

test('messages on a port handed over by a run are there on the other side before the run, and its result', async (t) => {
  const pool = openPool(t, 'drain-and-answer.mjs');
  const { port, answer } = await handOverPort(pool);
  assert.equal(answer, 0);
  const read = () => receiveMessageOnPort(port)?.message as unknown;
  for (let round = 0; round < 200; round += 1) {
    for (const part of ['x', 'y', 'z']) port.postMessage({ round, part });
    assert.equal(await pool.run(undefined), 3, 'posted before the run, readable in it');
    const answers = [read(), read(), read()];
    assert.deepEqual(
      answers,
      ['x', 'y', 'z'].map((part) => ({ round, part })),
      'posted before the result, readable with it',
    );
  }
});

test("our end of a port handed over emits 'close' when the thread dies", async (t) => {
  const pool = openPool(t, 'answer-by-timer.mjs');
  const { port } = await handOverPort(pool);
  port.ref();
  const closed = once(port, 'close');
  await pool.destroy();
  await closed;
});

test("an uncaught error of an idle thread ends it and is emitted as the pool's 'error'", async (t) => {
  const pool = openPool(t, 'throw-when-told.mjs');
  const { port } = await handOverPort(pool);
  const worker = threadOf(pool);
  const exited = exitOf(worker);
  const emitted = new Promise((resolve) => pool.once('error', resolve));
  port.postMessage('thrown by an idle thread');
  assert.equal(((await emitted) as Error).message, 'thrown by an idle thread');
  assert.deepEqual(pool.threads, []);
  assert.equal(await exited, 1);
});

test("without a listener for the pool's 'error' an idle thread's error ends the process", async () => {
  await assert.rejects(runProgram('throw-without-error-listener.mjs'), { code: 1, stderr: /thrown by an idle thread/ });
});

test("a thread with its own 'uncaughtException' listener survives an uncaught error", async (t) => {
  const pool = openPool(t, 'survive-uncaught.mjs');
  const { port, answer } = await handOverPort(pool);
  const count = countEvents(pool);
  port.postMessage('thrown and caught at last');
  assert.deepEqual(await once(port, 'message'), ['thrown and caught at last']);
  const again = await handOverPort(pool);
  assert.equal(again.answer, answer);
  assert.deepEqual(count, { created: 0, destroyed: 0, errors: [] });
});

test("a boot that throws emits 'error' without 'workerCreate', and its run is settled by destroy() alone", async (t) => {
  const pool = openPool(t, 'echo.mjs', { execArgv: ['--require', fixture('preload-throws.cjs')] });
  const count = countEvents(pool);
  const run = watch(pool.run('never posted'));
  await exitOf(threadOf(pool));
  await roundTripElsewhere();
  assert.equal(run.state, 'pending');
  assert.deepEqual(pool.threads, []);
  assert.equal(pool.queueSize, 1);
  assert.equal(count.created, 0);
  assert.equal(count.destroyed, 1);
  assert.deepEqual(
    count.errors.map((error) => (error as Error).message),
    ['thrown while booting'],
  );
  await pool.destroy();
  assert.equal(run.state, 'rejected: Error: Terminating worker thread');
});

test("a boot that exits emits no 'error' either: only 'workerDestroy' and the Worker's 'exit' tell", async (t) => {
  const pool = openPool(t, 'echo.mjs', { execArgv: ['--require', fixture('preload-exits.cjs')] });
  const count = countEvents(pool);
  const run = watch(pool.run('never posted'));
  assert.equal(await exitOf(threadOf(pool)), 7);
  await roundTripElsewhere();
  assert.equal(run.state, 'pending');
  assert.deepEqual(count, { created: 0, destroyed: 1, errors: [] });
});

test('a thread Node refuses to make throws out of run(), and destroy() rejects a promise nobody holds', async () => {
  const { stdout } = await runProgram('destroy-after-refused-spawn.mjs');
  assert.equal(
    stdout,
    'thrown: DataCloneError, queued 1, threads 0\nunhandled: Terminating worker thread\n',
    'so such a pool is dropped, not destroyed: it has no thread',
  );
});

test('close() with two busy threads kills the slower run, so we drain by ourselves and never call it', async (t) => {
  const pool = openPool(t, 'return-what-port-says.mjs', { maxThreads: 2, concurrentTasksPerWorker: 1 });
  const start = async () => {
    const { port1, port2 } = new MessageChannel();
    const run = pool.run(port2, { transferList: [port2] });
    await once(port1, 'message');
    return { port: port1, run };
  };
  const quick = await start();
  const slow = await start();
  const killed = assert.rejects(slow.run, { message: 'Terminating worker thread' });
  const closed = pool.close();
  quick.port.postMessage('done');
  assert.equal(await quick.run, 'done');
  slow.port.postMessage('done');
  await killed;
  await closed;
});

test('a thrown error loses its class, name, code and own properties, and keeps message, stack and cause', async (t) => {
  const pool = openPool(t, 'throw.mjs', { name: 'refused' });
  await assert.rejects(pool.run(undefined), (error: Error) => {
    assert.equal(error.name, 'Error');
    assert.equal(error.message, 'too much');
    assert.match(error.stack ?? '', /throw\.mjs/);
    assert.equal((error.cause as Error).message, 'the reason');
    assert.equal('code' in error, false);
    assert.equal('details' in error, false);
    return true;
  });
});

test('a thrown null resolves', async (t) => {
  const pool = openPool(t, 'throw.mjs', { name: 'nothing' });
  assert.equal(await pool.run(undefined), null);
});

test('a pending run keeps the process alive, an idle thread does not', async () => {
  const { stdout } = await runProgram('leave-pool-idle.mjs');
  assert.equal(stdout, 'cold\nwarm\nexit code 0, threads 1\n');
});

test('destroy() keeps the process alive until the idle thread is gone', async () => {
  const { stdout } = await runProgram('destroy-idle-pool.mjs');
  assert.equal(stdout, 'destroyed after exit code 1\nexit code 0\n');
});

test('a message posted on the Worker itself is taken for the start-up message and kills the thread', async (t) => {
  const pool = openPool(t, 'echo.mjs');
  await pool.run('alive');
  const worker = threadOf(pool);
  const exited = exitOf(worker);
  const emitted = new Promise((resolve) => pool.once('error', resolve));
  worker.postMessage({ ours: 'not theirs' });
  assert.ok((await emitted) instanceof TypeError);
  assert.equal(await exited, 1);
});

test("the caller's context is kept across a run", async (t) => {
  const pool = openPool(t, 'echo.mjs');
  const context = new AsyncLocalStorage<string>();
  const seen = ['a', 'b', 'c'].map((name) =>
    context.run(name, async () => {
      const result = await pool.run(name);
      return [result, context.getStore()];
    }),
  );
  assert.deepEqual(await Promise.all(seen), [
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ]);
});

test('a file a thread left open is closed with the thread', async (t) => {
  const pool = openPool(t, 'leave-file-open.mjs');
  const path = fixture('echo.mjs');
  const descriptor = (await pool.run(path)) as number;
  const { ino } = statSync(path);
  assert.equal(fstatSync(descriptor).ino, ino);
  await pool.destroy();
  // The number may have been given to something else since; the file may not be behind it.
  const behind = (() => {
    try {
      return fstatSync(descriptor).ino;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  })();
  assert.notEqual(behind, ino);
});
