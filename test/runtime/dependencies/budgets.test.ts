import assert from 'node:assert/strict';
import test from 'node:test';
import { Estimate } from '../../../runtime/attempts/estimate.js';
import { basePlan } from '../../../runtime/call-options.js';
import { Budgets, type BudgetWish } from '../../../runtime/dependencies/budgets.js';
import { isGated, Task, type TaskPlan, type TaskType } from '../../../runtime/task.js';

const NO_FLOOR = { ratio: 0.2, floorPerSecond: 0 };

/** Budgets over a table whose counts are written by the test. */
function stand(own: BudgetWish, dependencies: Record<string, BudgetWish> = {}) {
  const names = Object.keys(dependencies);
  const counts = names.map(() => 0);
  const budgets = new Budgets({
    own,
    dependencies: names.map((name) => ({ name, retryBudget: dependencies[name] })),
    calls: (index) => counts[index] ?? 0,
    now: 0,
  });
  const called = (name: string, count: number): void => {
    const index = names.indexOf(name);
    counts[index] = ((counts[index] ?? 0) + count) | 0;
  };
  return { budgets, called, indexOf: (name: string) => names.indexOf(name) };
}

function taskThat(uses: readonly string[] = [], endedAt = 0): Task {
  const plan: TaskPlan = { ...basePlan({ kind: 'io', grace: 0 }), uses };
  const type: TaskType = {
    number: 0,
    href: 'file:///x.js',
    name: 'x',
    label: 'x',
    plan,
    estimate: new Estimate(),
    tracked: false,
    gated: isGated(plan),
  };
  const task = new Task(1, type, plan, undefined, { ok: () => undefined, bad: () => undefined }, endedAt);
  return task;
}

/** How many retries of a task are paid for at once. */
function paid(budgets: Budgets, task: Task, called: readonly number[] = [], now = 0): number {
  let count = 0;
  while (budgets.pay(task, called, now) === undefined) count++;
  return count;
}

test("the supervisor's own budget is paid by first attempts", () => {
  const { budgets } = stand(NO_FLOOR);
  const task = taskThat();
  assert.deepEqual(budgets.pay(task, [], 0), { refusedBy: null });
  for (let ended = 0; ended < 50; ended++) budgets.called(task);
  assert.equal(paid(budgets, task), 10);
  assert.deepEqual(budgets.pay(task, [], 0), { refusedBy: null });
});

test('a budget that says nothing has the usual terms, and one that is switched off refuses nobody', () => {
  assert.equal(paid(stand(undefined).budgets, taskThat()), 100);
  assert.equal(paid(stand({ floorPerSecond: 3 }).budgets, taskThat()), 30);
  const { budgets } = stand(false, { billing: false });
  for (let count = 0; count < 10_000; count++) assert.equal(budgets.pay(taskThat(['billing']), [0], 0), undefined);
});

test('a task that uses a dependency is paid for by that one as well, and so is one whose attempt has called it', () => {
  const { budgets, called, indexOf } = stand(false, { billing: NO_FLOOR, mail: NO_FLOOR });
  called('billing', 20);
  called('mail', 10);
  assert.deepEqual(budgets.pay(taskThat(['mail', 'billing']), [], 0), undefined);
  assert.deepEqual(budgets.pay(taskThat(['billing']), [indexOf('mail')], 0), undefined);
  assert.deepEqual(budgets.pay(taskThat(['billing']), [indexOf('mail')], 0), { refusedBy: 'mail' });
  assert.equal(paid(budgets, taskThat(), [indexOf('billing')]), 2);
  assert.deepEqual(budgets.pay(taskThat(['billing']), [], 0), { refusedBy: 'billing' });
  assert.deepEqual(budgets.pay(taskThat(), [], 0), undefined, 'who has nothing to do with it is not concerned');
});

test('what one refuses is taken from none', () => {
  const { budgets, called } = stand({ ratio: 0, floorPerSecond: 1 }, { billing: NO_FLOOR, mail: NO_FLOOR });
  called('billing', 5);
  for (let count = 0; count < 5; count++)
    assert.deepEqual(budgets.pay(taskThat(['billing', 'mail']), [], 0), { refusedBy: 'mail' });
  assert.equal(paid(budgets, taskThat(['billing'])), 1);
  assert.equal(paid(budgets, taskThat()), 9, 'the ten of the floor, less the one that was paid');
});

test('a dependency that is named twice pays once', () => {
  const { budgets, called } = stand(false, { billing: NO_FLOOR });
  called('billing', 10);
  assert.equal(paid(budgets, taskThat(['billing']), [0]), 2);
});

test('calls of attempts that were retries pay nothing in', () => {
  const { budgets, called } = stand(false, { billing: NO_FLOOR });
  const task = taskThat(['billing']);
  called('billing', 1_000);
  let retries = paid(budgets, task);
  assert.equal(retries, 200);
  // Every one of them calls, fails and asks for another, as in an outage: what calls there were does not multiply.
  called('billing', retries);
  retries = paid(budgets, task);
  assert.equal(retries, 0);
});

test('a count that has gone round is read as what it is', () => {
  const { budgets, called } = stand(false, { billing: NO_FLOOR });
  called('billing', 0x7fff_fff0);
  budgets.called(taskThat([], 1_000));
  assert.equal(paid(budgets, taskThat(['billing']), [], 60_000), 0, 'all of that is long gone');
  called('billing', 100);
  assert.equal(paid(budgets, taskThat(['billing']), [], 60_000), 20);
});

test('calls of a long quiet time count only as far as they can have been recent', () => {
  const { budgets, called } = stand(false, { billing: NO_FLOOR });
  called('billing', 36_000);
  assert.equal(paid(budgets, taskThat(['billing']), [], 3_600_000), 20, 'ten seconds of an hour of ten a second');
});

test('while tasks end, calls are counted second by second, and a storm is paid by what was just before it', () => {
  const { budgets, called } = stand(false, { billing: NO_FLOOR });
  for (let second = 1; second <= 600; second++) {
    called('billing', second <= 590 ? 1_000 : 5);
    budgets.called(taskThat([], second * 1_000));
  }
  const count = paid(budgets, taskThat(['billing']), [], 600_000);
  assert.ok(count >= 9 && count <= 10, `${count} paid for`);
});
