// Piscina's own worker files, unmodified, driven as its own tests drive them: once by a plain Piscina, once by a supervisor.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test from 'node:test';
import type { ResourceLimits } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { Supervisor } from '../../../runtime/index.js';
import { type Ended, outcomeOf } from '../../support/outcome-of.js';

const FIXTURES = join(dirname(createRequire(import.meta.url).resolve('piscina')), '../test/fixtures');

/** Atomics.waitAsync, which the language version we compile for does not name. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { value: Promise<string> | string };
};

/** Who runs a worker file. */
interface Runner {
  run(input?: unknown, name?: string): Promise<unknown>;
  close(): Promise<unknown>;
}

interface Setup {
  readonly threads?: number;
  readonly resourceLimits?: ResourceLimits;
}

function plain(file: string, { threads = 1, resourceLimits = {} }: Setup): Runner {
  const pool = new Piscina({
    filename: join(FIXTURES, file),
    minThreads: threads,
    maxThreads: threads,
    atomics: 'disabled',
    resourceLimits,
  });
  // A thread may die between two tasks; what becomes of the task is what is looked at.
  pool.on('error', () => undefined);
  return { run: (input, name = 'default') => pool.run(input, { name }), close: () => pool.destroy() };
}

async function supervised(file: string, setup: Setup): Promise<Runner> {
  const supervisor = new Supervisor({ threads: 1, ...setup });
  const handles = await supervisor
    .load<Record<string, (input: unknown) => unknown>>(join(FIXTURES, file))
    .catch(async (error: unknown) => {
      await supervisor.close();
      throw error;
    });
  return {
    run: (input, name = 'default') => handles[name]?.(input) ?? Promise.reject(new Error(`there is no handle ${name}`)),
    close: () => supervisor.close(),
  };
}

/** Drives a file both ways and gives what came of it. */
async function both<Result>(
  file: string,
  drive: (runner: Runner) => Promise<Result>,
  setup: Setup = {},
): Promise<{ piscina: Result; plustwo: Result }> {
  const results: Result[] = [];
  for (const runner of [plain(file, setup), await supervised(file, setup)]) {
    try {
      results.push(await drive(runner));
    } finally {
      await runner.close();
    }
  }
  return { piscina: results[0] as Result, plustwo: results[1] as Result };
}

/** An error reduced to what Piscina carries of it. */
function comparable(ended: Ended<unknown>): unknown {
  if (ended.status === 'fulfilled') return { value: ended.value };
  const { error } = ended;
  return error instanceof Error ? { name: error.name, message: error.message } : { thrown: error };
}

/** Runs one input both ways; both must end alike, and as expected. */
async function alike(file: string, input: unknown, expected: unknown, name?: string): Promise<void> {
  const { piscina, plustwo } = await both(file, (runner) => outcomeOf(runner.run(input, name)));
  assert.deepEqual(comparable(piscina), expected, 'plain Piscina');
  assert.deepEqual(comparable(plustwo), expected, 'supervised');
}

const EVALUATED: Record<string, unknown> = {
  '42': { value: 42 },
  'Promise.resolve(42)': { value: 42 },
  '({ a: [1, { b: 2 }] })': { value: { a: [1, { b: 2 }] } },
  'new Map([[1, new Date(5)]])': { value: new Map([[1, new Date(5)]]) },
  '"text"': { value: 'text' },
  '10n': { value: 10n },
  NaN: { value: Number.NaN },
  null: { value: null },
  undefined: { value: undefined },
  'throw new Error("not_caught")': { name: 'Error', message: 'not_caught' },
  'Promise.reject(new TypeError("later"))': { name: 'TypeError', message: 'later' },
  'new Promise(() => nope)': { name: 'ReferenceError', message: 'nope is not defined' },
  'setImmediate(() => { throw new Error("not_caught") }); new Promise(() => {})': {
    name: 'Error',
    message: 'not_caught',
  },
  'throw "text"': { thrown: 'text' },
};

for (const file of ['eval.js', 'eval-async.js', 'esm-export.mjs', 'esm-async.mjs']) {
  test(`${file}: whatever is evaluated ends alike`, async () => {
    const { piscina, plustwo } = await both(file, async (runner) => {
      const ends: Record<string, unknown> = {};
      for (const code of Object.keys(EVALUATED)) ends[code] = comparable(await outcomeOf(runner.run(code)));
      return ends;
    });
    assert.deepEqual(piscina, EVALUATED, 'plain Piscina');
    assert.deepEqual(plustwo, EVALUATED, 'supervised');
  });
}

test('eval.js: what throws null fails, where a plain Piscina takes it for a result', async () => {
  const { piscina, plustwo } = await both('eval.js', (runner) => outcomeOf(runner.run('throw null')));
  assert.deepEqual(piscina, { status: 'fulfilled', value: null });
  assert.deepEqual(plustwo, { status: 'rejected', error: null });
});

test('eval.js: many tasks at once each get their own answer', async () => {
  const codes = Array.from({ length: 100 }, (_, index) => `${index} * 2`);
  const { piscina, plustwo } = await both('eval.js', (runner) => Promise.all(codes.map((code) => runner.run(code))), {
    threads: 2,
  });
  assert.deepEqual(
    plustwo,
    Array.from({ length: 100 }, (_, index) => index * 2),
  );
  assert.deepEqual(plustwo, piscina);
});

test('eval.js: a thread that exits fails its task and is replaced', async () => {
  const { piscina, plustwo } = await both('eval.js', async (runner) => {
    const ended = await outcomeOf(runner.run('process.exit(1)'));
    assert.equal(ended.status, 'rejected');
    assert.equal(await runner.run('1 + 1'), 2);
    return (ended.error as Error).message;
  });
  assert.match(piscina, /exited with code: 1/);
  assert.match(plustwo, /exit code 1/);
});

test('eval.js: a result that cannot be cloned fails its task and leaves the thread as it was', async () => {
  const { plustwo } = await both('eval.js', async (runner) => {
    const ended = await outcomeOf(runner.run('(() => 1)'));
    assert.equal(await runner.run('1 + 1'), 2);
    assert.equal(ended.status, 'rejected');
    return ended.error;
  });
  // Piscina's own error arrives without a message: Node does not clone a DOMException.
  assert.match((plustwo as Error).message, /cannot be cloned/);
});

test('eval-params.js: reads its input', async () => {
  await alike('eval-params.js', { code: 'input.list.length', list: [1, 2, 3] }, { value: 3 });
});

test('multiple.js: the exported function and its properties', async () => {
  await alike('multiple.js', {}, { value: 'a' });
  await alike('multiple.js', {}, { value: 'a' }, 'a');
  await alike('multiple.js', {}, { value: 'b' }, 'b');
});

test('sleep.js: keeps its state from task to task', async () => {
  const drive = async (runner: Runner): Promise<unknown[]> => [
    await runner.run({ time: 1, a: 7 }),
    await runner.run({ a: 8 }),
    await runner.run({ a: 9 }),
  ];
  const { piscina, plustwo } = await both('sleep.js', drive);
  assert.deepEqual(piscina, [0, 7, 8]);
  assert.deepEqual(plustwo, piscina);
});

test('task-logger.js: tasks of one thread run in the order of their submission', async () => {
  const tasks = Array.from({ length: 20 }, (_, i) => ({ i }));
  const { plustwo } = await both('task-logger.js', async (runner) => {
    await Promise.all(tasks.map((task) => runner.run(task, 'run')));
    return runner.run({}, 'getLog');
  });
  assert.deepEqual(plustwo, tasks);
});

test('vm.js: errors of another realm arrive with name and message', async () => {
  await alike('vm.js', { payload: 'throw new Error("foo")' }, { name: 'Error', message: 'foo' });
  await alike(
    'vm.js',
    { payload: 'null.x' },
    { name: 'TypeError', message: "Cannot read properties of null (reading 'x')" },
  );
  await alike('vm.js', { payload: 'y = x + 1', context: { x: 1 } }, { value: undefined });
});

for (const file of ['send-buffer-then-get-length.js', 'send-transferrable-then-get-length.js']) {
  test(`${file}: a result is moved, not copied`, async () => {
    const { piscina, plustwo } = await both(file, async (runner) => {
      const sent = await runner.run({}, 'send');
      // The file looks at its buffer by a timer of its own; it is asked until it has.
      let left = await runner.run({}, 'get');
      while (left === undefined) left = await runner.run({}, 'get');
      return { sent, left };
    });
    assert.equal(plustwo.left, 0);
    assert.deepEqual(plustwo, piscina);
  });
}

test('wait-for-notify.js: shares memory with its caller', async () => {
  await both('wait-for-notify.js', async (runner) => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const done = runner.run(words);
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0, 1);
    assert.equal(await done, undefined);
    assert.equal(Atomics.load(words, 0), -1);
  });
});

test('notify-then-sleep-or.js: tasks block two threads at a time, and the next ones follow', async () => {
  const drive = async (runner: Runner): Promise<unknown[]> => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const tasks = [0, 1, 2, 3].map((index) => runner.run({ i32array: words, index }));
    for (const round of [1, 2]) {
      for (let seen = Atomics.load(words, 0); bits(seen) < 2; seen = Atomics.load(words, 0))
        await waitAsync(words, 0, seen).value;
      assert.equal(bits(Atomics.load(words, 0)), 2, `round ${round}`);
      Atomics.store(words, 0, 0);
      Atomics.notify(words, 0);
    }
    return Promise.all(tasks);
  };
  const { plustwo } = await both('notify-then-sleep-or.js', drive, { threads: 2 });
  assert.deepEqual(plustwo, new Array(4).fill(undefined));
});

function bits(value: number): number {
  return value.toString(2).replaceAll('0', '').length;
}

test('resource-limits.js: a thread out of memory fails its task with the same words', async () => {
  const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, codeRangeSizeMb: 16 };
  const { piscina, plustwo } = await both('resource-limits.js', (runner) => outcomeOf(runner.run(null)), {
    resourceLimits,
  });
  assert.ok(piscina.status === 'rejected' && plustwo.status === 'rejected');
  const { message } = piscina.error as Error;
  assert.match(message, /reaching memory limit/);
  const { code, cause, message: ours } = plustwo.error as Error & { code: unknown };
  assert.equal(code, 'PLUSTWO_THREAD_LOST');
  assert.ok(ours.includes(message), ours);
  assert.equal((cause as Error).message, message);
});

test('no JavaScript file of Piscina is left out', () => {
  const driven = new Set([
    ...[
      'eval.js',
      'eval-async.js',
      'eval-params.js',
      'esm-export.mjs',
      'esm-async.mjs',
      'multiple.js',
      'sleep.js',
      'task-logger.js',
    ],
    ...['vm.js', 'send-buffer-then-get-length.js', 'send-transferrable-then-get-length.js', 'wait-for-notify.js'],
    ...['notify-then-sleep-or.js', 'resource-limits.js'],
  ]);
  const files = readdirSync(FIXTURES).filter((file) => /\.[cm]?js$/.test(file));
  assert.deepEqual(
    files.filter((file) => !driven.has(file)),
    [],
  );
});
