import assert from 'node:assert/strict';
import test from 'node:test';
import { readLines, readNullSeparated } from '../../../cli/inputs/lines.js';
import { collect, pieces } from '../support/pieces.js';

test('lines end with LF or CRLF, and the last one may end with nothing', async () => {
  assert.deepEqual(await collect(readLines(pieces('a\r\nb\nc'))), ['a', 'b', 'c']);
  assert.deepEqual(await collect(readLines(pieces('a\r', '\nb\r'))), ['a', 'b']);
});

test('an empty line is an input, a carriage return within a line belongs to it', async () => {
  assert.deepEqual(await collect(readLines(pieces('a\n\r\n\nb\rc\n'))), ['a', '', '', 'b\rc']);
});

test('records that end with NUL keep their line ends', async () => {
  assert.deepEqual(await collect(readNullSeparated(pieces('a\nb\r\0', 'c', '\0d'))), ['a\nb\r', 'c', 'd']);
});
