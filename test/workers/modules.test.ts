import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { TaskContext } from '../../workers/handler.js';
import { Modules } from '../../workers/modules.js';

const THREAD = { slot: 3, generation: 2, threadId: 7 };
const CONTEXT = {} as TaskContext;
const TASK_URL = new URL('../../workers/task.js', import.meta.url).href;

const folder = mkdtempSync(join(tmpdir(), 'plustwo-modules-'));
after(() => {
  rmSync(folder, { recursive: true });
});

let written = 0;

/** Writes a module of its own for a test; what it notes in `log` is in the returned list. */
function module(source: string, ending = '.mjs'): { href: string; log: string[] } {
  const number = ++written;
  const log: string[] = [];
  const key = `plustwo test module ${number}`;
  (globalThis as Record<string, unknown>)[key] = log;
  const path = join(folder, `module${number}${ending}`);
  writeFileSync(path, `const log = globalThis[${JSON.stringify(key)}];\n${source}`);
  return { href: pathToFileURL(path).href, log };
}

async function names(href: string): Promise<string[]> {
  return (await new Modules(THREAD).describe(href)).exports.map(({ name }) => name).sort();
}

async function call(href: string, name: string, input?: unknown): Promise<unknown> {
  const handler = await new Modules(THREAD).handler(href, name);
  return handler(input, CONTEXT);
}

/** What TypeScript makes of `export default function double…; export const triple…` for CommonJS. */
const FROM_TYPESCRIPT = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.triple = void 0;
exports.default = double;
function double(x) { return 2 * x; }
const triple = (x) => 3 * x;
exports.triple = triple;
`;

/** What esbuild makes of the same. */
const FROM_ESBUILD = `"use strict";
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var source_exports = {};
__export(source_exports, { default: () => double, triple: () => triple });
module.exports = __toCommonJS(source_exports);
function double(x) { return 2 * x; }
const triple = (x) => 3 * x;
0 && (module.exports = { triple });
`;

const SHAPES: { what: string; source: string; ending?: string; finds: Record<string, unknown> }[] = [
  { what: 'a default export', source: 'export default (x) => 2 * x;', finds: { default: 4 } },
  {
    what: 'named exports',
    source: 'export const a = (x) => x; export function b(x) { return -x; }',
    finds: { a: 2, b: -2 },
  },
  {
    what: 'async functions',
    source: 'export default async (x) => x; export const a = async (x) => 3 * x;',
    finds: { default: 2, a: 6 },
  },
  {
    what: 'promises of functions',
    source: 'export default Promise.resolve((x) => 2 * x); export const later = Promise.resolve((x) => 3 * x);',
    finds: { default: 4, later: 6 },
  },
  {
    what: 'properties of the exported function',
    source: 'const f = (x) => x; f.twice = (x) => 2 * x; f.limit = 7; export default f;',
    finds: { default: 2, twice: 4 },
  },
  { what: 'properties of an exported object', source: 'export default { a: (x) => x, n: 1 };', finds: { a: 2 } },
  {
    what: 'functions beside values',
    source: 'export const a = (x) => x; export const n = 1; export class K {}',
    finds: { a: 2, K: undefined },
  },
  { what: 'a CommonJS function', source: 'module.exports = (x) => 2 * x;', ending: '.cjs', finds: { default: 4 } },
  {
    what: 'a CommonJS promise of a function',
    source: 'module.exports = Promise.resolve((x) => 2 * x);',
    ending: '.cjs',
    finds: { default: 4 },
  },
  {
    what: 'properties of a CommonJS function, itself among them',
    source: 'const a = () => "a"; const b = () => "b"; a.a = a; a.b = b; module.exports = a;',
    ending: '.cjs',
    finds: { default: 'a', a: 'a', b: 'b' },
  },
  {
    what: 'CommonJS names',
    source: 'exports.a = (x) => x; exports.b = async (x) => -x;',
    ending: '.cjs',
    finds: { a: 2, b: -2 },
  },
  {
    what: 'CommonJS names that cannot be seen without running it',
    source: 'module.exports = Object.fromEntries(["a", "b"].map((n, i) => [n, (x) => x + i]));',
    ending: '.cjs',
    finds: { a: 2, b: 3 },
  },
  {
    what: 'a CommonJS promise of a function among names',
    source: 'exports.later = Promise.resolve((x) => 2 * x);',
    ending: '.cjs',
    finds: { later: 4 },
  },
  {
    what: 'what TypeScript makes for CommonJS',
    source: FROM_TYPESCRIPT,
    ending: '.cjs',
    finds: { default: 4, triple: 6 },
  },
  { what: 'what esbuild makes for CommonJS', source: FROM_ESBUILD, ending: '.cjs', finds: { default: 4, triple: 6 } },
  { what: 'no function in an empty CommonJS module', source: 'module.exports = {};', ending: '.cjs', finds: {} },
  { what: 'no function in an empty module', source: 'export {};', finds: {} },
  {
    what: 'no function in nothing',
    source: 'export default null; export const u = undefined; export const n = 1;',
    finds: {},
  },
];

for (const { what, source, ending, finds } of SHAPES) {
  test(`finds ${what}`, async () => {
    const { href } = module(source, ending);
    assert.deepEqual(await names(href), Object.keys(finds).sort());
    for (const [name, expected] of Object.entries(finds)) {
      if (expected !== undefined) assert.equal(await call(href, name, 2), expected, name);
    }
  });
}

test('says which function is missing from which module', async () => {
  const { href } = module('export const a = () => 1;');
  await assert.rejects(call(href, 'b'), {
    name: 'TypeError',
    message: `Expected ${href} to export a function named b, but it does not`,
  });
  await assert.rejects(call(href, 'default'), { name: 'TypeError' });
});

test("gives the module's own error", async () => {
  const { href } = module("throw Object.assign(new RangeError('at load'), { code: 'E_LOAD' });");
  await assert.rejects(new Modules(THREAD).describe(href), { name: 'RangeError', message: 'at load', code: 'E_LOAD' });
  await assert.rejects(call(href, 'default'), { code: 'E_LOAD' });
  await assert.rejects(call(pathToFileURL(join(folder, 'none.mjs')).href, 'default'), { code: 'ERR_MODULE_NOT_FOUND' });
});

test('tells the options declared beside a handler', async () => {
  const { href } = module(`
    import { task } from ${JSON.stringify(TASK_URL)};
    export const fetchIt = task({ kind: 'io', timeout: '5s' }, (x) => x + 1);
    export const plain = (x) => x;
  `);
  const { exports } = await new Modules(THREAD).describe(href);
  assert.deepEqual(exports, [
    { name: 'fetchIt', options: { kind: 'io', timeout: '5s' } },
    { name: 'plain', options: {} },
  ]);
  assert.equal(await call(href, 'fetchIt', 1), 2);
});

test('says what task() got instead of a handler, and which options cannot be sent', async () => {
  const wrong = (call: string) =>
    module(`import { task } from ${JSON.stringify(TASK_URL)}; export const wrong = ${call};`);
  await assert.rejects(new Modules(THREAD).describe(wrong('task(function work() {}, {})').href), {
    name: 'TypeError',
    message:
      'Expected task(options, handler) to get a function as its handler, got [object Object]; the options come first',
  });
  await assert.rejects(new Modules(THREAD).describe(wrong('task({})').href), {
    message: /its handler, got undefined$/,
  });
  await assert.rejects(new Modules(THREAD).describe(wrong('task({ retry: () => 1 }, () => 2)').href), {
    name: 'TypeError',
    message: /^Expected the options of task wrong to be plain data: .*could not be cloned/,
  });
});

test('sets a module up once, before anything of it is used, and tears it down', async () => {
  const { href, log } = module(`
    export function setup(thread) { log.push('setup ' + JSON.stringify(thread)); }
    export async function teardown(thread) { await null; log.push('teardown ' + thread.slot); }
    export default () => log.push('run');
  `);
  const modules = new Modules(THREAD);
  await Promise.all([modules.describe(href), modules.handler(href, 'default')]);
  (await modules.handler(href, 'default'))(undefined, CONTEXT);
  assert.deepEqual(await modules.tearDown(), []);
  assert.deepEqual(log, [`setup ${JSON.stringify(THREAD)}`, 'run', 'teardown 3']);
});

test('waits for a setup that takes its time', async () => {
  const { href, log } = module(`
    export const setup = () => new Promise((resolve) => setImmediate(() => { log.push('ready'); resolve(); }));
    export default () => log.push('run');
  `);
  await call(href, 'default');
  assert.deepEqual(log, ['ready', 'run']);
});

test('sets up and tears down modules of every shape', async () => {
  const shapes = [
    module("module.exports = { setup: () => log.push('up'), teardown: () => log.push('down'), a: () => 1 };", '.cjs'),
    module(
      "exports.setup = () => log.push('up'); exports.teardown = () => log.push('down'); exports.a = () => 1;",
      '.cjs',
    ),
    module("export default { setup: () => log.push('up'), teardown: () => log.push('down'), a: () => 1 };"),
  ];
  for (const { href, log } of shapes) {
    const modules = new Modules(THREAD);
    assert.deepEqual(
      (await modules.describe(href)).exports.map(({ name }) => name),
      ['a'],
    );
    await modules.tearDown();
    assert.deepEqual(log, ['up', 'down']);
  }
});

test('tears down in the reverse order of loading, every module, and tells what went wrong', async () => {
  const log: string[] = [];
  (globalThis as Record<string, unknown>)['plustwo test order'] = log;
  const source = (name: string, then: string): string => `
    export const teardown = () => { globalThis['plustwo test order'].push('${name}'); ${then} };
    export default () => 1;
  `;
  const sources = [source('a', ''), source('b', "throw new Error('stuck')"), source('c', '')];
  const modules = new Modules(THREAD);
  for (const each of sources) await modules.describe(module(each).href);
  const errors = await modules.tearDown();
  assert.deepEqual(log, ['c', 'b', 'a']);
  assert.deepEqual(
    errors.map((error) => (error as Error).message),
    ['stuck'],
  );
  assert.deepEqual(await modules.tearDown(), []);
});

test('fails a module whose setup fails, tears it not down, and sets it up anew when it is asked for again', async () => {
  const { href, log } = module(`
    export const setup = () => { log.push('setup'); if (log.length === 1) throw new Error('not yet'); };
    export const teardown = () => log.push('teardown');
    export default () => 1;
  `);
  const modules = new Modules(THREAD);
  await assert.rejects(modules.describe(href), { message: 'not yet' });
  assert.deepEqual(await modules.tearDown(), []);
  assert.deepEqual(log, ['setup']);
  await modules.describe(href);
  await modules.tearDown();
  assert.deepEqual(log, ['setup', 'setup', 'teardown']);
});
