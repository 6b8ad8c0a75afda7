import assert from 'node:assert/strict';
import test from 'node:test';
import { readJson } from '../../../cli/inputs/json.js';
import { collect, pieces } from '../support/pieces.js';

/** What a document is read as, the number that was told first. */
async function read(...texts: string[]): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const value of readJson(pieces(...texts), 'in.json', (total) => read.push({ total }))) read.push(value);
  return read;
}

test('the elements of an array are the inputs, and counted before the first is handed out', async () => {
  assert.deepEqual(await read('[1, {"a"', ':2}]\n'), [{ total: 2 }, 1, { a: 2 }]);
});

test('any other document is one input, an empty file none', async () => {
  assert.deepEqual(await read('{"a":[1]}'), [{ total: 1 }, { a: [1] }]);
  assert.deepEqual(await read(' \n'), [{ total: 0 }]);
});

test('a broken document is named, with the formats it may have been', async () => {
  const broken = readJson(pieces('{"a":1}\n{"a":2}\n'), 'in.json', () => assert.fail('counted'));
  await assert.rejects(collect(broken), {
    name: 'InputError',
    message: /^in\.json: not JSON: .*--format ndjson.*--format lines/,
  });
});
