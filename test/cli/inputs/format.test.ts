import assert from 'node:assert/strict';
import test from 'node:test';
import { formatOfName, formatOfText } from '../../../cli/inputs/format.js';

test('the ending of a file name tells its format', () => {
  assert.equal(formatOfName('a.ndjson'), 'ndjson');
  assert.equal(formatOfName('dir.csv/a.JSONL'), 'ndjson');
  assert.equal(formatOfName('a.json'), 'json');
  assert.equal(formatOfName('a.csv'), 'csv');
  assert.equal(formatOfName('a.txt'), 'lines');
  assert.equal(formatOfName('list'), undefined);
  assert.equal(formatOfName('-'), undefined);
});

test('text that does not begin like JSON is lines', () => {
  for (const text of ['', '\n', 'src/a.ts\n', 'id,name\n1,Ann\n', '"quoted"\n', '12\n']) {
    assert.equal(formatOfText(text), 'lines', JSON.stringify(text));
  }
});

test('a line of JSON by itself is NDJSON, unless it is the only one and an array', () => {
  assert.equal(formatOfText('{"a":1}\n{"a":2}\n'), 'ndjson');
  assert.equal(formatOfText('{"a":1}\n'), 'ndjson');
  assert.equal(formatOfText('[1]\n[2]\n'), 'ndjson');
  assert.equal(formatOfText('[1,2]\n'), 'json');
  assert.equal(formatOfText('  [1,2]'), 'json');
});

test('a document over several lines, or longer than the piece at hand, is JSON', () => {
  assert.equal(formatOfText('{\n  "a": 1\n}\n'), 'json');
  assert.equal(formatOfText('[\r\n  1,\r\n  2\r\n]'), 'json');
  assert.equal(formatOfText('[{"a":1},\n {"a":2}]\n'), 'json');
  assert.equal(formatOfText(`[${'1,'.repeat(1000)}`), 'json');
});

test('lines that only begin with a bracket are lines', () => {
  assert.equal(formatOfText('[2026-01-01 10:00] started\n[2026-01-01 10:01] ended\n'), 'lines');
  assert.equal(formatOfText('{name} says hello\n'), 'lines');
});
