import assert from 'node:assert/strict';
import test from 'node:test';
import { readNdjson } from '../../../cli/inputs/ndjson.js';
import { collect, pieces } from '../support/pieces.js';

test('each line is one value, of any type', async () => {
  const text = pieces('{"a":1}\n[2]\n"three"', '\nnull\r\n4');
  assert.deepEqual(await collect(readNdjson(text, 'in.ndjson')), [{ a: 1 }, [2], 'three', null, 4]);
});

test('blank lines hold no value but are counted', async () => {
  assert.deepEqual(await collect(readNdjson(pieces('\n1\n \r\n\n2\n\n'), 'in')), [1, 2]);
  await assert.rejects(collect(readNdjson(pieces('1\n\n', '\nx\n'), 'words.ndjson')), {
    name: 'InputError',
    message: /^words\.ndjson:4: not JSON: /,
  });
});

test('a last line without its end is a line, and named when it is broken', async () => {
  await assert.rejects(
    collect(readNdjson(pieces('1\n2\n{"a":'), 'words.ndjson')),
    /^InputError: words\.ndjson:3: not JSON: /,
  );
});

test('what comes before a broken line is read', async () => {
  const values = readNdjson(pieces('1\n2\nx\n'), 'in');
  assert.deepEqual(await values.next(), { done: false, value: 1 });
  assert.deepEqual(await values.next(), { done: false, value: 2 });
  await assert.rejects(values.next(), /in:3/);
});
