import assert from 'node:assert/strict';
import test from 'node:test';
import { CircuitNews } from '../../../runtime/dependencies/circuit-news.js';
import type { CircuitChange } from '../../../workers/protocol/dependencies.js';
import { Chance } from '../../simulation/seeded.js';
import { GatesStand } from '../../support/gates-stand.js';

const STATES = ['open', 'half-open'] as const;

/** The move of a number: odd ones open a circuit, even ones half-open it. */
function move(moves: number): CircuitChange {
  return { dependency: 0, state: STATES[(moves + 1) % 2] ?? 'open', moves, calls: 0, failures: 0, retryAfterMs: null };
}

function news(): { told: number[]; of: CircuitNews } {
  const told: number[] = [];
  return { told, of: new CircuitNews(({ moves }) => told.push(moves)) };
}

test('moves are told in the order in which they were made, each once, in whatever order they are heard', () => {
  const chance = new Chance(4);
  for (let run = 0; run < 100; run++) {
    const { told, of } = news();
    const made = Array.from({ length: 12 }, (_, index) => index + 1);
    const heard = [...made, ...made.filter(() => chance.happens(0.3))].sort(() => chance.next() - 0.5);
    for (const moves of heard) of.heard(move(moves));
    assert.deepEqual(told, made, `heard ${heard.join()}`);
  }
});

test('what a dead thread has not said is told at once from where the circuit stands', () => {
  const { told, of } = news();
  of.heard(move(1));
  assert.equal(of.lookedUp(move(2)), true);
  assert.equal(of.lookedUp(move(2)), false);
  of.heard(move(2));
  of.heard(move(3));
  assert.deepEqual(told, [1, 2, 3]);
});

test('what is still on its way when a thread dies is waited for', () => {
  const { told, of } = news();
  of.heard(move(1));
  assert.equal(of.lookedUp(move(4)), true);
  assert.deepEqual(told, [1]);
  for (const moves of [3, 2]) of.heard(move(moves));
  assert.deepEqual(told, [1, 2, 3, 4]);
});

test('a move that a dead thread never told of is done without as soon as the circuit moves on', () => {
  const { told, of } = news();
  of.heard(move(1));
  of.lookedUp(move(3));
  assert.deepEqual(told, [1]);
  of.heard(move(5));
  assert.deepEqual(told, [1, 3], 'of what came after that death everybody can tell');
  of.heard(move(4));
  of.heard(move(2));
  assert.deepEqual(told, [1, 3, 4, 5]);
});

test('who is told of one move and makes the next does not get ahead of those heard before', () => {
  const told: number[] = [];
  const of = new CircuitNews(({ moves }) => {
    told.push(moves);
    if (moves === 1) of.heard(move(4));
  });
  for (const moves of [3, 2, 1]) of.heard(move(moves));
  assert.deepEqual(told, [1, 2, 3, 4]);
});

test('listeners hear every change of a circuit once, and the last one last', () => {
  const stand = new GatesStand({ a: {} });
  const said = [1, 4, 3, 2, 4].map((moves) => move(moves));
  for (const change of said) stand.dependencies.heard({ type: 'circuit', change });
  const told = { dependency: 'a', calls: 0, failures: 0, retryAfterMs: null };
  const states = ['open', 'half-open', 'open', 'half-open'];
  assert.deepEqual(
    stand.circuits,
    states.map((state) => ({ ...told, state })),
  );
});
