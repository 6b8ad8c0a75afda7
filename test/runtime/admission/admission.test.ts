import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Admission } from '../../../runtime/admission/admission.js';
import type { Task } from '../../../runtime/task.js';

/** All of a task that admission looks at. */
function taskOf(id: number, whenFull: 'reject' | 'wait' = 'reject'): Task {
  return { id, plan: { whenFull } } as unknown as Task;
}

/** A gate, its queue, and everything it told. */
function gate(maxQueue: number) {
  const told: string[] = [];
  const queue: number[] = [];
  const admission = new Admission(maxQueue, {
    waiting: () => queue.length,
    accepted: ({ id }) => {
      queue.push(id);
      told.push(`accepted ${id}`);
    },
    rejected: ({ id }, why) => told.push(`rejected ${id}: ${why}`),
    saturated: () => told.push('saturated'),
    unsaturated: () => told.push('unsaturated'),
  });
  return {
    admission,
    queue,
    offer: (id: number, whenFull?: 'reject' | 'wait') => {
      const task = taskOf(id, whenFull);
      admission.offer(task);
      return task;
    },
    /** The first so many tasks of the queue start. */
    start: (count: number) => {
      queue.splice(0, count);
      admission.roomMade();
    },
    /** What was told since the last time. */
    heard: () => told.splice(0),
  };
}

test('takes tasks up to its limit and rejects the next one', () => {
  const { offer, heard } = gate(2);
  for (const id of [0, 1, 2]) offer(id);
  assert.deepEqual(heard(), ['accepted 0', 'accepted 1', 'saturated', 'rejected 2: full']);
});

test('tells once that it is saturated, and once that it is not, when there is room again', () => {
  const { offer, start, heard } = gate(2);
  for (const id of [0, 1, 2, 3]) offer(id);
  heard();
  offer(4);
  assert.deepEqual(heard(), ['rejected 4: full']);
  start(1);
  assert.deepEqual(heard(), ['unsaturated']);
  start(1);
  assert.deepEqual(heard(), []);
  for (const id of [5, 6, 7]) offer(id);
  assert.deepEqual(heard(), ['accepted 5', 'accepted 6', 'saturated', 'rejected 7: full']);
});

test('is not saturated while nobody is turned away', () => {
  const { offer, start, heard } = gate(2);
  offer(0);
  offer(1);
  start(2);
  assert.deepEqual(heard(), ['accepted 0', 'accepted 1']);
});

test('lets those who wait stand before it, and in as room is made, first come first served', () => {
  const { admission, offer, start, heard } = gate(1);
  offer(0);
  for (const id of [1, 2, 3]) offer(id, 'wait');
  assert.equal(admission.standing, 3);
  assert.deepEqual(heard(), ['accepted 0', 'saturated']);
  start(1);
  assert.deepEqual(heard(), ['accepted 1']);
  start(1);
  start(1);
  assert.deepEqual(heard(), ['accepted 2', 'accepted 3']);
  start(1);
  assert.deepEqual(heard(), ['unsaturated']);
});

test('lets nobody who waits overtake those who have waited longer', () => {
  const { admission, queue, offer, heard } = gate(1);
  offer(0);
  offer(1, 'wait');
  queue.length = 0;
  // There is room now, but nobody has been let in yet.
  offer(2, 'wait');
  heard();
  admission.roomMade();
  assert.deepEqual(heard(), ['accepted 1']);
  assert.equal(admission.standing, 1);
});

test('forgets a task that leaves while it stands before the gate', () => {
  const { admission, offer, start, heard } = gate(1);
  offer(0);
  const gone = offer(1, 'wait');
  offer(2, 'wait');
  admission.leave(gone);
  heard();
  start(1);
  assert.deepEqual(heard(), ['accepted 2']);
});

test('turns everybody away once it is closed: who stands before it, and who comes', () => {
  const { admission, offer, start, heard } = gate(1);
  offer(0);
  offer(1, 'wait');
  offer(2, 'wait');
  heard();
  admission.close();
  assert.deepEqual(heard(), ['rejected 1: closed', 'rejected 2: closed']);
  assert.equal(admission.standing, 0);
  offer(3);
  offer(4, 'wait');
  start(1);
  assert.deepEqual(heard(), ['rejected 3: closed', 'rejected 4: closed']);
});

test('decides about every task exactly once, lets never more wait than it may, and keeps the order of those who stand', () => {
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('reject' as const, 'wait' as const) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }) },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(act, { maxLength: 80 }), (maxQueue, acts) => {
      const { admission, queue, offer, start, heard } = gate(maxQueue);
      const decided: string[] = [];
      const patient: number[] = [];
      let id = 0;
      for (const each of acts) {
        if (typeof each === 'number') start(each);
        else {
          if (each === 'wait') patient.push(id);
          offer(id++, each);
        }
        assert.ok(queue.length <= maxQueue);
        // Nobody stands before a gate with room behind it.
        assert.ok(admission.standing === 0 || queue.length === maxQueue);
        decided.push(...heard());
      }
      admission.close();
      decided.push(...heard());
      const verdicts = decided.flatMap((line) => /^(?:accepted|rejected) (\d+)/.exec(line)?.[1] ?? []).map(Number);
      assert.equal(verdicts.length, id);
      assert.equal(new Set(verdicts).size, id);
      assert.deepEqual(
        verdicts.filter((each) => patient.includes(each)),
        patient,
      );
      const turns = decided.filter((line) => line.endsWith('saturated'));
      assert.ok(
        turns.every((line, index) => line === (index % 2 === 0 ? 'saturated' : 'unsaturated')),
        turns.join(),
      );
    }),
  );
});
