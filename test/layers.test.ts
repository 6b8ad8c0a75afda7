// The compiler keeps the direction of the layers. These are the doors it leaves open: project references are
// transitive, a package may import itself by name, and any file may import any package.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import test from 'node:test';
import ts from 'typescript';

const rooms = ['cli', 'runtime', 'workers'];

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** The imported file, relative to the root, when the specifier is a relative path. */
  readonly target: string | undefined;
}

// The compiled test lies two folders deeper than its source.
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

const root = findRoot(import.meta.dirname);

function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles.map(({ fileName: specifier }) => {
    const isRelative = specifier.startsWith('.');
    return { file, specifier, target: isRelative ? posix.join(posix.dirname(file), specifier) : undefined };
  });
}

const files = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(room, ...file.split(sep))),
);
const imports = files.flatMap(importsOf);
const show = ({ file, specifier }: Import) => `${file} imports ${specifier}`;
const isOf = (name: string) => (specifier: string) =>
  specifier === name || specifier.startsWith(`${name}/`) || specifier.startsWith(`${name}-`);

function importersOf(name: string): string[] {
  const matches = isOf(name);
  return [...new Set(imports.filter(({ specifier }) => matches(specifier)).map(({ file }) => file))].sort();
}

test('every room is read', () => {
  for (const room of rooms)
    assert.ok(
      imports.some(({ file }) => file.startsWith(`${room}/`)),
      `${room}/ has imports`,
    );
});

test('the command reaches runtime through its public face, and workers not at all', () => {
  const skipped = imports.filter(
    ({ file, target }) =>
      file.startsWith('cli/') && target !== undefined && !target.startsWith('cli/') && target !== 'runtime/index.js',
  );
  assert.deepEqual(skipped.map(show), []);
});

test('runtime reaches nothing of workers but the protocol, and workers nothing outside', () => {
  const skipped = imports.filter(({ file, target }) => {
    if (target === undefined || file.startsWith('cli/')) return false;
    if (file.startsWith('workers/')) return !target.startsWith('workers/');
    return !target.startsWith('runtime/') && !target.startsWith('workers/protocol/');
  });
  assert.deepEqual(skipped.map(show), []);
});

test('no room imports the package by its own name', () => {
  assert.deepEqual(imports.filter(({ specifier }) => isOf('plustwo')(specifier)).map(show), []);
});

test('piscina is imported by one file', () => {
  assert.deepEqual(importersOf('piscina'), ['runtime/threads/piscina-thread.ts']);
});

test('winston is imported by one file', () => {
  assert.deepEqual(importersOf('winston'), ['runtime/logs/files/winston-files.ts']);
});

test('comlink is imported by one file on each side', () => {
  assert.deepEqual(importersOf('comlink'), ['runtime/threads/control.ts', 'workers/control.ts']);
});
