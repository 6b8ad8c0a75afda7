import assert from 'node:assert/strict';
import test from 'node:test';
import { type Moment, Schedule, type Taken } from '../../../workers/growth/schedule.js';

const MB = 2 ** 20;
const START = { heap: 4 * MB, external: 2 * MB };
const CALM: Taken = { base: 6 * MB, tookMs: 5, suspect: false };

function wantsAt(schedule: Schedule, tasks: number, heap = START.heap, external = START.external): boolean {
  return schedule.wants(tasks, heap, external);
}

test('points are wanted after 64 tasks and then whenever the tasks have doubled', () => {
  const schedule = new Schedule(START, Infinity);
  assert.deepEqual([wantsAt(schedule, 63), wantsAt(schedule, 64)], [false, true]);
  schedule.taken(70, START, START, CALM);
  assert.deepEqual([wantsAt(schedule, 139), wantsAt(schedule, 140)], [false, true]);
});

test('a rise to be proved makes them wanted a quarter later', () => {
  const schedule = new Schedule(START, Infinity);
  schedule.taken(1_000, START, START, { ...CALM, suspect: true });
  assert.deepEqual([wantsAt(schedule, 1_249), wantsAt(schedule, 1_250)], [false, true]);
});

test('either figure a quarter and 8 MB above the verified level makes a point wanted', () => {
  const schedule = new Schedule(START, Infinity);
  assert.deepEqual([wantsAt(schedule, 1, 13 * MB), wantsAt(schedule, 1, 13 * MB + 1)], [false, true]);
  assert.deepEqual([wantsAt(schedule, 1, 0, 10.5 * MB), wantsAt(schedule, 1, 0, 10.5 * MB + 1)], [false, true]);
});

test('a margin that was filled with garbage is doubled, one that was filled with a rise is not', () => {
  const garbage = new Schedule(START, Infinity);
  garbage.taken(100, { ...START, heap: 14 * MB }, START, CALM);
  assert.equal(wantsAt(garbage, 101, 20 * MB), false);
  assert.equal(wantsAt(garbage, 101, 22 * MB), true);
  const rise = new Schedule(START, Infinity);
  rise.taken(100, { ...START, heap: 22 * MB }, { ...START, heap: 12 * MB }, CALM);
  assert.equal(wantsAt(rise, 101, 24 * MB), true);
});

/** With the time, and with what has been lived. */
function at(now: number, livedMs = now): Moment {
  return { now, livedMs };
}

test('a collection is afforded when the thread has lived a hundred times what they cost, aftermath included', () => {
  const schedule = new Schedule(START, Infinity);
  assert.equal(schedule.affords(true, 64, START, at(9_999, 1_399)), false);
  assert.equal(schedule.affords(true, 64, START, at(9_999, 1_400)), true);
  schedule.taken(64, START, START, CALM);
  assert.equal(schedule.affords(true, 128, START, at(9_999, 2_999)), false);
  assert.equal(schedule.affords(true, 128, START, at(9_999, 3_000)), true);
});

test('a rise among the points makes more affordable', () => {
  const schedule = new Schedule(START, Infinity);
  schedule.taken(64, START, START, { ...CALM, suspect: true });
  assert.deepEqual(
    [schedule.affords(true, 128, START, at(599)), schedule.affords(true, 128, START, at(600))],
    [false, true],
  );
});

test('the higher a figure is above the verified level, the more is affordable', () => {
  const raised = (megabytes: number): boolean =>
    new Schedule(START, Infinity).affords(true, 10, { ...START, heap: (5 + megabytes) * MB }, at(100));
  assert.deepEqual([8, 32, 36, 38, 1_000].map(raised), [false, false, false, true, true]);
  const most = new Schedule(START, Infinity).affords(true, 10, { ...START, heap: 1e12 }, at(69));
  assert.equal(most, false);
});

test('a busy thread is interrupted only for a wish of 32 tasks or of a second', () => {
  const byTasks = new Schedule(START, Infinity);
  assert.equal(byTasks.affords(false, 64, START, at(5_000)), false);
  assert.equal(byTasks.affords(true, 64, START, at(5_000)), true);
  assert.equal(byTasks.affords(false, 95, START, at(5_001)), false);
  assert.equal(byTasks.affords(false, 96, START, at(5_001)), true);
  const byTime = new Schedule(START, Infinity);
  assert.equal(byTime.affords(false, 64, START, at(5_000)), false);
  assert.equal(byTime.affords(false, 64, START, at(5_999)), false);
  assert.equal(byTime.affords(false, 64, START, at(6_000)), true);
});

test('a budget that seems to be passed is looked into at once and at any price', () => {
  const schedule = new Schedule(START, 64 * MB);
  schedule.taken(64, START, START, CALM);
  assert.equal(schedule.affords(false, 100, { ...START, heap: 60 * MB }, at(10)), false);
  assert.equal(schedule.affords(false, 101, { ...START, heap: 70 * MB }, at(10)), true);
});
