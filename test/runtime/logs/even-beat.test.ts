import assert from 'node:assert/strict';
import test from 'node:test';
import { evenBeat } from '../../../runtime/logs/even-beat.js';

const windowsOf = (...counts: readonly number[]) => counts.map((matches) => ({ matches, others: 3 }));
const times = (count: number, value: number) => new Array<number>(count).fill(value);

test('fifteen windows and sixty lines on a straight line are a beat', () => {
  assert.deepEqual(evenBeat(windowsOf(...times(15, 4))), { usual: 4, quietest: 3 });
  assert.deepEqual(evenBeat(windowsOf(...times(60, 1))), { usual: 1, quietest: 3 });
  assert.equal(evenBeat(windowsOf(...times(14, 50))), undefined, 'fourteen windows');
  assert.equal(evenBeat(windowsOf(...times(59, 1))), undefined, 'fifty-nine lines');
  assert.equal(evenBeat([]), undefined);
});

test('a line that falls into the next window, or is left out, does not make it uneven', () => {
  assert.notEqual(evenBeat(windowsOf(6, 7, 5, 6, 6, 5, 7, 6, 6, 6, 7, 5, 6, 6, 6)), undefined);
  assert.notEqual(evenBeat(windowsOf(...times(7, 6), 5, ...times(7, 6))), undefined);
  assert.notEqual(evenBeat(windowsOf(...times(29, 1), 0, 2, ...times(29, 1))), undefined);
});

test('what keeps to the same few counts and strays from the line is none', () => {
  assert.equal(evenBeat(windowsOf(...times(8, 5), ...times(8, 7))), undefined);
  assert.equal(evenBeat(windowsOf(...times(20, 1), ...times(21, 2))), undefined);
  assert.equal(evenBeat(windowsOf(6, 4, 6, 11, 5, 3, 8, 6, 2, 7, 5, 6, 9, 4, 6)), undefined);
});

test('of many lines a window, as many as their root may be too many or too few', () => {
  assert.notEqual(evenBeat(windowsOf(...times(7, 100), 109, ...times(7, 100))), undefined);
  assert.equal(evenBeat(windowsOf(...times(7, 100), 112, ...times(7, 100))), undefined);
});

test('only the last windows count, and no more of them than it takes', () => {
  assert.deepEqual(evenBeat(windowsOf(0, 90, 3, ...times(15, 6))), { usual: 6, quietest: 3 });
  assert.equal(evenBeat(windowsOf(...times(20, 6), 0, 0, 6, 6)), undefined);
});

test('it tells how many other lines there were at the least', () => {
  const windows = [9, 8, 4, 7, 9, 9, 9, 9, 5, 9, 9, 8, 9, 9, 9].map((others) => ({ matches: 6, others }));
  assert.deepEqual(evenBeat([{ matches: 6, others: 0 }, ...windows]), { usual: 6, quietest: 4 });
});
