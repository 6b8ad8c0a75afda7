import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Face,
  HALF_OPEN,
  MOST_DOUBLED,
  movesBetween,
  nextMove,
  pack,
  unpack,
} from '../../../workers/protocol/circuit-word.js';

const MOST_MOVES = 2 ** 24 - 1;

test('a word gives back what was put into it', () => {
  const faces: Face[] = [
    { state: 0, doubled: 0, moves: 0, number: 0 },
    { state: HALF_OPEN, doubled: MOST_DOUBLED, moves: MOST_MOVES, number: -1 },
    { state: 1, doubled: 5, moves: 70_000, number: 2 ** 31 - 1 },
  ];
  for (const face of faces) assert.deepEqual(unpack(pack(face)), face);
});

test('moves are counted on round the end of their number', () => {
  assert.deepEqual([nextMove(0), nextMove(41), nextMove(MOST_MOVES)], [1, 42, 0]);
  assert.deepEqual([movesBetween(3, 7), movesBetween(7, 3), movesBetween(7, 7)], [4, -4, 0]);
  assert.deepEqual([movesBetween(MOST_MOVES, 1), movesBetween(1, MOST_MOVES)], [2, -2]);
});
