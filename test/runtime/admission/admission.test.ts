import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Admission } from '../../../runtime/admission/admission.js';
import type { Task } from '../../../runtime/task.js';

/** All of a task that admission looks at. */
function taskOf(id: number, whenFull: 'reject' | 'wait' = 'reject'): Task {
  return { id, plan: { whenFull } } as unknown as Task;
}

/** A gate, its queue, and everything it told. `react` is what somebody does who is told of saturation. */
function gate(maxQueue: number, react: (event: 'saturated' | 'unsaturated') => void = () => undefined) {
  const told: string[] = [];
  const queue: number[] = [];
  const tell = (event: 'saturated' | 'unsaturated') => () => {
    told.push(event);
    react(event);
  };
  const admission = new Admission(maxQueue, {
    waiting: () => queue.length,
    queued: () => Math.floor(queue.length / 2),
    accepted: ({ id }) => {
      queue.push(id);
      told.push(`accepted ${id}`);
    },
    rejected: ({ id }, why) => told.push(`rejected ${id}: ${why}`),
    saturated: tell('saturated'),
    unsaturated: tell('unsaturated'),
  });
  return {
    admission,
    queue,
    offer: (id: number, whenFull?: 'reject' | 'wait') => {
      const task = taskOf(id, whenFull);
      admission.offer(task);
      return task;
    },
    hold: (id: number) => {
      const task = taskOf(id);
      admission.hold(task);
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

test('tells that it is saturated when it is full, and that it is not when it has come down to three quarters', () => {
  const { offer, start, heard } = gate(8);
  for (let id = 0; id < 7; id++) offer(id);
  assert.equal(heard().includes('saturated'), false);
  offer(7);
  assert.deepEqual(heard(), ['accepted 7', 'saturated']);
  offer(8);
  assert.deepEqual(heard(), ['rejected 8: full']);
  start(1);
  assert.deepEqual(heard(), [], 'seven of eight: it would be full again at once');
  offer(9);
  assert.deepEqual(heard(), ['accepted 9']);
  start(2);
  assert.deepEqual(heard(), ['unsaturated']);
  start(6);
  assert.deepEqual(heard(), []);
});

test('a queue of one is saturated while it has one', () => {
  const { offer, start, heard } = gate(1);
  offer(0);
  start(1);
  offer(1);
  start(1);
  assert.deepEqual(heard(), ['accepted 0', 'saturated', 'unsaturated', 'accepted 1', 'saturated', 'unsaturated']);
});

test('is not saturated while it has room', () => {
  const { offer, start, heard } = gate(3);
  offer(0);
  offer(1);
  start(2);
  assert.deepEqual(heard(), ['accepted 0', 'accepted 1']);
});

test('is saturated by a task that stands before it as well as by one that it turns away, and while somebody stands', () => {
  const { queue, offer, start, heard } = gate(4);
  // Tasks that are tried again are not offered, and can fill it.
  queue.push(90, 91, 92, 93);
  offer(0, 'wait');
  offer(1, 'wait');
  assert.deepEqual(heard(), ['saturated']);
  start(1);
  assert.deepEqual(heard(), ['accepted 0']);
  start(3);
  assert.deepEqual(heard(), ['accepted 1', 'unsaturated']);
});

test('who only waits at the gate and leaves does not keep it saturated', () => {
  const { admission, offer, start, heard } = gate(4);
  for (let id = 0; id < 4; id++) offer(id);
  const gone = offer(4, 'wait');
  heard();
  admission.leave(gone);
  start(1);
  assert.deepEqual(heard(), ['unsaturated']);
});

test('tells after close that it is not saturated any more, once what it had has gone', () => {
  const { admission, offer, start, heard } = gate(2);
  offer(0);
  offer(1);
  offer(2, 'wait');
  heard();
  admission.close();
  assert.deepEqual(heard(), ['rejected 2: closed']);
  start(1);
  assert.deepEqual(heard(), ['unsaturated']);
  offer(3);
  assert.deepEqual(heard(), ['rejected 3: closed']);
});

test('a task that waits is turned away when the gate is closed by who is told that it is full', () => {
  const stand = gate(1, (event) => {
    if (event === 'saturated') stand.admission.close();
  });
  stand.queue.push(90);
  stand.offer(0, 'wait');
  assert.deepEqual(stand.heard(), ['saturated', 'rejected 0: closed']);
  assert.equal(stand.admission.standing, 0);
});

test('tells one thing after the other, whatever those do who are told', () => {
  let id = 100;
  const stand = gate(2, (event) => {
    if (event === 'unsaturated' && id < 104) stand.offer(id++);
  });
  stand.offer(0);
  stand.offer(1);
  stand.start(1);
  assert.deepEqual(stand.heard(), [
    'accepted 0',
    'accepted 1',
    'saturated',
    'unsaturated',
    'accepted 100',
    'saturated',
  ]);
});

test('keeps what is held back out of its queue until it is offered again, and turns it away when it closes', () => {
  const { admission, hold, start, heard } = gate(1);
  const tasks = [0, 1, 2, 3].map(hold);
  assert.deepEqual(heard(), []);
  assert.equal(admission.standing, 0);
  const [first, second, third] = tasks as [Task, Task, Task];
  admission.readmit(first);
  // It had room when it was offered first; now it stands like who asked to wait.
  admission.readmit(second);
  assert.deepEqual(heard(), ['accepted 0', 'saturated']);
  assert.equal(admission.standing, 1);
  admission.leave(third);
  start(1);
  assert.deepEqual(heard(), ['accepted 1']);
  admission.close();
  hold(4);
  assert.deepEqual(heard(), ['rejected 3: closed', 'rejected 4: closed']);
});

test('who is turned away and offers another at once finds the gate closed', () => {
  const told: string[] = [];
  const others: Task[] = [];
  const admission = new Admission(1, {
    waiting: () => 1,
    queued: () => 1,
    accepted: ({ id }) => told.push(`accepted ${id}`),
    rejected: ({ id }, why) => {
      told.push(`rejected ${id}: ${why}`);
      const other = others.shift();
      if (other !== undefined) admission.readmit(other);
    },
    saturated: () => undefined,
    unsaturated: () => undefined,
  });
  admission.offer(taskOf(0, 'wait'));
  for (const id of [1, 2]) admission.hold(taskOf(id));
  others.push(taskOf(3));
  admission.hold(others[0] as Task);
  admission.close();
  assert.deepEqual(told.sort(), [
    'rejected 0: closed',
    'rejected 1: closed',
    'rejected 2: closed',
    'rejected 3: closed',
  ]);
});

test('lets those who wait stand before it, and in as room is made, first come first served', () => {
  const { admission, offer, start, heard } = gate(1);
  offer(0);
  assert.deepEqual(heard(), ['accepted 0', 'saturated']);
  for (const id of [1, 2, 3]) offer(id, 'wait');
  assert.equal(admission.standing, 3);
  assert.deepEqual(heard(), []);
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
  assert.deepEqual(heard(), ['rejected 3: closed', 'rejected 4: closed', 'unsaturated']);
});

/** Something that happens at a gate: a task comes, is held back, or is offered again; so many start; the gate closes. */
const ACT = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('reject' as const, 'wait' as const) },
  { weight: 2, arbitrary: fc.constantFrom('hold' as const, 'readmit' as const) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom('retry' as const, 'close' as const) },
);

test('decides about every task exactly once, lets never more wait than it may, and keeps the order of those who stand', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(ACT, { maxLength: 80 }), (maxQueue, acts) => {
      const { admission, queue, offer, hold, start, heard } = gate(maxQueue);
      const decided: string[] = [];
      const patient: number[] = [];
      const held: Task[] = [];
      const again: number[] = [];
      let id = 0;
      for (const each of acts) {
        const before = queue.length;
        if (typeof each === 'number') start(each);
        else if (each === 'hold') held.push(hold(id++));
        else if (each === 'close') admission.close();
        else if (each === 'readmit') {
          const task = held.shift();
          if (task !== undefined && admission.isOpen) {
            again.push(task.id);
            admission.readmit(task);
          }
        } else if (each === 'retry') {
          if (queue.length > 0) queue.push(-1);
        } else {
          if (each === 'wait') patient.push(id);
          offer(id++, each);
        }
        assert.ok(queue.length <= Math.max(maxQueue, before + (each === 'retry' ? 1 : 0)));
        // Nobody stands before a gate with room behind it.
        assert.ok(admission.standing === 0 || queue.length >= maxQueue);
        decided.push(...heard());
      }
      admission.close();
      while (queue.length > 0) start(1);
      decided.push(...heard());
      const verdicts = decided.flatMap((line) => /^(?:accepted|rejected) (\d+)/.exec(line)?.[1] ?? []).map(Number);
      assert.equal(verdicts.length, id);
      assert.equal(new Set(verdicts).size, id);
      assert.deepEqual(
        verdicts.filter((each) => patient.includes(each)),
        patient,
      );
    }),
  );
});

test('what it tells of saturation comes in pairs and is true, whatever happens and whoever reacts to it', () => {
  const reaction = fc.constantFrom('none', 'offer', 'close', 'start');
  const parts = [fc.integer({ min: 1, max: 9 }), fc.array(ACT, { maxLength: 80 }), fc.array(reaction)] as const;
  fc.assert(
    fc.property(...parts, (maxQueue, acts, reactions) => {
      const events: string[] = [];
      let id = 1_000;
      const stand = gate(maxQueue, (event) => {
        events.push(event);
        const { admission, queue } = stand;
        const [isFull, isLow] = [queue.length >= maxQueue, queue.length < maxQueue && queue.length <= 0.75 * maxQueue];
        assert.ok(event === 'saturated' ? isFull || admission.standing > 0 : isLow && admission.standing === 0);
        const does = reactions.pop();
        if (does === 'offer') stand.offer(id++);
        if (does === 'close') admission.close();
        if (does === 'start') stand.start(1);
      });
      const held: Task[] = [];
      for (const each of acts) {
        if (typeof each === 'number') stand.start(each);
        else if (each === 'hold') held.push(stand.hold(id++));
        else if (each === 'close') stand.admission.close();
        else if (each === 'readmit') {
          const task = held.shift();
          if (task !== undefined && stand.admission.isOpen) stand.admission.readmit(task);
        } else if (each !== 'retry') stand.offer(id++, each);
        if (stand.queue.length >= maxQueue) assert.equal(events.at(-1), 'saturated');
      }
      stand.admission.close();
      while (stand.queue.length > 0) stand.start(1);
      stand.start(0);
      assert.equal(events.length % 2, 0, 'who was told that it is full is told that it is not');
      for (const [index, event] of events.entries()) {
        assert.equal(event, index % 2 === 0 ? 'saturated' : 'unsaturated', events.join());
      }
    }),
  );
});
