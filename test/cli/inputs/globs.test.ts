import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { expandArguments } from '../../../cli/inputs/globs.js';
import { scratch } from '../support/scratch.js';

const cwd = scratch('globs');
mkdirSync(join(cwd, 'src/deep'), { recursive: true });
for (const file of ['b.ts', 'a.ts', 'src/z.ts', 'src/deep/y.ts', 'src/x.js', 'page[1].html', '.hidden.ts']) {
  writeFileSync(join(cwd, file), '');
}

test('a glob becomes its matches, sorted, files only, relative to the working directory', async () => {
  assert.deepEqual(await expandArguments(['**/*.ts'], cwd), ['a.ts', 'b.ts', 'src/deep/y.ts', 'src/z.ts']);
  assert.deepEqual(await expandArguments(['src/*'], cwd), ['src/x.js', 'src/z.ts']);
  assert.deepEqual(await expandArguments(['{b,a}.ts'], cwd), ['a.ts', 'b.ts']);
});

test('an argument that is no glob stays as it is, whether a file of that name exists or not', async () => {
  const plain = ['b.ts', 'nothing.ts', 'src', '', 'hello world', '(x)', '!'];
  assert.deepEqual(await expandArguments(plain, cwd), plain);
});

test('a URL and the name of an existing file stay as they are whatever characters they hold', async () => {
  const plain = ['http://localhost:80/a?b=[c]', 'page[1].html', join(cwd, 'page[1].html')];
  assert.deepEqual(await expandArguments(plain, cwd), plain);
});

test('arguments keep their order, and a file that several globs match is one input', async () => {
  assert.deepEqual(await expandArguments(['x', '*.ts', 'b.ts', '?.ts', 'src/*.js'], cwd), [
    'x',
    'a.ts',
    'b.ts',
    'b.ts',
    'src/x.js',
  ]);
});

test('!pattern takes files away from globs, and is a plain argument where there is none', async () => {
  assert.deepEqual(await expandArguments(['**/*.ts', '!src/**'], cwd), ['a.ts', 'b.ts']);
  assert.deepEqual(await expandArguments(['!src/**', 'x'], cwd), ['!src/**', 'x']);
});

test('a glob that matches nothing is an error that names it and says how to pass it on', async () => {
  await assert.rejects(expandArguments(['*.ts', '*.py'], cwd), {
    name: 'UsageError',
    message: "The glob '*.py' matches no file.",
    next: /--in - --format lines$/,
  });
  await assert.rejects(expandArguments(['*.ts', '!?.ts'], cwd), {
    name: 'UsageError',
    message: "The glob '*.ts' matches no file (besides what '!?.ts' excludes).",
    next: 'Take less away, or another glob.',
  });
});
