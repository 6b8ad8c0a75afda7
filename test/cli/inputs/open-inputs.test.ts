import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'node:test';
import { Feed } from '../../../cli/inputs/feed.js';
import type { InputOptions } from '../../../cli/inputs/input-options.js';
import { openInputs } from '../../../cli/inputs/open-inputs.js';
import { collect } from '../support/pieces.js';
import { scratch } from '../support/scratch.js';

const cwd = scratch('inputs');

const nothing: InputOptions = { arguments: [], in: undefined, format: 'auto', null: false };

function surroundings(...pieces: (string | Uint8Array)[]) {
  const hints: string[] = [];
  const stdin: Readable & { isTTY?: boolean } = Readable.from(pieces, { objectMode: false });
  return { cwd, stdin: () => stdin, hint: (line: string) => void hints.push(line), hints };
}

async function read(options: Partial<InputOptions>, ...pieces: (string | Uint8Array)[]): Promise<unknown[]> {
  const feed = new Feed(await openInputs({ ...nothing, ...options }, surroundings(...pieces)));
  const items = await collect(feed);
  if (feed.failure) throw feed.failure;
  return items;
}

function file(name: string, content: string): string {
  const path = join(cwd, name);
  writeFileSync(path, content);
  return path;
}

test('arguments are the inputs, their number known at once', async () => {
  const inputs = await openInputs({ ...nothing, arguments: ['a', 'b'] }, surroundings());
  assert.equal(inputs.total(), 2);
  assert.deepEqual([...(inputs.items as Iterable<unknown>)], ['a', 'b']);
});

test('a file is read in the format that its name or its beginning tells', async () => {
  assert.deepEqual(await read({ in: file('a.ndjson', '[1,2]\n3\n') }), [[1, 2], 3]);
  assert.deepEqual(await read({ in: file('a.json', '[1,2]') }), [1, 2]);
  assert.deepEqual(await read({ in: file('a.csv', 'n\n1\n') }), [{ n: '1' }]);
  assert.deepEqual(await read({ in: file('list', 'a\nb\n') }), ['a', 'b']);
  assert.deepEqual(await read({ in: file('values', '{"a":1}\n{"a":2}\n') }), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(await read({ in: file('empty', '') }), []);
});

test('--format outweighs the name', async () => {
  assert.deepEqual(await read({ in: file('b.json', '{"a":1}\n{"a":2}\n'), format: 'lines' }), ['{"a":1}', '{"a":2}']);
});

test('the number of elements of a JSON document is known once it is read', async () => {
  const feed = new Feed(await openInputs({ ...nothing, in: file('c.json', '[1,2,3]') }, surroundings()));
  assert.equal(feed.total, undefined);
  await feed.next();
  assert.equal(feed.total, 3);
});

test('a character split between two pieces arrives whole', async () => {
  const bytes = Buffer.from('naïve\n日本\n');
  for (let cut = 1; cut < bytes.length; cut++) {
    assert.deepEqual(await read({ in: '-' }, bytes.subarray(0, cut), bytes.subarray(cut)), ['naïve', '日本']);
  }
});

test('a byte order mark is no part of the first input', async () => {
  assert.deepEqual(await read({ in: '-' }, '\uFEFFa\nb'), ['a', 'b']);
  assert.deepEqual(await read({ in: '-' }, '\uFEFF{"a":1}\n'), [{ a: 1 }]);
  assert.deepEqual(await read({ in: '-', format: 'csv' }, '\uFEFFid\n1'), [{ id: '1' }]);
});

test('-0 reads records that end with NUL, whatever they look like', async () => {
  assert.deepEqual(await read({ in: '-', null: true }, '{"a":1}\0b\nc\0'), ['{"a":1}', 'b\nc']);
});

test('stdin that is a terminal is hinted at once, other stdin is not', async () => {
  const piped = surroundings('a');
  await openInputs({ ...nothing, in: '-' }, piped);
  assert.deepEqual(piped.hints, []);
  const typed = surroundings('a');
  typed.stdin().isTTY = true;
  await openInputs({ ...nothing, in: '-' }, typed);
  assert.equal(typed.hints.length, 1);
  assert.match(String(typed.hints[0]), /Ctrl-D/);
});

test('what cannot be read is an error before anything runs', async () => {
  await assert.rejects(read({ in: join(cwd, 'missing') }), {
    name: 'UsageError',
    message: /^Cannot read the inputs: ENOENT.*missing/,
  });
  await assert.rejects(read({ in: cwd }), {
    name: 'UsageError',
    message: /expects a file, got the directory/,
    next: /\/\*\*'$/,
  });
});

test('a source that breaks while it is read is named', async () => {
  const stdin = new Readable({
    read() {
      this.destroy(new Error('EIO: i/o error'));
    },
  });
  const feed = new Feed(await openInputs({ ...nothing, in: '-' }, { ...surroundings(), stdin: () => stdin }));
  assert.deepEqual(await collect(feed), []);
  assert.equal(feed.failure?.message, 'cannot read stdin: EIO: i/o error');
});

test('closing ends the source', async () => {
  const around = surroundings('a\n');
  const inputs = await openInputs({ ...nothing, in: '-' }, around);
  inputs.close();
  assert.equal(around.stdin().destroyed, true);
});
