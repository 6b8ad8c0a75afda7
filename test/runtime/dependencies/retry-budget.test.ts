import assert from 'node:assert/strict';
import test from 'node:test';
import { type BudgetTerms, RetryBudget, SPAN_S } from '../../../runtime/dependencies/retry-budget.js';
import { Chance } from '../../simulation/seeded.js';

/** How many retries can be had at once. */
function drain(budget: RetryBudget, now: number): number {
  let taken = 0;
  while (budget.take(now)) taken++;
  return taken;
}

test('at the start there are ten seconds of the floor', () => {
  assert.equal(drain(new RetryBudget({ ratio: 0.2, floorPerSecond: 10 }, 500), 500), 100);
  assert.equal(drain(new RetryBudget({ ratio: 0.2, floorPerSecond: 0 }, 500), 500), 0);
});

test('every fifth call pays for a retry when a fifth of the calls may be retries', () => {
  const budget = new RetryBudget({ ratio: 0.2, floorPerSecond: 0 }, 0);
  for (let call = 1; call <= 1_000; call++) {
    budget.called(1, 0);
    assert.equal(budget.take(0), call % 5 === 0, `after ${call} calls`);
  }
});

test('shares that have no exact number add up to whole retries all the same', () => {
  for (const [ratio, calls] of [
    [0.1, 10],
    [0.7, 10],
    [1 / 3, 3],
    [0.01, 100],
  ] as const) {
    const budget = new RetryBudget({ ratio, floorPerSecond: 0 }, 0);
    for (let call = 0; call < calls; call++) budget.called(1, 0);
    assert.equal(drain(budget, 0), Math.round(ratio * calls), `${calls} x ${ratio}`);
  }
});

test('the floor flows in as time passes, and no more than ten seconds of it are kept', () => {
  const budget = new RetryBudget({ ratio: 0, floorPerSecond: 10 }, 0);
  drain(budget, 0);
  assert.equal(drain(budget, 99), 0);
  assert.equal(drain(budget, 100), 1);
  assert.equal(drain(budget, 1_100), 10);
  assert.equal(drain(budget, 3_600_000), 100);
});

test('what calls have paid in is gone ten seconds later', () => {
  const budget = new RetryBudget({ ratio: 0.5, floorPerSecond: 0 }, 0);
  budget.called(1_000, 0);
  budget.called(10, 9_500);
  assert.equal(drain(budget, 10_000), 5);
});

test('a question takes nothing, and neither does a refusal', () => {
  const budget = new RetryBudget({ ratio: 1, floorPerSecond: 0 }, 0);
  assert.equal(budget.has(0), false);
  assert.equal(budget.take(0), false);
  budget.called(1, 0);
  assert.equal(budget.has(0), true);
  assert.equal(budget.has(0), true);
  assert.equal(drain(budget, 0), 1);
});

test('a clock that is told a little late does no harm', () => {
  const budget = new RetryBudget({ ratio: 0.5, floorPerSecond: 1 }, 1_000);
  drain(budget, 5_000);
  budget.called(2, 4_990);
  assert.equal(drain(budget, 4_995), 1);
  assert.equal(drain(budget, 5_000), 0);
});

/** What happened in one run, in order of time. */
interface Story {
  readonly calls: { readonly at: number; readonly count: number }[];
  readonly retries: number[];
}

/** Calls and retries as they come: storms, quiet times, and everything between. */
function tell(chance: Chance, terms: BudgetTerms): Story {
  const story: Story = { calls: [], retries: [] };
  const budget = new RetryBudget(terms, 0);
  let now = 0;
  for (let scene = 0; scene < 30; scene++) {
    const pace = chance.pick([0, 1, 20, 400, 3_000, 15_000]);
    const greed = chance.pick([0, 1, 5]);
    for (let step = 0; step < 40; step++) {
      now += chance.between(0, pace);
      if (chance.happens(0.7)) {
        const count = chance.pick([1, 1, 1, 50]);
        budget.called(count, now);
        story.calls.push({ at: now, count });
      }
      for (let wish = 0; wish < greed; wish++) if (budget.take(now)) story.retries.push(now);
    }
  }
  return story;
}

/** How many came in [from, to]. */
function callsIn({ calls }: Story, from: number, to: number): number {
  return calls.reduce((sum, { at, count }) => (at >= from && at <= to ? sum + count : sum), 0);
}

test('in any window there are no more retries than the share of its calls and of the ten seconds before, and the floor', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const chance = new Chance(seed);
    const terms = { ratio: chance.pick([0, 0.1, 0.2, 1]), floorPerSecond: chance.pick([0, 0.5, 10]) };
    const story = tell(chance, terms);
    for (let window = 0; window < 60 && story.retries.length > 0; window++) {
      // Windows that begin and end with a retry are the narrowest around what they hold.
      const [from, to] = [chance.pick(story.retries), chance.pick(story.retries)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      const retries = story.retries.filter((at) => at >= from && at <= to).length;
      const calls = callsIn(story, from - SPAN_S * 1_000, to);
      const most = terms.ratio * calls + terms.floorPerSecond * ((to - from) / 1_000 + SPAN_S);
      assert.ok(retries <= most + 1e-6, `seed ${seed}: ${retries} retries from ${from} to ${to}, at most ${most}`);
    }
  }
});

test('who asks for less than the share of recent calls, and the floor, is never refused', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const chance = new Chance(seed);
    const budget = new RetryBudget({ ratio: 0.2, floorPerSecond: 10 }, 0);
    let now = 0;
    for (let second = 0; second < 100; second++) {
      for (let call = 0; call < 50; call++) budget.called(1, (now += 20));
      const wishes = chance.whole(0, 20);
      for (let wish = 0; wish < wishes; wish++) assert.ok(budget.take(now), `seed ${seed}, second ${second}`);
    }
  }
});
