import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Estimate } from '../../../runtime/attempts/estimate.js';
import { basePlan } from '../../../runtime/call-options.js';
import { Task, type TaskType } from '../../../runtime/task.js';
import type { RecycleRecord } from '../../../runtime/threads/recycle.js';
import { Slot } from '../../../runtime/threads/slot.js';
import { Threads } from '../../../runtime/threads/threads.js';
import { ManualClock, StubThread } from '../../support/stub-thread.js';

const PACE = { minimumLife: 100, patience: 1_000, pause: 400, longestPause: 10_000 };
const LIMITS = { heapGrowth: 1_000, descriptors: 16, tasks: Number.POSITIVE_INFINITY, age: Number.POSITIVE_INFINITY };
const PLENTY = { bytes: 2 ** 33, descriptors: 1_000 };

const TYPE: TaskType = {
  number: 0,
  href: 'file:///x.js',
  name: 'x',
  label: 'x',
  plan: basePlan({ kind: 'io', grace: 1_000 }),
  estimate: new Estimate(),
  tracked: false,
  gated: false,
};

/** Slots with stubs for threads, all up; what is told is noted. */
function stand(options: { slots?: number; limits?: Partial<typeof LIMITS>; headroom?: typeof PLENTY } = {}) {
  const clock = new ManualClock();
  const made: StubThread[] = [];
  const told: RecycleRecord[] = [];
  const restarts: number[] = [];
  let tasks = 0;
  const slots = Array.from({ length: options.slots ?? 1 }, (_, number) => new Slot(number));
  const threads: Threads = new Threads({
    slots,
    make: (slot, generation, listener) => {
      const thread = new StubThread(slot, generation, listener);
      made.push(thread);
      return thread;
    },
    clock,
    wallClock: () => 'now',
    restart: { intensity: 3, period: 1_000, total: 3 },
    recycle: { ...LIMITS, ...options.limits },
    recycling: { pace: PACE, remind: clock.timer, headroom: () => options.headroom ?? PLENTY, culprit: () => 'x' },
    listener: {
      ready: () => undefined,
      roomier: () => undefined,
      outcomes: (slot) => {
        const reader = {
          ok: (entry: number) => slot.release(entry),
          failed: () => undefined,
          skipped: () => undefined,
        };
        slot.thread?.drain(reader);
        threads.ended(slot);
        threads.relieved(slot);
      },
      said: () => undefined,
      lines: () => undefined,
      unstarted: (task) => assert.fail(`task ${task.id} had started`),
      lost: (task) => assert.fail(`task ${task.id} was lost`),
      restarted: ({ generation }) => restarts.push(generation),
      recycled: (record) => told.push(record),
      gaveUp: (error) => assert.fail(error),
    },
  });
  threads.startAll();
  for (const thread of [...made]) thread.up();
  const of = (generation: number, slot = 0): StubThread => {
    const thread = made.find((other) => other.generation === generation && other.slot === slot);
    assert.ok(thread !== undefined, `thread ${slot}/${generation} was not made`);
    return thread;
  };
  /** A task begins to run. */
  const run = (slot: Slot): Task => {
    const sink = { ok: () => undefined, bad: () => undefined };
    const task = new Task(++tasks, TYPE, TYPE.plan, undefined, sink, 0);
    slot.post(task, 0, undefined);
    return task;
  };
  /** A thread has come to a limit and something ends in it. */
  const grow = (thread: StubThread, figures: { held?: number; retained?: number }): void => {
    Object.assign(thread, figures);
    thread.listener.outcomes();
  };
  const [slot] = slots;
  assert.ok(slot !== undefined);
  return { clock, threads, slots, slot, made, told, restarts, of, run, grow };
}

test('the successor comes up while the thread works, and has the slot as soon as nothing runs there', async () => {
  const { clock, slot, told, of, run, grow } = stand();
  const { entry } = run(slot);
  clock.pass(100);
  grow(of(1), { retained: 1_000 });
  assert.equal(slot.state, 'up', 'it goes on working');
  of(2).up();
  assert.equal(slot.state, 'retiring');
  assert.equal(slot.generation, 1);
  assert.equal(of(1).isEnding, false);
  of(1).finish(entry);
  assert.deepEqual([slot.state, slot.generation], ['up', 2]);
  assert.equal(of(1).isEnding, true);
  assert.deepEqual(told, [
    {
      slot: 0,
      generation: 1,
      reason: 'heapGrowth',
      task: 'x',
      figures: { heapGrowthBytes: 1_000, descriptorsHeld: 0, tasks: 0, ageMs: 100 },
      overlap: true,
      helped: null,
      at: 'now',
    },
  ]);
  await of(1).exit();
});

test('where there is no memory for two the thread is ended first', async () => {
  const { clock, slot, made, told, of, grow } = stand({ headroom: { ...PLENTY, bytes: 0 } });
  clock.pass(100);
  grow(of(1), { retained: 1_000 });
  assert.equal(slot.state, 'ending');
  assert.equal(made.length, 1, 'no second thread beside it');
  await of(1).exit();
  await nextTurn();
  of(2).up();
  assert.deepEqual([slot.state, slot.generation], ['up', 2]);
  assert.equal(told[0]?.overlap, false);
});

test('one thread at a time: the next has its turn when the last is gone', async () => {
  const { clock, made, of, grow } = stand({ slots: 2 });
  clock.pass(100);
  grow(of(1, 0), { retained: 1_000 });
  grow(of(1, 1), { retained: 1_000 });
  of(2, 0).up();
  assert.equal(made.length, 3, 'the first is still ending');
  await of(1, 0).exit();
  await nextTurn();
  of(2, 1).up();
  assert.equal(of(1, 1).isEnding, true);
});

test('a thread that holds as many descriptors as it may is replaced at once, and given nothing more', async () => {
  const { slot, told, of, grow } = stand();
  grow(of(1), { held: 16 });
  assert.equal(slot.open, false);
  assert.equal(of(1).isEnding, true, 'a second thread would have descriptors of its own');
  assert.equal(told[0]?.reason, 'descriptors');
  await of(1).exit();
  await nextTurn();
  of(2).up();
  assert.equal(slot.open, true);
});

test('a slot has fewer attempts the more descriptors its thread holds', () => {
  const { slot, of, grow } = stand({ limits: { descriptors: 10 } });
  assert.equal(slot.room, 8, 'all entries');
  grow(of(1), { held: 4 });
  assert.equal(slot.room, 6);
});

test('what a thread still holds that is not gone counts against its successor', async () => {
  const { clock, slot, of, grow } = stand({ limits: { descriptors: 20 } });
  clock.pass(100);
  grow(of(1), { held: 12, retained: 1_000 });
  of(2).up();
  assert.equal(slot.generation, 2);
  assert.equal(slot.room, 0, '12 are held, and 8 are for the event loop of the one too many');
  await of(1).exit();
  await nextTurn();
  assert.equal(slot.room, 8);
});

test('a successor that does not come up is a death, and the thread stays', async () => {
  const { clock, slot, made, restarts, told, of, grow } = stand();
  clock.pass(100);
  grow(of(1), { retained: 1_000 });
  of(2).die({ kind: 'boot', error: new Error('no') });
  assert.deepEqual([slot.state, slot.generation, slot.open], ['up', 1, true]);
  assert.deepEqual(restarts, [2]);
  clock.pass(399);
  grow(of(1), { retained: 1_100 });
  assert.equal(made.length, 2, 'it is not tried again at once');
  clock.pass(1);
  grow(of(1), { retained: 1_200 });
  of(3).up();
  assert.equal(slot.generation, 3);
  assert.equal(told.length, 1);
  await of(1).exit();
});

test('a thread that dies meanwhile is succeeded at once, and that was no recycle', () => {
  const { clock, slot, told, restarts, of, grow } = stand();
  clock.pass(100);
  grow(of(1), { retained: 1_000 });
  of(1).die();
  assert.deepEqual([slot.state, slot.generation], ['starting', 2]);
  of(2).up();
  assert.equal(slot.state, 'up');
  assert.deepEqual([restarts, told], [[1], []]);
});

test('a thread in which something runs on and on is given work again, and another has its turn', async () => {
  const { clock, slots, slot, made, told, of, run, grow } = stand({ slots: 2 });
  run(slot);
  clock.pass(100);
  grow(of(1, 0), { retained: 1_000 });
  of(2, 0).up();
  assert.equal(slot.state, 'retiring');
  grow(of(1, 1), { retained: 1_000 });
  clock.pass(1_000);
  assert.deepEqual([slot.state, slot.generation], ['up', 1]);
  assert.equal(of(2, 0).isEnding, true);
  assert.equal(made.length, 3, 'as long as the successor is not gone there is no other');
  await of(2, 0).exit();
  await nextTurn();
  of(2, 1).up();
  assert.equal(slots[1]?.generation, 2);
  assert.deepEqual(
    told.map((record) => record.slot),
    [1],
  );
});

test('a recycle that did not help is told of, and is not repeated before a pause', async () => {
  const { clock, made, threads, told, of, grow } = stand();
  clock.pass(100);
  grow(of(1), { retained: 1_000 });
  of(2).up();
  await of(1).exit();
  await nextTurn();
  clock.pass(50);
  grow(of(2), { retained: 1_000 });
  assert.deepEqual(
    told.map(({ generation, helped }) => [generation, helped]),
    [
      [1, null],
      [1, false],
    ],
  );
  assert.deepEqual(
    threads.recycles.map(({ helped }) => helped),
    [false],
  );
  clock.pass(399);
  grow(of(2), { retained: 1_000 });
  assert.equal(made.length, 2);
  clock.pass(1);
  grow(of(2), { retained: 1_000 });
  assert.equal(made.length, 3);
});

test('an age needs one timer, and no limit else any', async () => {
  assert.equal(stand({ slots: 4 }).clock.timers, 0);
  const { clock, slot, of } = stand({ limits: { age: 5_000 } });
  assert.equal(clock.timers, 1);
  clock.pass(5_000);
  of(2).up();
  assert.equal(slot.generation, 2);
  await of(1).exit();
  await nextTurn();
  assert.equal(clock.timers, 1);
});

test('a thread does not go while a module is looked at in it', async () => {
  const { clock, slot, of, grow } = stand();
  const described = slot.describe('file:///x.js');
  clock.pass(100);
  grow(of(1), { retained: 1_000 });
  of(2).up();
  assert.deepEqual([slot.state, slot.generation], ['retiring', 1]);
  const description = { exports: [] };
  of(1).described.resolve(description as never);
  assert.equal(await described, description);
  assert.deepEqual([slot.state, slot.generation], ['up', 2]);
});

test('close ends the thread, its successor, and one that is ending already', async () => {
  const { clock, slot, made, threads, of, grow, run } = stand({ slots: 2 });
  clock.pass(100);
  grow(of(1, 0), { retained: 1_000 });
  of(2, 0).up();
  const closed = threads.close();
  for (const thread of made) await thread.exit();
  assert.deepEqual((await closed).map((end) => [end.slot, end.generation]).sort(), [
    [0, 1],
    [0, 2],
    [1, 1],
  ]);
  assert.equal(slot.state, 'stopped');
  const other = stand();
  run(other.slot);
  other.clock.pass(100);
  other.grow(other.of(1), { retained: 1_000 });
  const closing = other.threads.close();
  assert.equal(other.of(2).isEnding, true);
  await other.of(2).exit();
  other.slot.release(0);
  await other.of(1).exit();
  assert.equal((await closing).length, 2);
  assert.equal(other.clock.timers, 0);
});
