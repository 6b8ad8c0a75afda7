import assert from 'node:assert/strict';
import test from 'node:test';
import { type Point, Points } from '../../../workers/growth/points.js';

function point(tasks: number, heap: number, counts: readonly number[] = [tasks]): Point {
  return { tasks, counts, heap, external: 0 };
}

function pointsOf(...list: readonly Point[]): Points {
  const points = new Points();
  for (const one of list) points.add(one);
  return points;
}

test('nothing is retained before there is a base', () => {
  assert.ok(Number.isNaN(new Points().retained('heap')));
  assert.equal(pointsOf(point(64, 900)).retained('heap'), 0);
});

test('what is above the first point is retained', () => {
  assert.equal(pointsOf(point(64, 900), point(128, 1_000), point(256, 1_400)).retained('heap'), 500);
});

test('the base follows the level down, so that nothing below it is missed later', () => {
  assert.equal(pointsOf(point(64, 900), point(128, 400), point(256, 500)).retained('heap'), 100);
});

test('what arrives with a new type of task belongs to the base', () => {
  const points = pointsOf(point(64, 900), point(128, 5_000, [100, 28]), point(256, 5_100, [200, 56]));
  assert.equal(points.retained('heap'), 100);
});

test('the list stays short and keeps its newest points', () => {
  const points = pointsOf(...Array.from({ length: 1_000 }, (_, index) => point(index + 1, index)));
  assert.ok(points.list.length <= 48);
  assert.deepEqual(
    points.list.slice(-10).map(({ tasks }) => tasks),
    Array.from({ length: 10 }, (_, index) => 991 + index),
  );
  const tasks = points.list.map((one) => one.tasks);
  assert.deepEqual(
    tasks,
    tasks.toSorted((one, other) => one - other),
  );
});
