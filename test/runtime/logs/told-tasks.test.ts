import assert from 'node:assert/strict';
import test from 'node:test';
import { ToldTasks } from '../../../runtime/logs/told-tasks.js';

test('a task is one from its first line on, until it is taken', () => {
  const tasks = new ToldTasks();
  assert.equal(tasks.take(1), false);
  tasks.add(1);
  tasks.add(1);
  tasks.add(2);
  tasks.add(1);
  assert.deepEqual([tasks.take(1), tasks.take(1), tasks.take(2)], [true, false, true]);
});

test('one that was taken and prints on is one again', () => {
  const tasks = new ToldTasks();
  tasks.add(1);
  assert.equal(tasks.take(1), true);
  tasks.add(1);
  assert.equal(tasks.take(1), true);
});

test('of those that are never taken only the latest are remembered', () => {
  const tasks = new ToldTasks();
  for (let taskId = 0; taskId <= 100_000; taskId++) tasks.add(taskId);
  assert.deepEqual([tasks.take(0), tasks.take(1), tasks.take(100_000)], [false, true, true]);
});
