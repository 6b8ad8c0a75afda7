import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync, transformSync } from 'esbuild';
import { originalPosition } from '../../../workers/ledger/source-map.js';

const MODULE = new URL('../../../workers/ledger/source-map.js', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'source map #1 100%-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const SOURCE = [
  'interface Gone {',
  '  a: number;',
  '}',
  '',
  "export const open = (a: Gone): string => here('a') + a.a;",
  '',
].join('\n');

interface Compiled {
  readonly code: string;
  /** Map without its comment. */
  readonly map: { sources: (string | null)[]; sourceRoot?: string; mappings: string } & Record<string, unknown>;
  readonly line: number;
  readonly column: number;
}

/** Compiles SOURCE, whose call of `here` is at 5:42, under the name that its map is to give it. */
function compiled(source: string, more: { banner?: string } = {}): Compiled {
  const { code, map } = transformSync(SOURCE, { loader: 'ts', sourcemap: 'external', sourcefile: source, ...more });
  const lines = code.split('\n');
  const line = lines.findIndex((text) => text.includes('here('));
  return {
    code,
    map: JSON.parse(map) as Compiled['map'],
    line: line + 1,
    column: (lines[line]?.indexOf('here(') ?? 0) + 1,
  };
}

/** Where SOURCE calls `here`. */
const HERE = { line: 5, column: SOURCE.split('\n')[4]!.indexOf('here(') + 1 };

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function ask(file: string, { line, column }: { line: number; column: number }): unknown {
  return originalPosition(file, line, column);
}

const base64 = (map: unknown): string => Buffer.from(JSON.stringify(map)).toString('base64');
const inline = (map: unknown): string =>
  `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${base64(map)}\n`;

test('a map beside the file gives path, line and column of the source', () => {
  const { code, map, ...place } = compiled('../src/beside.ts');
  write('dist/beside.js.map', JSON.stringify(map));
  const file = write('dist/beside.js', `${code}//# sourceMappingURL=beside.js.map\n`);
  assert.deepEqual(ask(file, place), { file: join(folder, 'src/beside.ts'), ...HERE });
});

test('a map in the file itself does, in base64 or as text', () => {
  const { code, map, ...place } = compiled('base64.ts');
  assert.deepEqual(ask(write('base64.js', code + inline(map)), place), { file: join(folder, 'base64.ts'), ...HERE });
  const text = `//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map))}\n`;
  assert.deepEqual(ask(write('text.js', code + text), place), { file: join(folder, 'base64.ts'), ...HERE });
});

test('sources are relative to the root, and the root to the place of the map', () => {
  const { code, map, ...place } = compiled('a b.ts');
  map.sources = ['a%20b.ts'];
  for (const [index, sourceRoot] of ['../../src', '../../src/', pathToFileURL(join(folder, 'src')).href].entries()) {
    write(`deep/maps/rooted${index}.map`, JSON.stringify({ ...map, sourceRoot }));
    const file = write(`deep/rooted${index}.js`, `${code}//# sourceMappingURL=maps/rooted${index}.map\n`);
    assert.deepEqual(ask(file, place), { file: join(folder, 'src/a b.ts'), ...HERE }, sourceRoot);
  }
});

test('the last comment counts, and what only looks like one does not', () => {
  const first = compiled('first.ts');
  const last = compiled('last.ts');
  const code = `${last.code}${inline(first.map)}${inline(last.map)}const text = '//# sourceMappingURL=' + text;\n`;
  assert.deepEqual(ask(write('twice.js', code), last), { file: join(folder, 'last.ts'), ...HERE });
  const css = `${last.code}/*# sourceMappingURL=data:application/json;base64,${base64(last.map)} */\n`;
  assert.deepEqual(ask(write('css.js', css), last), { file: join(folder, 'last.ts'), ...HERE });
});

test('a map of several parts is used like one', () => {
  const { code, map, ...place } = compiled('part.ts');
  const parts = { version: 3, sections: [{ offset: { line: 2, column: 0 }, map: { ...map, sourceRoot: 'parts' } }] };
  const file = write('parts.js', `// one\n// two\n${code}${inline(parts)}`);
  assert.deepEqual(ask(file, { ...place, line: place.line + 2 }), { file: join(folder, 'parts/part.ts'), ...HERE });
});

test('sources that a bundler names by addresses of its own keep them', () => {
  const { code, map, ...place } = compiled('x');
  map.sources = ['webpack://app/src/images.ts'];
  assert.deepEqual(ask(write('webpack.js', code + inline(map)), place), {
    file: 'webpack://app/src/images.ts',
    ...HERE,
  });
});

test('a line that keeps browsers from running the map is no part of it', () => {
  const { code, map, ...place } = compiled('guarded.ts');
  write('guarded.js.map', `)]}'\n${JSON.stringify(map)}`);
  const file = write('guarded.js', `${code}//# sourceMappingURL=guarded.js.map`);
  assert.deepEqual(ask(file, place), { file: join(folder, 'guarded.ts'), ...HERE });
});

test('the position itself comes back when there is no map or it cannot be used', () => {
  const { code, map, ...place } = compiled('x.ts');
  const given = { line: place.line, column: place.column };
  const texts: Record<string, string> = {
    'no comment': code,
    'empty file': '',
    'missing map': `${code}//# sourceMappingURL=missing.js.map\n`,
    'map that is a folder': `${code}//# sourceMappingURL=.\n`,
    'map elsewhere': `${code}//# sourceMappingURL=https://example.invalid/x.js.map\n`,
    'no address': `${code}//# sourceMappingURL=http://[\n`,
    'no JSON': `${code}//# sourceMappingURL=data:application/json;base64,${Buffer.from('{').toString('base64')}\n`,
    'bad escapes': `${code}//# sourceMappingURL=data:application/json,%7B%E0%7D\n`,
    null: code + inline(null),
    'no map': code + inline([]),
    'mappings of no kind': code + inline({ ...map, mappings: 5 }),
    'sources of no kind': code + inline({ ...map, sources: 'x.ts' }),
    'no source': code + inline({ ...map, sources: [null] }),
    'a source too few': code + inline({ ...map, sources: [] }),
  };
  for (const [name, text] of Object.entries(texts)) {
    const file = write(`${name}.js`, text);
    assert.deepEqual(ask(file, given), { file, ...given }, name);
  }
  for (const file of [
    '',
    'relative.js',
    'evalmachine.<anonymous>',
    'data:text/javascript,1',
    join(folder, 'not there.js'),
  ]) {
    assert.deepEqual(ask(file, given), { file, ...given }, file);
  }
});

test('the position itself comes back where the map says nothing of it', () => {
  const { code, map, ...place } = compiled('x.ts', { banner: '// written by the compiler' });
  const file = write('says nothing.js', `${code}${inline(map)}// behind it\n`);
  const behind = `${code}${inline(map)}`.split('\n').length;
  for (const nowhere of [
    { line: 1, column: 1 },
    { line: behind, column: 4 },
    { line: behind + 1000, column: 1 },
    { line: 0, column: 0 },
  ]) {
    assert.deepEqual(ask(file, nowhere), { file, ...nowhere });
  }
  assert.deepEqual(ask(file, place), { file: join(folder, 'x.ts'), ...HERE });
  // Second segment: from column 5 on the line comes from no source.
  const gap = write('gap.js', `12345678\n${inline({ version: 3, sources: ['x.ts'], names: [], mappings: 'AAAA,I;' })}`);
  assert.deepEqual(originalPosition(gap, 1, 2), { file: join(folder, 'x.ts'), line: 1, column: 1 });
  assert.deepEqual(originalPosition(gap, 1, 6), { file: gap, line: 1, column: 6 });
});

test('a file is read once', () => {
  const { code, map, ...place } = compiled('once.ts');
  const file = write('once.js', code + inline(map));
  const before = ask(file, place);
  unlinkSync(file);
  assert.deepEqual(ask(file, place), before);
});

test('files used long ago are forgotten, so that they take no memory for ever', () => {
  const { code, map, ...place } = compiled('old.ts');
  const old = write('old.js', code + inline(map));
  const used = write('used.js', code + inline(map));
  assert.deepEqual(ask(old, place), { file: join(folder, 'old.ts'), ...HERE });
  unlinkSync(old);
  for (let index = 0; index < 300; index++) {
    assert.deepEqual(ask(used, place), { file: join(folder, 'old.ts'), ...HERE });
    if (index === 1) unlinkSync(used);
    originalPosition(join(folder, `other${index}.js`), 1, 1);
  }
  assert.deepEqual(ask(old, place), { file: old, line: place.line, column: place.column });
});

test('big maps are forgotten earlier, and the biggest is used all the same', () => {
  const { code, map, ...place } = compiled('big.ts');
  const padding = 'x'.repeat(3 << 20);
  const [first, second] = ['first', 'second'].map((name) => {
    return write(`big ${name}.js`, code + inline({ ...map, sourcesContent: [padding] }));
  }) as [string, string];
  const mapped = { file: join(folder, 'big.ts'), ...HERE };
  assert.deepEqual(ask(first, place), mapped);
  unlinkSync(first);
  assert.deepEqual(ask(first, place), mapped);
  assert.deepEqual(ask(second, place), mapped);
  assert.deepEqual(ask(first, place), { file: first, line: place.line, column: place.column });
});

/** Loads the module in a thread, patches all of node:fs as the ledger does, and asks. */
const PATCHED = `
  const { parentPort, workerData } = require('node:worker_threads');
  const fs = require('node:fs');
  const { syncBuiltinESMExports } = require('node:module');
  (async () => {
    const { originalPosition } = workerData.esm ? await import(workerData.url) : require(workerData.url);
    const called = [];
    for (const name of ['readFileSync', 'openSync', 'readSync', 'fstatSync', 'statSync', 'closeSync']) {
      fs[name] = () => { called.push(name); throw new Error(name + ' is patched'); };
    }
    syncBuiltinESMExports();
    const { readFileSync } = await import('node:fs');
    if (readFileSync !== fs.readFileSync) throw new Error('the patches are not in place');
    parentPort.postMessage({ position: originalPosition(workerData.file, workerData.line, workerData.column), called });
  })();
`;

/** What a thread that runs the text says before it ends. */
async function answerOf(text: string, workerData: object, execArgv: string[] = []): Promise<unknown> {
  const thread = new Worker(text, { eval: true, execArgv, workerData });
  const [[answer]] = (await Promise.all([once(thread, 'message'), once(thread, 'exit')])) as [[unknown], unknown];
  return answer;
}

test('patches of node:fs made later are not called, in modules and in the bundle of a thread', async () => {
  const { code, map, line, column } = compiled('patched.ts');
  write('patched.js.map', JSON.stringify(map));
  const file = write('patched.js', `${code}//# sourceMappingURL=patched.js.map\n`);
  const outfile = join(folder, 'bundle.cjs');
  buildSync({ entryPoints: [fileURLToPath(MODULE)], outfile, bundle: true, platform: 'node', format: 'cjs' });
  const expected = { position: { file: join(folder, 'patched.ts'), ...HERE }, called: [] };
  assert.deepEqual(await answerOf(PATCHED, { esm: true, url: MODULE.href, file, line, column }), expected);
  assert.deepEqual(await answerOf(PATCHED, { esm: false, url: outfile, file, line, column }), expected);
});

/** A hook that compiles while modules are loaded: the file holds the source, and only Node knows the map. */
const HOOKED = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Module = require('node:module');
  const own = new Module(workerData.file);
  own.filename = workerData.file;
  own._compile(workerData.text, workerData.file);
  import(workerData.url).then(({ originalPosition }) => {
    parentPort.postMessage(originalPosition(workerData.file, workerData.line, workerData.column));
  });
`;

test('the map that Node keeps of code compiled while it was loaded goes before what the file says', async () => {
  const { code, map, line, column } = compiled('hooked.ts');
  const file = write('hooked.ts', SOURCE);
  const text = `${code.replace('export ', ' '.repeat(7))}${inline(map)}`;
  const workerData = { url: MODULE.href, file, text, line, column };
  assert.deepEqual(await answerOf(HOOKED, workerData, ['--enable-source-maps']), { file, ...HERE });
});
