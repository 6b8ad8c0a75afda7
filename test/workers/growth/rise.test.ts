import assert from 'node:assert/strict';
import test from 'node:test';
import type { Point } from '../../../workers/growth/points.js';
import { findRise, looksRising } from '../../../workers/growth/rise.js';

const MB = 2 ** 20;

/** Points of one type of task. */
function pointsOf(tasks: readonly number[], heap: (tasks: number) => number): Point[] {
  return tasks.map((count) => ({ tasks: count, counts: [count], heap: 4 * MB + heap(count), external: 0 }));
}

const DOUBLING = [64, 128, 256, 512, 1_024, 2_048];
const STEADY = (tasks: number): number => tasks * 4_096;

test('five rising points over half of the life are a rise', () => {
  const rise = findRise(pointsOf(DOUBLING, STEADY), 'heap');
  assert.deepEqual([rise?.space, rise?.parts, rise?.tasks], ['heap', [{ label: 0, bytesPerTask: 4_096 }], 1_984]);
});

test('four points are none', () => {
  assert.equal(findRise(pointsOf(DOUBLING.slice(-4), STEADY), 'heap'), undefined);
});

test('points over less than half of the life are none', () => {
  assert.equal(findRise(pointsOf([1_100, 1_300, 1_500, 1_700, 2_000, 2_199], STEADY), 'heap'), undefined);
  assert.ok(findRise(pointsOf([1_100, 1_300, 1_500, 1_700, 2_000, 2_200], STEADY), 'heap'));
});

test('less than 2 MB is none', () => {
  assert.equal(
    findRise(
      pointsOf(DOUBLING, (tasks) => tasks * 1_024),
      'heap',
    ),
    undefined,
  );
});

test('a step back between points that are close to each other is no matter', () => {
  const points = pointsOf([...DOUBLING, 2_100], (tasks) => STEADY(tasks) - (tasks === 2_100 ? MB / 3 : 0));
  assert.ok(findRise(points, 'heap'));
});

test('a single step back ends a rise', () => {
  const points = pointsOf(DOUBLING, (tasks) => STEADY(tasks) - (tasks === 1_024 ? 3 * MB : 0));
  assert.equal(findRise(points, 'heap'), undefined);
});

test('a rise that slows down is none', () => {
  const points = pointsOf([...DOUBLING, 2_560], (tasks) => STEADY(Math.min(tasks, 2_048)) + tasks);
  assert.equal(findRise(points, 'heap'), undefined);
});

test('one big step among small ones is none', () => {
  const points = pointsOf([...DOUBLING, 4_096], (tasks) => tasks * 16 + (tasks > 2_048 ? 30 * MB : 0));
  assert.equal(findRise(points, 'heap'), undefined);
});

/** A rise over ten points whose rate differs from tenth to tenth of the way. */
function uneven(rates: readonly number[]): Point[] {
  const points = pointsOf(
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((tenth) => tenth * 500),
    () => 0,
  );
  let bytes = 4 * MB;
  return points.map((point, tenth) => ({
    ...point,
    heap: (bytes += 2 * MB * (tenth === 0 ? 0 : (rates[tenth - 1] ?? 0))),
  }));
}

test('the rate may vary a little, but not pause, nor jump, nor grow from the first half to the second', () => {
  assert.ok(findRise(uneven([1, 0.9, 1.1, 1, 0.9, 1.1, 1, 1, 0.9, 1.1]), 'heap'));
  // Looked at from its later half on, the same rise would be a steady one: those are told by all of their starts.
  const whole = (rates: readonly number[]) => findRise(uneven(rates), 'heap')?.tasks;
  assert.equal(whole([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), 5_000);
  assert.equal(whole([1, 1, 1, 0.4, 0.4, 0.4, 0.4, 1, 1, 1]), undefined);
  assert.equal(whole([1, 1, 1, 1, 4, 4, 1, 1, 1, 1]), undefined);
  assert.notEqual(whole([0.8, 0.8, 0.8, 0.8, 0.8, 1.1, 1.1, 1.1, 1.1, 1.1]), 5_000);
});

test('a thread that was warming up when the rise began has one since', () => {
  const points = pointsOf([...DOUBLING, 2_560, 3_200, 4_000], (tasks) => STEADY(tasks) + (tasks > 200 ? 12 * MB : 0));
  const rise = findRise(points, 'heap');
  assert.equal(Math.round(rise?.bytesPerTask ?? 0), 4_096);
});

test('three points that go up about evenly look like a rise, and those that level off do not', () => {
  assert.equal(looksRising(pointsOf([512, 1_024, 2_048], STEADY), 'heap'), true);
  assert.equal(
    looksRising(
      pointsOf([512, 1_024, 2_048], (tasks) => STEADY(Math.min(tasks, 1_100))),
      'heap',
    ),
    false,
  );
});

test('two points hint at a rise when the second is well above the first', () => {
  assert.equal(looksRising(pointsOf([1_024, 2_048], STEADY), 'heap'), true);
  assert.equal(
    looksRising(
      pointsOf([1_024, 2_048], (tasks) => tasks * 64),
      'heap',
    ),
    false,
  );
  assert.equal(looksRising(pointsOf([2_048], STEADY), 'heap'), false);
});
