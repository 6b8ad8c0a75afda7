import assert from 'node:assert/strict';
import test from 'node:test';
import { Estimate } from '../../../runtime/attempts/estimate.js';
import { DescriptorBudget, type DescriptorBudgetParts } from '../../../runtime/ledger/descriptor-budget.js';
import type { Task } from '../../../runtime/task.js';
import type { Slot } from '../../../runtime/threads/slot.js';

/** All of a slot that the budget looks at. */
interface FakeSlot {
  io: number;
  needs: number;
  isComingUp: boolean;
  running: number | null;
  held: number;
}

/** A budget over a process that is made up, and what it costs to look at it. */
function stand({ limit, open, reserve }: { limit: number; open: number; reserve?: number }) {
  const state = { limit, open, tasks: 1_000, now: 0, counts: 0, countMs: 0, isKnown: true };
  const fakes: FakeSlot[] = [0, 1].map(() => ({ io: 0, needs: 0, isComingUp: false, running: 0, held: 0 }));
  const slots = fakes.map((fake) => ({
    get io() {
      return fake.io;
    },
    get needs() {
      return fake.needs;
    },
    get isComingUp() {
      return fake.isComingUp;
    },
    thread: { gauges: () => ({ descriptorsRunning: fake.running, descriptorsHeld: fake.held }) },
  }));
  const parts: DescriptorBudgetParts = {
    slots: slots as unknown as Slot[],
    reserve,
    now: () => state.now,
    count: () => {
      state.counts++;
      state.now += state.countMs;
      return state.isKnown ? { limit: state.limit, open: state.open, tasks: state.tasks } : null;
    },
  };
  const budget = new DescriptorBudget(parts);
  /** Dispatches as many attempts as may go, which need one descriptor each. */
  const fill = (most = 1_000): number => {
    let count = 0;
    while (count < most && !budget.holdsBack(needing(1))) {
      const [slot] = fakes as [FakeSlot];
      slot.io++;
      slot.needs++;
      count++;
    }
    return count;
  };
  return { budget, state, fakes: fakes as [FakeSlot, FakeSlot], fill };
}

function needing(peak: number): Task {
  const estimate = new Estimate();
  estimate.learnDescriptors(peak);
  return { type: { estimate } } as unknown as Task;
}

test('keeps a reserve of 16, or 5 % of the limit if that is more, or what was asked for', () => {
  assert.equal(stand({ limit: 128, open: 30 }).budget.reserve, 16);
  assert.equal(stand({ limit: 10_000, open: 30 }).budget.reserve, 500);
  assert.equal(stand({ limit: 10_000, open: 30, reserve: 40 }).budget.reserve, 40);
});

test('lets no more attempts go than there are descriptors for, though none has opened anything yet', () => {
  const { fill } = stand({ limit: 128, open: 40, reserve: 20 });
  assert.equal(fill(), 68);
});

test('counts what attempts have opened once: what they need is not taken twice', () => {
  const { fill, state, fakes } = stand({ limit: 128, open: 40, reserve: 20 });
  fill();
  state.open += 68;
  fakes[0].running = 68;
  state.now += 1_000;
  assert.equal(fill(), 0);
  fakes[0].io -= 10;
  fakes[0].needs -= 10;
  fakes[0].running -= 10;
  state.open -= 10;
  assert.equal(fill(), 10);
});

test('what else is open in the process is left out of what attempts get', () => {
  const { fill, state } = stand({ limit: 128, open: 40, reserve: 20 });
  state.open = 100;
  assert.equal(fill(), 8);
  // The host closes its own.
  state.open = 50;
  assert.equal(fill(), 0, 'a count is believed for a moment');
  state.now += 1_000;
  assert.equal(fill(), 50);
});

test('attempts with more open than their like have a count as what they have', () => {
  const { fill, state, fakes } = stand({ limit: 128, open: 40, reserve: 20 });
  fill(10);
  state.open += 50;
  fakes[0].running = 50;
  state.now += 1_000;
  assert.equal(fill(), 18);
});

test('connections that have no descriptor yet are not taken off what is open', () => {
  const { fill, state, fakes } = stand({ limit: 128, open: 40, reserve: 20 });
  fill(50);
  // All of them are in the ledger; ten are in the kernel's list, with five that ended attempts have left behind.
  fakes[0].running = 50;
  fakes[0].held = 5;
  state.open = 55;
  state.tasks = 15;
  state.now += 1_000;
  assert.equal(fill(), 108 - 45 - 50);
});

test('counts again when a thread has come up', () => {
  const { fill, state, fakes } = stand({ limit: 128, open: 40, reserve: 20 });
  fakes[1].isComingUp = true;
  fill(10);
  fakes[1].isComingUp = false;
  state.open += 5;
  assert.equal(fill(), 108 - 45 - 10);
  assert.equal(state.counts, 2);
});

test('an attempt of a task that nothing is known of is taken to need several', () => {
  const { budget, fakes } = stand({ limit: 128, open: 102, reserve: 20 });
  fakes[0].io = 1;
  const unknown = { type: { estimate: new Estimate() } } as unknown as Task;
  assert.equal(budget.holdsBack(needing(4)), false);
  assert.equal(budget.holdsBack(unknown), false);
  assert.equal(budget.holdsBack(needing(7)), true);
  fakes[0].needs = 3;
  assert.equal(budget.holdsBack(unknown), true);
  assert.equal(budget.holdsBack(needing(1)), false);
});

test('one attempt may always go when none runs', () => {
  const { budget, fill } = stand({ limit: 64, open: 64 });
  assert.equal(fill(), 1);
  assert.equal(budget.isShort, true);
});

test('threads that are coming up get theirs', () => {
  const { fill, fakes } = stand({ limit: 128, open: 40, reserve: 20 });
  fakes[1].isComingUp = true;
  assert.equal(fill(), 60);
});

test('nothing is held back with a reserve of 0, or where the platform tells nothing', () => {
  const none = stand({ limit: 64, open: 64, reserve: 0 });
  assert.equal(none.fill(), 1_000);
  assert.deepEqual([none.budget.reserve, none.state.counts], [0, 0]);
  const unknown = stand({ limit: 64, open: 64 });
  unknown.state.isKnown = false;
  assert.equal(unknown.fill(), 1_000);
  assert.deepEqual([unknown.budget.reserve, unknown.state.counts], [null, 1], 'asked once');
});

test('counts now and then, the less often the longer it takes, and rarely while there is plenty', () => {
  const counted = (limit: number, countMs: number): number => {
    const { budget, state, fakes } = stand({ limit, open: 900 });
    state.countMs = countMs;
    fakes[0].io = 1;
    for (; state.now < 10_000; state.now++) budget.holdsBack(needing(1));
    return state.counts;
  };
  assert.equal(counted(1_024, 0), 500, 'every 20 ms');
  assert.ok(counted(1_024, 5) <= 20, '1 % of the time');
  assert.equal(counted(1_000_000, 0), 10, 'once a second');
});

test('learns how many an attempt has open at once, and forgets slowly', () => {
  const estimate = new Estimate();
  estimate.learnDescriptors(0);
  assert.equal(estimate.descriptors, 1, 'what Node opens inside of itself is not seen');
  estimate.learnDescriptors(9);
  assert.equal(estimate.descriptors, 9);
  for (let attempt = 0; attempt < 10; attempt++) estimate.learnDescriptors(2);
  assert.ok(estimate.descriptors > 7);
  for (let attempt = 0; attempt < 300; attempt++) estimate.learnDescriptors(2);
  assert.ok(estimate.descriptors < 2.1);
});
