import assert from 'node:assert/strict';
import test from 'node:test';
import { droppedIn, droppedLine } from '../../../cli/render/dropped-line.js';

const DROPPED = { slot: 0, generation: 3, count: 1, bytes: 80 };

test('what is missing is told with its thread', () => {
  assert.equal(droppedLine(DROPPED), 'warn 1 log line (80 B) dropped: thread 0.3 writes faster than they can be read');
});

test('what a task logs is never taken for it, nor what else is said of a thread', () => {
  assert.deepEqual(droppedIn(DROPPED), DROPPED);
  assert.equal(droppedIn({ ...DROPPED, task: 'resize', taskId: 1, attempt: 1 }), undefined);
  assert.equal(droppedIn({ slot: 0, generation: 3, reason: 'age' }), undefined);
  assert.equal(droppedIn({}), undefined);
});
