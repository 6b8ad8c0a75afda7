// Many tasks that need the same two places, which are never free together by themselves.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Task, TaskPlan, TaskType } from '../../../runtime/task.js';
import { holderOf } from '../../../workers/protocol/dependencies.js';
import { GatesStand } from '../../support/gates-stand.js';

const CROWD = 500;
const TURNS = 400;
/** Tries for each attempt that ends: those of the sets in line at what it gives back, however many tasks are in them. */
const MOST_TRIES = 8;
const OTHER_THREAD = holderOf(5, 1);

/** So many tasks of each of some types, submitted in turns. */
function submitAll(stand: GatesStand, types: readonly TaskType[], each: number): Task[] {
  return Array.from({ length: each }, () => types.map((type) => stand.submit(type))).flat();
}

/** Ends the attempt that has run longest, so many times; answers with all tasks that started, in their order. */
function endInTurn(stand: GatesStand, turns: number, ended: (task: Task) => void = () => undefined): Task[] {
  const started = stand.serve();
  for (let turn = 0; turn < turns && stand.running.length > 0; turn++) {
    const [eldest] = stand.running;
    assert.ok(eldest !== undefined);
    stand.end(eldest);
    ended(eldest);
    started.push(...stand.serve());
  }
  return started;
}

for (const [name, own] of [
  ['two dependencies', { uses: ['a', 'b'] }],
  ['a limit and a dependency', { uses: ['b'], limit: 1 }],
] as const satisfies readonly (readonly [string, Partial<TaskPlan>])[]) {
  test(`what an attempt that ends costs does not grow with how many tasks wait for ${name}`, () => {
    const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 1 } });
    const singles = [stand.type('io', { uses: ['a'] }), stand.type('io', { uses: ['b'] })];
    submitAll(stand, singles, 2);
    stand.serve();
    submitAll(stand, [stand.type('io', own)], CROWD);
    stand.serve();
    const before = stand.tries;
    endInTurn(stand, TURNS, ({ type }) => {
      if (singles.includes(type)) stand.submit(type);
    });
    const tries = stand.tries - before;
    assert.ok(tries <= TURNS * MOST_TRIES, `${tries} tries for ${TURNS} ends`);
  });
}

test('tasks that need the same come in their order, whatever else is in line for it, and all of them come', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 2 }, c: { concurrency: 1 } });
  const types = [['a'], ['b'], ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']].flatMap((uses) => [
    stand.type('io', { uses }),
    stand.type('cpu', { uses }),
  ]);
  types.push(stand.type('io', { uses: ['a', 'c'], limit: 1 }));
  const all = submitAll(stand, types, 40);
  const started = endInTurn(stand, Number.POSITIVE_INFINITY);
  assert.equal(started.length, all.length);
  for (const type of types) {
    const ids = GatesStand.ids(started.filter((task) => task.type === type));
    assert.deepEqual(
      ids,
      [...ids].sort((one, other) => one - other),
      type.name,
    );
  }
  assert.deepEqual([stand.gates.size, stand.gates.granted], [0, 0]);
});

test('task types that use the same are one line', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 1 } });
  const types = [stand.type('io', { uses: ['a', 'b'] }), stand.type('io', { uses: ['b', 'a'] })];
  submitAll(stand, types, 5);
  assert.deepEqual(GatesStand.ids(endInTurn(stand, Number.POSITIVE_INFINITY)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('no set of needs is passed over for ever, by none of the others', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 1 }, c: { concurrency: 1 } });
  const types = [['a'], ['b'], ['c'], ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']].map((uses) =>
    stand.type('io', { uses }),
  );
  submitAll(stand, types, 20);
  // Whoever has ended comes again: nobody's line ever runs empty.
  const started = endInTurn(stand, TURNS, ({ type }) => stand.submit(type));
  for (const type of types) {
    const turns = started.filter((task) => task.type === type).length;
    assert.ok(turns >= TURNS / 50, `${type.plan.uses.join()} had ${turns} turns`);
  }
});

test('the higher priority goes first, whichever line it is in, and who has waited long enough is not forgotten', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: {} });
  const [one, both] = [stand.type('io', { uses: ['a'] }), stand.type('io', { uses: ['a', 'b'] })];
  const first = stand.submit(one);
  stand.serve();
  const [low, high] = [stand.submit(one), stand.submit(both, { priority: 1 })];
  stand.serve();
  stand.end(first);
  assert.deepEqual(GatesStand.ids(stand.serve()), [high.id]);
  stand.clock.pass(1);
  stand.submit(both, { priority: 1 });
  stand.serve();
  stand.clock.pass(1_000);
  stand.end(high);
  assert.deepEqual(GatesStand.ids(stand.serve()), [low.id], 'it is overdue');
});

test('tasks that do not wait for circuits are turned away when one opens, wherever their line stands', () => {
  const breaker = { minimumCalls: 1, window: 10_000, break: 100, maxBreak: 100 };
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { breaker } });
  const type = stand.type('io', { uses: ['a', 'b'], whenOpen: 'reject' });
  const { table } = stand.dependencies;
  table.take(0, OTHER_THREAD);
  const [impatient, patient] = [stand.submit(type), stand.submit(type, { whenOpen: 'wait' })];
  stand.serve();
  assert.deepEqual([stand.gates.parkedFor(0), stand.gates.parkedFor(1)], [2, 0]);
  const change = table.record(1, 'failed', false, stand.clock.now(), 0, OTHER_THREAD);
  assert.ok(change !== undefined);
  stand.dependencies.heard({ type: 'circuit', change });
  assert.deepEqual([...stand.refused.keys()], [impatient]);
  assert.equal(patient.state, 'parked');
});

test('while one of several that need the same goes before all others, who comes anew does not take it away from its place', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 1 } });
  const [a, b] = [stand.type('io', { uses: ['a'] }), stand.type('io', { uses: ['b'] })];
  const both = stand.type('io', { uses: ['a', 'b'] });
  submitAll(stand, [a, b], 2);
  stand.serve();
  const crowd = submitAll(stand, [both], 3);
  // Time passes, so that who has waited long is not passed over for the sake of higher priorities only.
  const started = endInTurn(stand, 200, ({ type }) => {
    stand.submit(type, { priority: type === both ? 1 : 0 });
    stand.clock.pass(100);
  });
  assert.deepEqual(
    crowd.filter((task) => !started.includes(task)).map(({ state }) => state),
    [],
  );
});
