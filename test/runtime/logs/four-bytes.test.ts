import assert from 'node:assert/strict';
import test from 'node:test';
import { hasDigit, hasEscaped, IS_LITTLE } from '../../../runtime/logs/four-bytes.js';
import { Chance } from '../../simulation/seeded.js';

const bytes = new Uint8Array(4);
const words = new Int32Array(bytes.buffer);
const EDGES = [...'/09: !"#[\\]~'].map((character) => character.charCodeAt(0));
/** Around those, and where the highest bit begins. */
const MORE = [0, 1, 13, 31, 127, 128, 176, 185, 255];

/** Each byte that matters, in each place, beside each other one; and many at random. */
function* fours(): Generator<number> {
  const all = [...EDGES, ...MORE];
  for (const a of all)
    for (const b of all)
      for (const c of all)
        for (const d of all) {
          bytes.set([a, b, c, d]);
          yield words[0] ?? 0;
        }
  const chance = new Chance(3);
  for (let round = 0; round < 200_000; round++) {
    for (let at = 0; at < bytes.length; at++) bytes[at] = chance.whole(0, 255);
    yield words[0] ?? 0;
  }
}

test('a digit among four bytes is found, and nothing else is one', () => {
  for (const word of fours()) {
    const expected = bytes.some((byte) => byte >= 48 && byte <= 57);
    assert.equal(hasDigit(word), expected, bytes.join());
  }
});

test('what JSON escapes among four bytes is found, and in ASCII nothing else is taken for it', () => {
  for (const word of fours()) {
    const expected = bytes.some((byte) => byte < 0x20 || byte === 0x22 || byte === 0x5c);
    const isAscii = bytes.every((byte) => byte < 0x80);
    if (isAscii || expected) assert.equal(hasEscaped(word), expected, bytes.join());
  }
});

test('a number that is written in the order of this machine is read as it was', () => {
  words[0] = 0x1234_5678;
  assert.equal(new DataView(bytes.buffer).getInt32(0, IS_LITTLE), 0x1234_5678);
});
