import assert from 'node:assert/strict';
import test from 'node:test';
import { evenBeat } from '../../../runtime/logs/even-beat.js';

/** Windows whose lines come at no even distances; each line is of the same task, or of one of its own. */
const windowsOf = (counts: readonly number[], ownTasks = false) =>
  counts.map((matches) => ({ matches, others: 3, firsts: ownTasks ? matches : 0, shortest: 1, longest: 9_000 }));
/** The same, with the window in which they stop. */
const stopped = (...counts: readonly number[]) => evenBeat(windowsOf([...counts, 1]));
const times = (count: number, value: number) => new Array<number>(count).fill(value);
const distant = (shortest: number, longest: number, matches = 1) => ({
  matches,
  others: 3,
  firsts: 0,
  shortest,
  longest,
});

test('ten windows and eighty lines that stray from a straight line by less than two are a beat', () => {
  assert.deepEqual(stopped(...times(10, 8)), { usual: 8, quietest: 3 });
  assert.equal(stopped(...times(9, 50)), undefined, 'nine windows');
  assert.equal(stopped(...times(9, 8), 7), undefined, 'seventy-nine lines');
  assert.notEqual(stopped(8, 9, 9, 8, 9, 9, 8, 9, 9, 9), undefined);
  assert.equal(stopped(...times(5, 8), 11, ...times(4, 8)), undefined, 'three lines too many at once');
  assert.equal(evenBeat([]), undefined);
});

test('fifteen windows and sixty lines may stray by two', () => {
  assert.equal(stopped(...times(7, 6), 8, 4, ...times(5, 6)), undefined, 'fourteen windows');
  assert.deepEqual(stopped(...times(7, 6), 8, 4, ...times(6, 6)), { usual: 6, quietest: 3 });
  assert.equal(stopped(...times(20, 1), 0, 0, 2, 2, ...times(34, 1)), undefined, 'fifty-eight lines');
  assert.notEqual(stopped(...times(20, 1), 0, 0, 2, 2, ...times(36, 1)), undefined);
});

test('a line that falls into the next window, or is left out, does not make it uneven', () => {
  assert.notEqual(stopped(6, 7, 5, 6, 6, 5, 7, 6, 6, 6, 7, 5, 6, 6, 6), undefined);
  assert.notEqual(stopped(...times(7, 6), 5, ...times(7, 6)), undefined);
  assert.notEqual(stopped(...times(29, 1), 0, 2, ...times(29, 1)), undefined);
});

test('what keeps to the same few counts and strays from the line is none', () => {
  assert.equal(stopped(...times(8, 5), ...times(8, 7)), undefined);
  assert.equal(stopped(...times(30, 1), ...times(18, 2)), undefined);
  assert.equal(stopped(6, 4, 6, 11, 5, 3, 8, 6, 2, 7, 5, 6, 9, 4, 6), undefined);
});

test('of many lines a window, as many as their root may be too many or too few', () => {
  assert.notEqual(stopped(...times(7, 100), 109, ...times(7, 100)), undefined);
  assert.equal(stopped(...times(7, 100), 112, ...times(7, 100)), undefined);
});

test('only the last windows count, and no more of them than it takes', () => {
  assert.deepEqual(stopped(0, 90, 3, ...times(15, 6)), { usual: 6, quietest: 3 });
  assert.equal(stopped(...times(20, 6), 0, 0, 6, 6), undefined);
});

test('it tells how many other lines there were at the least', () => {
  const windows = [9, 8, 4, 7, 9, 9, 9, 9, 5, 9, 9].map((others) => ({ ...distant(1, 9_000, 8), others }));
  assert.deepEqual(evenBeat([{ ...distant(1, 9_000, 8), others: 0 }, ...windows]), { usual: 8, quietest: 4 });
});

test('ten windows of ten lines at like distances are a beat', () => {
  const windows = times(10, 60_000).map((distance, at) => distant(distance, distance * (at === 4 ? 1.25 : 1)));
  assert.deepEqual(evenBeat(windows), { usual: 1, quietest: 3 });
  assert.equal(evenBeat(windows.slice(1)), undefined, 'nine windows');
  assert.equal(evenBeat([...windows.slice(1), distant(60_000, 75_001)]), undefined);
  assert.equal(evenBeat([...windows.slice(1), distant(Infinity, 0, 0)]), undefined, 'nine lines');
  const none = distant(Infinity, 0, 0);
  assert.notEqual(evenBeat([...windows.slice(2), none, distant(60_000, 60_000, 2)]), undefined, 'one is late');
  assert.notEqual(evenBeat([windows[0] ?? none, ...windows.slice(1), none].slice(0, 11)), undefined, 'one is late');
  assert.equal(evenBeat([...windows, none, none]), undefined, 'less than one a window');
  assert.notEqual(evenBeat([distant(1, 90_000), ...windows]), undefined, 'only the last ones count');
  assert.equal(evenBeat(times(10, 0).map((distance) => distant(distance, distance, 2))), undefined, 'all at once');
});

test('where a task has ended whose lines they were, each has to be of a task of its own, and there have to be more', () => {
  assert.equal(evenBeat(windowsOf(times(40, 6)), true), undefined);
  assert.notEqual(evenBeat(windowsOf(times(26, 6), true), true), undefined);
  assert.equal(evenBeat(windowsOf(times(25, 6), true), true), undefined, 'a hundred and forty-four lines');
  const regular = times(10, 60_000).map((distance) => distant(distance, distance));
  assert.equal(evenBeat(regular, true), undefined);
  assert.notEqual(
    evenBeat(
      regular.map((window) => ({ ...window, firsts: 1 })),
      true,
    ),
    undefined,
  );
});

test('tasks of two lines are short, and those of more are not', () => {
  const short = times(26, 6).map((matches) => ({ ...distant(1, 9_000, matches), firsts: 3 }));
  assert.equal(evenBeat(short, true), undefined, 'seventy-five tasks');
  const more = [...short, ...short];
  assert.notEqual(evenBeat(more, true), undefined);
  assert.equal(
    evenBeat(
      [...more, ...more].map((window) => ({ ...window, firsts: 2 })),
      true,
    ),
    undefined,
  );
});
