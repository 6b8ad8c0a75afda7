import assert from 'node:assert/strict';
import test from 'node:test';
import { Splitter } from '../../../cli/inputs/splitter.js';

function split(separator: string, ...pieces: string[]): string[] {
  const splitter = new Splitter(separator);
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

test('records are the same wherever the pieces are cut', () => {
  const text = 'alpha\n\nbeta\ngamma';
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      const cut = split('\n', text.slice(0, first), text.slice(first, second), text.slice(second));
      assert.deepEqual(cut, ['alpha', '', 'beta', 'gamma']);
    }
  }
});

test('a separator at the end makes no empty record, an empty text none at all', () => {
  assert.deepEqual(split('\n', 'a\nb\n'), ['a', 'b']);
  assert.deepEqual(split('\n', '\n'), ['']);
  assert.deepEqual(split('\n', ''), []);
  assert.deepEqual(split('\n'), []);
});

test('a record is handed out as soon as it ends', () => {
  const splitter = new Splitter('\0');
  assert.deepEqual(splitter.push('a\0b'), ['a']);
  assert.deepEqual(splitter.push(''), []);
  assert.deepEqual(splitter.push('c'), []);
  assert.deepEqual(splitter.push('\0'), ['bc']);
  assert.deepEqual(splitter.end(), []);
});

test('a record without end is refused instead of filling the memory', () => {
  const splitter = new Splitter('\n');
  const piece = 'x'.repeat(32 * 1024 * 1024);
  for (let times = 0; times < 4; times++) splitter.push(piece);
  assert.throws(() => splitter.push(piece), /longer than 128 MiB; is this the right --format\?/);
});
