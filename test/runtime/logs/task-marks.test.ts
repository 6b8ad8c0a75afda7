import assert from 'node:assert/strict';
import test from 'node:test';
import { TaskMarks } from '../../../runtime/logs/task-marks.js';

test('each task counts once, and again when it was taken', () => {
  const marks = new TaskMarks();
  for (const task of [1, 2, 33, 1, 2, 1_000_001, 33]) marks.add(task);
  assert.equal(marks.take(), 4);
  assert.equal(marks.take(), 0);
  marks.add(2);
  assert.equal(marks.take(), 1);
});

test('knows a task that was added until it is taken', () => {
  const marks = new TaskMarks();
  marks.add(33);
  assert.deepEqual([marks.has(33), marks.has(32), marks.has(1)], [true, false, false]);
  marks.take();
  assert.equal(marks.has(33), false);
});

test('numbers that follow one another are told apart, however large they are', () => {
  for (const first of [0, 1_023, 2 ** 31 - 500, 2 ** 40 + 7]) {
    const marks = new TaskMarks();
    for (let task = first; task < first + 1_024; task++) marks.add(task);
    assert.equal(marks.take(), 1_024);
  }
});

test('more than 1,024 are 1,024', () => {
  const marks = new TaskMarks();
  for (let task = 0; task < 5_000; task++) marks.add(task);
  assert.equal(marks.take(), 1_024);
});
