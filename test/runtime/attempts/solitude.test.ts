import assert from 'node:assert/strict';
import test from 'node:test';
import { Estimate } from '../../../runtime/attempts/estimate.js';
import { PROBATION_MS, Solitude } from '../../../runtime/attempts/solitude.js';
import { basePlan } from '../../../runtime/call-options.js';
import { Lanes } from '../../../runtime/lanes/lanes.js';
import { isGated, Task, type TaskPlan, type TaskType } from '../../../runtime/task.js';
import { type LanesInUse, placeIo } from '../../../runtime/threads/placement.js';
import { Slot } from '../../../runtime/threads/slot.js';
import type { Thread } from '../../../runtime/threads/thread.js';
import { ManualClock } from '../../support/stub-thread.js';

const IO_ONLY: LanesInUse = { cpu: false, io: true };
const CPU_ONLY: LanesInUse = { cpu: true, io: false };

function typeOf(kind: 'cpu' | 'io'): TaskType {
  const plan: TaskPlan = basePlan({ kind, grace: 0 });
  const href = 'file:///x.js';
  const estimate = new Estimate();
  return { number: 0, href, name: 'x', label: 'x', plan, estimate, tracked: false, gated: isGated(plan) };
}
const TYPES = { cpu: typeOf('cpu'), io: typeOf('io') };

/** Slots that are up, and a solitude that posts into them. */
function stand(count: number) {
  const clock = new ManualClock();
  const lanes = new Lanes();
  const slots = Array.from({ length: count }, (_, number) => new Slot(number));
  const renew = (slot: Slot): void => {
    const thread = { generation: 1, entries: 64, post: () => undefined, wake: () => undefined, started: () => 0 };
    slot.assign(thread as unknown as Thread);
    slot.state = 'up';
  };
  for (const slot of slots) renew(slot);
  let opened = 0;
  let refuses = false;
  let shut = false;
  const solitude = new Solitude({
    lanes,
    slots,
    clock,
    enter: (_, task) => {
      if (shut) lanes.remove(task);
      return !shut;
    },
    post: (slot, task) => {
      if (!refuses) slot.post(task, 0, undefined);
    },
    opened: () => {
      opened++;
    },
  });
  let tasks = 0;
  const make = (kind: 'cpu' | 'io'): Task =>
    new Task(++tasks, TYPES[kind], TYPES[kind].plan, undefined, { ok: () => undefined, bad: () => undefined }, 0);
  const suspect = (kind: 'cpu' | 'io' = 'io'): Task => {
    const task = make(kind);
    task.needBlame().suspect({ charged: false });
    lanes.push(task, clock.now());
    return task;
  };
  /** An attempt of another task runs in a slot. */
  const occupy = (slot: number, kind: 'cpu' | 'io' = 'io'): Task => {
    const task = make(kind);
    slots[slot]?.post(task, 0, undefined);
    return task;
  };
  const end = (task: Task): void => {
    slots[task.slot]?.release(task.entry);
  };
  const run = (inUse = IO_ONLY): void => {
    solitude.run(clock.now(), inUse);
  };
  return {
    clock,
    lanes,
    slots,
    suspect,
    occupy,
    end,
    run,
    renew,
    refuse: () => {
      refuses = true;
    },
    /** Suspects find a gate shut, and are parked. */
    shut: () => {
      shut = true;
    },
    opened: () => opened,
  };
}

/** Where the next io attempt of somebody else would go. */
function placeOfOthers(slots: readonly Slot[]): number {
  return placeIo(slots, IO_ONLY, 100);
}

test('a suspect gets an empty slot, and nobody else gets into it until it has ended', () => {
  const { slots, suspect, end, run } = stand(1);
  const task = suspect();
  run();
  assert.equal(task.slot, 0);
  assert.equal(placeOfOthers(slots), -1);
  end(task);
  assert.equal(placeOfOthers(slots), 0);
});

test('where there is none, the slot with the fewest attempts is emptied, and the others work on', () => {
  const { slots, suspect, occupy, end, run } = stand(2);
  const [, , last] = [occupy(0), occupy(0), occupy(1)];
  const task = suspect();
  run();
  assert.equal(task.slot, -1);
  assert.equal(placeOfOthers(slots), 0, 'slot 1 gets nothing new');
  end(last);
  run();
  assert.equal(task.slot, 1);
  assert.equal(slots[1]?.outstanding, 1);
});

test('each of several suspects has a slot of its own', () => {
  const { slots, suspect, end, run } = stand(3);
  const tasks = Array.from({ length: 5 }, () => suspect());
  run();
  assert.deepEqual(
    tasks.map(({ slot }) => slot),
    [0, 1, 2, -1, -1],
  );
  const [first, second] = tasks;
  assert.ok(first !== undefined && second !== undefined);
  end(second);
  end(first);
  run();
  assert.ok(slots.every((slot) => slot.outstanding === 1));
  assert.equal(tasks.filter(({ slot }) => slot >= 0).length, 3);
});

test('one slot at a time is emptied, however many suspects wait', () => {
  const { slots, suspect, occupy, run } = stand(3);
  for (const slot of [0, 1, 2]) occupy(slot);
  for (let count = 0; count < 4; count++) suspect();
  for (let round = 0; round < 3; round++) run();
  assert.deepEqual(slots.map(({ solitude }) => solitude).sort(), ['none', 'none', 'wanted']);
});

test('a fresh thread is taken before one that is still being emptied, which is then let go', () => {
  const { slots, suspect, occupy, run, renew } = stand(2);
  const [first, second] = slots;
  assert.ok(first !== undefined && second !== undefined);
  occupy(0);
  second.state = 'starting';
  const task = suspect();
  run();
  assert.equal(first.solitude, 'wanted');
  renew(second);
  run();
  assert.equal(task.slot, 1);
  assert.equal(first.solitude, 'none');
});

test('a slot whose thread went while it was being emptied is not waited for', () => {
  const { slots, suspect, occupy, end, run } = stand(2);
  const [first] = slots;
  assert.ok(first !== undefined);
  occupy(0);
  const others = [occupy(1), occupy(1)];
  const task = suspect();
  run();
  assert.equal(first.solitude, 'wanted');
  first.state = 'retiring';
  run();
  assert.equal(slots[1]?.solitude, 'wanted');
  for (const other of others) end(other);
  run();
  assert.equal(task.slot, 1);
});

test('a slot that was being emptied for a suspect that left is open again', () => {
  const { slots, lanes, suspect, occupy, run } = stand(1);
  occupy(0);
  const task = suspect();
  run();
  assert.equal(placeOfOthers(slots), -1);
  lanes.remove(task);
  run();
  assert.equal(placeOfOthers(slots), 0);
});

test('a suspect whose input is refused leaves the slot to others', () => {
  const { slots, suspect, run, refuse } = stand(1);
  refuse();
  suspect();
  run();
  assert.equal(placeOfOthers(slots), 0);
});

test('suspects that have to wait at a gate leave the slot to others', () => {
  const { slots, lanes, suspect, run, shut } = stand(1);
  shut();
  suspect();
  suspect();
  run();
  assert.equal(lanes.size, 0);
  assert.equal(placeOfOthers(slots), 0);
});

test('a cpu suspect does not go beside io attempts', () => {
  const { suspect, occupy, end, run } = stand(1);
  const other = occupy(0);
  const task = suspect('cpu');
  run(CPU_ONLY);
  assert.equal(task.slot, -1);
  end(other);
  run(CPU_ONLY);
  assert.equal(task.slot, 0);
});

test('whoever has been alone for long gets neighbours again, and the next time it takes twice as long', () => {
  const { clock, slots, suspect, end, run, opened, lanes } = stand(1);
  const task = suspect();
  run();
  clock.pass(PROBATION_MS - 1);
  assert.equal(placeOfOthers(slots), -1);
  clock.pass(1);
  assert.equal(opened(), 1);
  assert.equal(placeOfOthers(slots), 0);
  end(task);
  task.needBlame().suspect({ charged: false });
  lanes.putBack(task);
  run();
  clock.pass(PROBATION_MS * 2 - 1);
  assert.equal(placeOfOthers(slots), -1);
  clock.pass(1);
  assert.equal(placeOfOthers(slots), 0);
});

test('a probation that is over by the time it ends changes nothing for the next suspect', () => {
  const { clock, slots, suspect, end, run, opened } = stand(1);
  const [first, second] = [suspect(), suspect()];
  run();
  clock.pass(PROBATION_MS / 2);
  end(first);
  run();
  assert.equal(second.slot, 0);
  clock.pass(PROBATION_MS / 2);
  assert.equal(opened(), 0);
  assert.equal(placeOfOthers(slots), -1);
});
