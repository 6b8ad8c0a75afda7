import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';
import { type CallOptions, LoadFailedError, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, errorWithCode } from '../support/outcome-of.js';
import { runNode } from '../support/run-node.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type Gated = typeof import('../fixtures/handlers/wait-at-gate.js');
type Progress = typeof import('../fixtures/handlers/progress.js');
type Exit = typeof import('../fixtures/handlers/exit.js');
/** A module whose handlers take and give anything. */
type Loose = Record<string, (input: unknown) => unknown>;

const folder = mkdtempSync(join(tmpdir(), 'plustwo-supervisor-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a task module for a test. */
function write(name: string, source: string): URL {
  const path = join(folder, name);
  writeFileSync(path, source);
  return pathToFileURL(path);
}

test('loads a module by URL, by text of a URL, by absolute path and by a path relative to the working directory', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const url = fixture('echo');
    const path = fileURLToPath(url);
    for (const specifier of [
      url,
      url.href,
      path,
      relative(process.cwd(), path),
      `./${relative(process.cwd(), path)}`,
    ]) {
      const { echo } = await supervisor.load<Echo>(specifier);
      assert.equal(await echo(1), 1, String(specifier));
    }
  });
});

test('loads a module whose path holds what a URL would have to escape', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const path = fileURLToPath(write('odd #1 100% ?.mjs', 'export const one = () => 1;'));
    const { one } = await supervisor.load<Loose>(path);
    assert.equal(await one?.(undefined), 1);
  });
});

test('gives a handle for each exported function, and none for anything else', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const source = `
      export default (x) => 'default ' + x;
      export const named = async (x) => 'named ' + x;
      export const number = 1;
      export function setup() {}
      export function teardown() {}
    `;
    const handles = await supervisor.load<Loose>(write('several.mjs', source));
    assert.deepEqual(Object.keys(handles).sort(), ['default', 'named']);
    assert.equal(await handles['default']?.(1), 'default 1');
    assert.equal(await handles['named']?.(2), 'named 2');
    assert.equal(handles['named']?.taskName, 'named');
  });
});

test('imports a module in threads, never in the caller’s', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const source = `
      import { isMainThread } from 'node:worker_threads';
      globalThis.plustwoTestWasHere = true;
      export const where = () => isMainThread;
    `;
    const { where } = await supervisor.load<Loose>(write('where.mjs', source));
    assert.equal(await where?.(undefined), false);
    assert.equal('plustwoTestWasHere' in globalThis, false);
  });
});

test('rejects a load with PLUSTWO_LOAD_FAILED and the module’s own error as cause', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const none = join(folder, 'none.mjs');
    const missing = await errorWithCode(supervisor.load(none), 'PLUSTWO_LOAD_FAILED');
    assert.ok(missing instanceof LoadFailedError);
    assert.equal(missing.module, pathToFileURL(none).href);
    assert.equal((missing.cause as { code?: unknown }).code, 'ERR_MODULE_NOT_FOUND');

    const throwing = write('throws.mjs', "throw Object.assign(new RangeError('at load'), { code: 'E_OWN' });");
    const thrown = await errorWithCode(supervisor.load(throwing), 'PLUSTWO_LOAD_FAILED');
    assert.match(thrown.message, /throws\.mjs.*at load/);
    assert.ok(thrown.cause instanceof RangeError);
    assert.equal((thrown.cause as { code?: unknown }).code, 'E_OWN');

    const syntax = await errorWithCode(
      supervisor.load(write('syntax.mjs', 'export const = 1;')),
      'PLUSTWO_LOAD_FAILED',
    );
    assert.ok(syntax.cause instanceof SyntaxError);

    const nothing = await errorWithCode(supervisor.load(write('null.mjs', 'throw null;')), 'PLUSTWO_LOAD_FAILED');
    assert.equal(nothing.cause, null);
  });
});

test('rejects a load of a module without a function, and says so', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    for (const [name, source] of [
      ['empty.cjs', 'module.exports = {};'],
      ['values.mjs', 'export const a = 1; export default null;'],
      ['life.mjs', 'export const setup = () => 1; export const teardown = () => 1;'],
    ] as const) {
      const error = await errorWithCode(supervisor.load(write(name, source)), 'PLUSTWO_LOAD_FAILED');
      assert.match(error.message, /exports no function/);
    }
  });
});

test('rejects a load of a module whose task options are wrong, and says which', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const taskUrl = new URL('../../workers/task.js', import.meta.url).href;
    const source = `import { task } from ${JSON.stringify(taskUrl)};\nexport const slow = task({ timeut: '5s' }, () => 1);`;
    const error = await errorWithCode(supervisor.load(write('options.mjs', source)), 'PLUSTWO_LOAD_FAILED');
    assert.match(error.message, /task slow.*timeut.*did you mean `timeout`/);
    assert.equal((error.cause as { code?: unknown }).code, 'PLUSTWO_BAD_OPTION');
  });
});

test('tries a load that failed anew', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const path = join(folder, 'later.mjs');
    await errorWithCode(supervisor.load(path), 'PLUSTWO_LOAD_FAILED');
    write('later.mjs', 'export const here = () => true;');
    const { here } = await supervisor.load<Loose>(path);
    assert.equal(await here?.(undefined), true);
  });
});

test('refuses a specifier that is none', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    for (const specifier of ['', undefined, 7, null]) {
      await errorWithCode(supervisor.load(specifier as string), 'PLUSTWO_BAD_OPTION');
    }
    for (const specifier of ['https://example.com/task.js', 'node:fs', new URL('https://example.com/task.js')]) {
      const error = await errorWithCode(supervisor.load(specifier), 'PLUSTWO_BAD_OPTION');
      const expected = `Expected the module to be a file: or data: URL, or a path, got '${String(specifier)}'`;
      assert.equal(error.message, expected);
    }
  });
});

test('tells tasks of one name in two modules apart as module#export, also those loaded before', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { resize } = await supervisor.load<Loose>(write('images.mjs', "export const resize = () => 'images';"));
    assert.equal(resize?.taskName, 'resize');
    const icons = write('icons.mjs', "export const resize = () => 'icons'; export const only = () => 'only';");
    const { resize: other, only } = await supervisor.load<Loose>(icons);
    assert.deepEqual([resize?.taskName, other?.taskName, only?.taskName], ['images#resize', 'icons#resize', 'only']);
    assert.deepEqual([await resize?.(0), await other?.(0), await only?.(0)], ['images', 'icons', 'only']);
    assert.deepEqual(Object.keys(supervisor.snapshot().tasks).sort(), ['icons#resize', 'images#resize', 'only']);
  });
});

test('does not tell a task apart from itself when its module is loaded twice', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const url = write('twice.mjs', 'export const again = () => 1;');
    const [one, two] = await Promise.all([supervisor.load<Loose>(url), supervisor.load<Loose>(url)]);
    await one['again']?.(0);
    await two['again']?.(0);
    assert.equal(one['again']?.taskName, 'again');
    assert.equal(supervisor.snapshot().tasks['again']?.ok, 2);
  });
});

test('keeps the figures of tasks of one name apart when their modules have one name as well', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    for (const side of ['left', 'right']) {
      mkdirSync(join(folder, side));
      const { same } = await supervisor.load<Loose>(
        write(`${side}/images.mjs`, `export const same = () => '${side}';`),
      );
      assert.equal(await same?.(0), side);
    }
    const figures = Object.values(supervisor.snapshot().tasks);
    assert.deepEqual(
      figures.map(({ ok }) => ok),
      [1, 1],
    );
  });
});

test('a handle never throws, whatever it is called with', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const badOptions: unknown[] = [
      { timeout: '5 minutes' },
      { timeot: 5 },
      { signal: 'no signal' },
      { priority: Number.NaN },
      { transfer: 7 },
      null,
      'text',
    ];
    for (const options of badOptions) {
      const call = echo(1, options as CallOptions);
      assert.ok(call instanceof Promise);
      await errorWithCode(call, 'PLUSTWO_BAD_OPTION');
    }
    const uncloneable: unknown[] = [() => 1, Symbol('x'), { deep: [new WeakMap()] }, Promise.resolve(1)];
    for (const input of uncloneable) await errorWithCode(echo(input), 'PLUSTWO_NOT_CLONEABLE');
    const foreign = await errorOf(echo(1, { transfer: [{}] }));
    assert.ok(foreign instanceof Error);
    assert.equal(await echo('still there'), 'still there');
  });
});

test('tells of every task that settles, once, with its usage', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const { throwError } = await supervisor.load<typeof import('../fixtures/handlers/throw-error.js')>(
      fixture('throw-error'),
    );
    const told: { task: string; outcome: string; error: unknown; attempts: number }[] = [];
    supervisor.on('settled', ({ task, outcome, error, usage }) =>
      told.push({ task, outcome, error, attempts: usage.attempts }),
    );
    await echo(1);
    const error = await errorOf(throwError());
    const reason = new Error('no');
    const controller = new AbortController();
    const cancelled = errorOf(echo(2, { signal: controller.signal }));
    controller.abort(reason);
    assert.equal(await cancelled, reason);
    assert.deepEqual(told, [
      { task: 'echo', outcome: 'ok', error: undefined, attempts: 1 },
      { task: 'throwError', outcome: 'failed', error, attempts: 1 },
      { task: 'echo', outcome: 'cancelled', error: reason, attempts: 0 },
    ]);
  });
});

test('tells of progress to the caller and to whoever listens', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { progressInSteps } = await supervisor.load<Progress>(fixture('progress'));
    const heard: unknown[] = [];
    supervisor.on('progress', ({ task, fraction, note }) => heard.push([task, fraction, note]));
    const called: unknown[] = [];
    await progressInSteps(4, { onProgress: (fraction, note) => called.push([fraction, note]) });
    assert.deepEqual(called.at(-1), [1, 'step 4']);
    assert.deepEqual(
      heard,
      called.map((each) => ['progressInSteps', ...(each as unknown[])]),
    );
  });
});

for (const threads of [0, 1, 3]) {
  test(`the last progress arrives before its task settles (threads: ${threads})`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      const { progressInSteps, progressInStepsIo } = await supervisor.load<Progress>(fixture('progress'));
      for (let round = 0; round < 200; round++) {
        for (const handle of [progressInSteps, progressInStepsIo]) {
          let last = 0;
          await handle(1 + (round % 3), { onProgress: (fraction) => (last = fraction) });
          assert.equal(last, 1, `${handle.taskName}, round ${round}`);
        }
      }
    });
  });
}

test('tells of a restart with its cause', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { exit } = await supervisor.load<Exit>(fixture('exit'));
    const restart = new Promise<Record<string, unknown>>((resolve) => {
      supervisor.once('restart', (event) => {
        resolve({ ...event });
      });
    });
    const error = await errorWithCode(exit(7), 'PLUSTWO_THREAD_LOST');
    assert.match(error.message, /exit code 7/);
    assert.equal(error['started'], true);
    const { slot, generation, reason, task, error: cause } = await restart;
    assert.deepEqual([slot, generation, reason, task, cause], [0, 1, 'exit code 7', 'exit', undefined]);
  });
});

test('tells once that it is saturated, and once that it is not any more', async () => {
  await withSupervisor({ threads: 1, maxQueue: 2 }, async (supervisor) => {
    const { waitAtGate } = await supervisor.load<Gated>(fixture('wait-at-gate'));
    const told: unknown[] = [];
    supervisor.on('saturated', ({ maxQueue, queued }) => told.push(['saturated', maxQueue, queued]));
    const relieved = new Promise<void>((resolve) => {
      supervisor.on('unsaturated', ({ maxQueue, queued }) => {
        told.push(['unsaturated', maxQueue, queued]);
        resolve();
      });
    });
    const gate = new Gate();
    const first = waitAtGate({ words: gate.words });
    await gate.arrived();
    const queued = [waitAtGate({ words: gate.words })];
    assert.deepEqual(told, []);
    queued.push(waitAtGate({ words: gate.words }));
    assert.deepEqual(told, [['saturated', 2, 2]]);
    for (let extra = 0; extra < 3; extra++) {
      const error = await errorWithCode(waitAtGate({ words: gate.words }), 'PLUSTWO_QUEUE_FULL');
      assert.equal(error['maxQueue'], 2);
    }
    assert.deepEqual(told, [['saturated', 2, 2]]);
    gate.open();
    await relieved;
    await Promise.all([first, ...queued]);
    assert.equal(told.length, 2);
  });
});

test('runs handlers in the caller’s own thread with threads: 0, with everything else as it is', async () => {
  await withSupervisor({ threads: 0 }, async (supervisor) => {
    const source = `
      import { threadId } from 'node:worker_threads';
      export const where = () => threadId;
      export const change = (input) => { input.changed = true; return input; };
      export const fail = async () => { throw Object.assign(new TypeError('inline'), { code: 'E_INLINE' }); };
      export const wait = (_input, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      export const step = (_input, context) => { context.progress(1, 'done'); return context.attempt; };
    `;
    const { where, change, fail, wait, step } = await supervisor.load<Loose>(write('inline.mjs', source));
    assert.ok(
      where !== undefined && change !== undefined && fail !== undefined && wait !== undefined && step !== undefined,
    );
    assert.ok(isMainThread);
    assert.equal(await where(0), threadId);
    const input = { changed: false };
    assert.deepEqual(await change(input), { changed: true });
    assert.equal(input.changed, false);
    const error = await errorWithCode(fail(0), 'E_INLINE');
    assert.ok(error instanceof TypeError);
    await errorWithCode(change({ f: () => 1 }), 'PLUSTWO_NOT_CLONEABLE');
    await errorWithCode(wait(0, { timeout: 20 }), 'PLUSTWO_TIMED_OUT');
    const notes: unknown[] = [];
    assert.equal(await step(0, { onProgress: (...told) => notes.push(told) }), 1);
    assert.deepEqual(notes, [[1, 'done']]);
    const values: unknown[] = [];
    for await (const item of change.map([{ a: 1 }, { a: 2 }])) values.push(item.status === 'ok' && item.value);
    assert.deepEqual(values, [
      { a: 1, changed: true },
      { a: 2, changed: true },
    ]);
    assert.deepEqual(supervisor.snapshot().sizing, { threads: 0, reason: 'inline, as asked' });
  });
});

test('never runs an inline handler inside the call that submits it', async () => {
  await withSupervisor({ threads: 0 }, async (supervisor) => {
    const source = 'export const note = (list) => { Atomics.store(list, 0, 1); };';
    const { note } = await supervisor.load<Loose>(write('note.mjs', source));
    const list = new Int32Array(new SharedArrayBuffer(4));
    const done = note?.(list);
    assert.equal(Atomics.load(list, 0), 0);
    await done;
    assert.equal(Atomics.load(list, 0), 1);
  });
});

for (const threads of [2, 0]) {
  test(`installed as a library it touches nothing global in its host, and says nothing (threads: ${threads})`, async () => {
    const run = await runNode(new URL('../fixtures/hosts/touch-nothing.js', import.meta.url), String(threads));
    assert.deepEqual(run, { exitCode: 0, signal: null, stdout: '', stderr: '' });
  });
}

test('an untyped module takes and gives anything', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const handles = await supervisor.load(fixture('echo'));
    assert.deepEqual(Object.keys(handles).sort(), ['echo', 'echoIo', 'echoLater']);
  });
});

test('has a name for its reports', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    assert.equal(supervisor.name, 'plustwo');
    assert.equal(supervisor.snapshot().name, 'plustwo');
  });
});

test('refuses wrong options in its constructor, and starts nothing', () => {
  assert.throws(() => new Supervisor({ treads: 2 } as never), {
    code: 'PLUSTWO_BAD_OPTION',
    message: /did you mean `threads`/,
  });
  assert.throws(() => new Supervisor({ threads: 1.5 }), { code: 'PLUSTWO_BAD_OPTION', option: 'threads' });
});
