import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { transformSync } from 'esbuild';
import { Holding } from '../../../workers/ledger/holding.js';
import { FILE_FRAMES, Site } from '../../../workers/ledger/site.js';
import { stillHeld } from '../../support/collect-garbage.js';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'site-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** What files written here call as if it were patched: it opens something. */
function opening(): Site {
  return Site.above(opening, FILE_FRAMES);
}

const sites: Site[] = [];
Object.assign(globalThis, {
  openHere: () => void sites.push(Site.above((globalThis as { openHere?: never }).openHere!, FILE_FRAMES)),
});

/** The one site that was noted while `body` ran. */
async function siteOf(body: () => unknown): Promise<Site> {
  sites.length = 0;
  await body();
  assert.equal(sites.length, 1);
  return sites[0]!;
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function inline(map: unknown): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`;
}

const load = (file: string): Promise<Record<string, () => unknown>> => import(pathToFileURL(file).href);

test('the line is the first one of the user, not of Node', async () => {
  const file = write('direct.mjs', 'export function resize() {\n  [0].forEach(() => openHere());\n}\n');
  const { resize } = await load(file);
  assert.equal((await siteOf(resize!)).line(), `${file}:2:21`);
});

test('packages are passed over as long as the user stands behind them', async () => {
  write('node_modules/opener/package.json', '{ "name": "opener", "main": "index.cjs" }');
  const opener = write('node_modules/opener/index.cjs', 'exports.open = () => openHere();\n');
  const user = write('user.cjs', "const { open } = require('opener');\nexports.task = () => open();\n");
  const { task } = require(user) as { task: () => void };
  assert.equal((await siteOf(task)).line(), `${user}:2:22`);
  // Nor is what a package's map calls its source the user's.
  const map = { version: 3, sources: ['webpack://built/src/index.ts'], names: [], mappings: 'AAAA' };
  write('node_modules/built/index.js', `exports.open = () => openHere();\n${inline(map)}`);
  const built = write('user of built.cjs', "const { open } = require('built');\nexports.task = () => open();\n");
  assert.equal((await siteOf((require(built) as { task: () => void }).task)).line(), `${built}:2:22`);
  // Nobody of the user's is on this stack: a package's own timer, say.
  const { open } = require(opener) as { open: () => void };
  const alone = await siteOf(() => new Promise((resolve) => setImmediate(() => resolve(runAlone(open)))));
  assert.equal(alone.line(), `${opener}:1:22`);
});

/** Calls a function with nobody below it but Node. */
function runAlone(body: () => void): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => resolve());
    queueMicrotask(body);
  });
}

test("a package that a bundler put into the user's file is passed over like one beside it", async () => {
  const text = 'const open = () => openHere();\nexport const task = () => open();\n';
  // Line 1 comes from a package, line 2 from the user.
  const map = { version: 3, sources: ['node_modules/opener/index.js', 'task.ts'], names: [], mappings: 'AAAA;ACAA' };
  const { task } = await load(write('bundled.mjs', text + inline(map)));
  assert.equal((await siteOf(task!)).line(), `${join(folder, 'task.ts')}:1:1`);
});

test("frames of the ledger itself are nobody's", () => {
  class Probe extends Holding {
    readonly resource = 'file';
    found: string | null = null;
    name(): null {
      // Called by `note`, in the ledger's folder.
      this.found = Site.above(this.name, FILE_FRAMES).line();
      return null;
    }
    isOpen(): boolean {
      return true;
    }
    use(): 'idle' {
      return 'idle';
    }
    close(): void {}
  }
  const probe = new Probe(undefined, undefined);
  probe.note();
  const own = opening().line();
  assert.match(own ?? '', /site\.test\.ts:\d+:\d+$/);
  assert.match(probe.found ?? '', /site\.test\.ts:\d+:\d+$/);
  const [lineOfNote, lineOfOwn] = [probe.found, own].map((line) => Number(line?.split(':').at(-2)));
  assert.equal(lineOfNote, (lineOfOwn ?? 0) - 1);
});

test('there is no line where there is no file', async () => {
  const { openHere } = globalThis as unknown as { openHere: () => void };
  const site = await siteOf(async () => {
    setImmediate(openHere);
    await new Promise((resolve) => setImmediate(resolve));
  });
  assert.equal(site.line(), null);
  assert.equal(site.isModules(), false);
});

test('code without a file is named as it names itself', async () => {
  const site = await siteOf(() => runAlone(() => void runInThisContext('openHere()', { filename: 'made-up.js' })));
  assert.match(site.line() ?? '', /^made-up\.js:1:1$/);
});

/** Node 22 and newer say so; Node 20.19 can as well, but need not. */
const requiresModules = (process.features as { require_module?: boolean }).require_module === true;

test('what modules open while they are evaluated is recognised, however they are loaded', async () => {
  const count = 'globalThis.openHere();\n';
  const text = `function connect() { ${count} }\n[0].map(() => connect());\n`;
  const ways: Record<string, () => unknown> = {
    'dynamic import': () => load(write('dynamic.mjs', text)),
    'static import': () => (write('leaf.mjs', text), load(write('static.mjs', "import './leaf.mjs';\n"))),
    'import of CommonJS': () => load(write('imported.cjs', text)),
    'static import of CommonJS': () => (write('leaf.cjs', text), load(write('imports.mjs', "import './leaf.cjs';\n"))),
    require: () => void require(write('required.cjs', text)),
    'nested require': () => (write('inner.cjs', text), void require(write('outer.cjs', "require('./inner.cjs');\n"))),
    'require in a function': () => {
      write('late.cjs', text);
      (require(write('lazy.cjs', "module.exports = () => require('./late.cjs');\n")) as () => void)();
    },
    'require of a module, where Node can': () => void require(write('module.mjs', text)),
  };
  for (const [name, way] of Object.entries(ways)) {
    if (name.startsWith('require of a module') && !requiresModules) continue;
    const site = await siteOf(way);
    assert.equal(site.isModules(), true, name);
  }
});

test('what functions of a module open later is not its evaluation', async () => {
  const file = write(
    'later.mjs',
    'export const sync = () => openHere();\nexport const async = async () => {\n  await null;\n  openHere();\n};\n',
  );
  for (const name of ['sync', 'async']) {
    const site = await siteOf(async () => (await load(file))[name]?.());
    assert.equal(site.isModules(), false, name);
  }
  const { default: required } = await load(write('later.cjs', 'module.exports = () => openHere();\n'));
  assert.equal((await siteOf(required!)).isModules(), false);
});

test('a user who formats stacks is not asked, and finds everything as it was', (t) => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  t.after(() => {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  });
  const asked: unknown[] = [];
  const format = (...args: unknown[]): never => {
    asked.push(args);
    throw new Error('asked');
  };
  for (const limit of [0, 1, 10, Number.POSITIVE_INFINITY]) {
    Error.prepareStackTrace = format;
    Error.stackTraceLimit = limit;
    const site = opening();
    assert.equal(Error.stackTraceLimit, limit);
    assert.match(site.line() ?? '', /site\.test\.ts:\d+:\d+$/);
    assert.equal(site.isModules(), false);
    assert.equal(Error.prepareStackTrace, format);
    assert.equal(Error.stackTraceLimit, limit);
  }
  const early = opening();
  Reflect.deleteProperty(Error, 'prepareStackTrace');
  assert.match(early.line() ?? '', /site\.test\.ts:\d+:\d+$/);
  assert.equal(Object.hasOwn(Error, 'prepareStackTrace'), false);
  assert.deepEqual(asked, []);
});

test('a line is worked out once', (t) => {
  const site = opening();
  const line = site.line();
  const { prepareStackTrace } = Error;
  t.after(() => {
    Error.prepareStackTrace = prepareStackTrace;
  });
  Object.defineProperty(Error, 'prepareStackTrace', {
    configurable: true,
    writable: true,
    value: () => assert.fail('read again'),
  });
  assert.equal(site.line(), line);
  assert.equal(site.isModules(), false);
});

test('a site whose line is known keeps nothing of the code that opened something', async () => {
  class Caller {
    readonly memory = new Uint8Array(1024);
    open(): Site {
      return opening();
    }
  }
  const made = new Map<string, WeakRef<object>>();
  const kept = (() => {
    const caller = new Caller();
    made.set('caller', new WeakRef(caller));
    const site = caller.open();
    assert.match(site.line() ?? '', /site\.test\.ts/);
    return site;
  })();
  assert.deepEqual(await stillHeld(made), []);
  assert.match(kept.line() ?? '', /site\.test\.ts/);
});

/** What a thread that runs the text says before it ends. */
async function answerOf(text: string, workerData: unknown, execArgv: string[] = []): Promise<unknown> {
  const thread = new Worker(text, { eval: true, execArgv, workerData });
  const [[answer]] = (await Promise.all([once(thread, 'message'), once(thread, 'exit')])) as [[unknown], unknown];
  return answer;
}

test('where Error is frozen there are no lines, and nothing fails', async () => {
  const workerData = new URL('../../../workers/ledger/site.js', import.meta.url).href;
  const text = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData).then(({ Site }) => {
      Object.freeze(Error);
      const site = (function open() { return Site.above(open, 12); })();
      parentPort.postMessage([site.line(), site.isModules()]);
    });
  `;
  assert.deepEqual(await answerOf(text, workerData), [null, false]);
});

test('source maps in Node change no line', async () => {
  const source =
    'interface Gone { a: number }\ndeclare function openHere(): void;\n\nexport function task(): void {\n  openHere();\n}\n';
  const { code } = transformSync(source, { loader: 'ts', sourcemap: 'inline', sourcefile: 'compiled.ts' });
  const workerData = {
    site: new URL('../../../workers/ledger/site.js', import.meta.url).href,
    task: pathToFileURL(write('compiled.mjs', code)).href,
  };
  const text = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const { Site } = await import(workerData.site);
      let site;
      globalThis.openHere = function openHere() { site = Site.above(openHere, 12); };
      (await import(workerData.task)).task();
      parentPort.postMessage([site.line(), site.isModules()]);
    })();
  `;
  for (const execArgv of [[], ['--enable-source-maps']]) {
    assert.deepEqual(await answerOf(text, workerData, execArgv), [`${join(folder, 'compiled.ts')}:5:3`, false]);
  }
});
