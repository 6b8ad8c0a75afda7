import assert from 'node:assert/strict';
import test from 'node:test';
import { attribute, bytesPerAnyTask } from '../../../workers/growth/attribution.js';
import type { Point } from '../../../workers/growth/points.js';

const KB = 1024;

/** Points with these counts by label, and levels that follow from what each label leaves. */
function pointsOf(counts: readonly (readonly number[])[], bytesPerTask: readonly number[], jitter = 0): Point[] {
  return counts.map((row, index) => ({
    tasks: row.reduce((sum, count) => sum + count, 0),
    counts: row,
    heap:
      row.reduce((sum, count, label) => sum + count * (bytesPerTask[label] ?? 0), 4e6) +
      (index % 2 === 0 ? jitter : -jitter),
    external: 0,
  }));
}

const MIXED = [
  [50, 40, 10],
  [120, 260, 20],
  [500, 300, 300],
  [600, 900, 400],
  [1_500, 1_000, 500],
  [1_600, 1_900, 1_500],
  [3_000, 2_000, 1_600],
];

test('a thread with one type of task has one culprit', () => {
  const points = pointsOf([[64], [128], [256], [512], [1_024]], [10 * KB], 10 * KB);
  const [part] = attribute(points, 'heap');
  assert.equal(part?.label, 0);
  assert.ok(Math.abs((part?.bytesPerTask ?? 0) / (10 * KB) - 1) < 0.01);
});

test('the type whose counts rise as the memory does is the culprit', () => {
  for (const label of [0, 1, 2]) {
    const rates = [0, 0, 0].with(label, 8 * KB);
    const parts = attribute(pointsOf(MIXED, rates, 8 * KB), 'heap');
    assert.deepEqual(
      parts.map((part) => part.label),
      [label],
    );
    assert.ok(Math.abs((parts[0]?.bytesPerTask ?? 0) / (8 * KB) - 1) < 0.05);
  }
});

test('two types may be culprits, each with its own rate', () => {
  const parts = attribute(pointsOf(MIXED, [4 * KB, 12 * KB, 0]), 'heap');
  assert.deepEqual(
    parts.map(({ label, bytesPerTask }) => [label, Math.round(bytesPerTask / KB)]),
    [
      [0, 4],
      [1, 12],
    ],
  );
});

test('types that run in step are not told apart', () => {
  const counts = [100, 200, 400, 800, 1_600].map((count) => [count, count + 1]);
  const points = pointsOf(counts, [8 * KB, 0]);
  assert.deepEqual(attribute(points, 'heap'), []);
  assert.ok(Math.abs(bytesPerAnyTask(points, 'heap') / (4 * KB) - 1) < 0.01);
});

test('memory that follows nobody is blamed on nobody', () => {
  const points = pointsOf(MIXED, [0, 0, 0]).map((point, index) => ({
    ...point,
    heap: 4e6 + [0, 9, 1, 8, 2, 9, 5][index]! * 1e6,
  }));
  assert.deepEqual(attribute(points, 'heap'), []);
});

test('memory that is given back has no culprit', () => {
  const falling = pointsOf([[64], [128], [256], [512]], [-8 * KB]);
  assert.deepEqual(attribute(falling, 'heap'), []);
});

test('a type that has not run between the points is no culprit', () => {
  const counts = [100, 200, 400, 800].map((count) => [count, 5_000]);
  assert.deepEqual(
    attribute(pointsOf(counts, [8 * KB, 64 * KB]), 'heap').map(({ label }) => label),
    [0],
  );
});
