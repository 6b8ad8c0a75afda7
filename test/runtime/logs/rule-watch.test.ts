import assert from 'node:assert/strict';
import test from 'node:test';
import { RuleWatch } from '../../../runtime/logs/rule-watch.js';

/** Ends a window for each number, in which the one rule matched as often. */
function watched(...counts: readonly number[]) {
  const watch = new RuleWatch(['heartbeat']);
  return { watch, notes: counts.flatMap((count) => ended(watch, count)) };
}

function ended(watch: RuleWatch, count: number, passed = 1, wasWatched = true) {
  for (let at = 0; at < count; at++) watch.count(0);
  return watch.endWindow(passed, wasWatched);
}

const tenOf = (count: number) => new Array<number>(10).fill(count);

test('a rule that matched in each of the last ten windows is said to be silent, once', () => {
  const { watch, notes } = watched(...tenOf(6));
  assert.deepEqual(notes, []);
  assert.equal(watch.isExpecting, true);
  assert.deepEqual(ended(watch, 0), [{ type: 'silent', rule: 'heartbeat', windows: 1, usual: 6 }]);
  assert.equal(watch.isExpecting, false);
  assert.deepEqual(ended(watch, 0), []);
});

test('it is watched again after ten more windows', () => {
  const { watch } = watched(...tenOf(6), 0, ...tenOf(2));
  assert.deepEqual(ended(watch, 0), [{ type: 'silent', rule: 'heartbeat', windows: 1, usual: 2 }]);
});

test('nine windows are no habit, and a window without a match ends one', () => {
  assert.deepEqual(watched(...tenOf(6).slice(1), 0).notes, []);
  assert.deepEqual(watched(...tenOf(6), 0, 6, 6, 0).notes.length, 1);
});

test('where one line per window is usual, a second window has to go by', () => {
  const { watch, notes } = watched(...tenOf(1), 0);
  assert.deepEqual(notes, []);
  assert.equal(watch.isExpecting, true);
  assert.deepEqual(ended(watch, 0), [{ type: 'silent', rule: 'heartbeat', windows: 2, usual: 1 }]);
  assert.deepEqual(watched(...tenOf(1), 0, 2, 1, 0, 1).notes, []);
});

test('nobody is accused of a silence that was not watched', () => {
  const { watch } = watched(...tenOf(6));
  assert.deepEqual(ended(watch, 0, 480, false), []);
  assert.equal(watch.isExpecting, false);
});

test('windows that went by unseen count as empty ones', () => {
  const { watch } = watched(...tenOf(6));
  assert.deepEqual(ended(watch, 6, 3, false), []);
  assert.equal(watch.isExpecting, false);
  assert.deepEqual(ended(watch, 0), []);
});

test('a count above five times the median of the last ten windows is a jump', () => {
  assert.deepEqual(watched(...tenOf(20), 100).notes, []);
  assert.deepEqual(watched(...tenOf(20), 101).notes, [{ type: 'jump', rule: 'heartbeat', count: 101, usual: 20 }]);
  assert.deepEqual(watched(...tenOf(20).slice(1), 101).notes, [], 'nine windows say nothing');
});

test('fewer than fifty are no jump', () => {
  assert.deepEqual(watched(...tenOf(2), 49).notes, []);
  assert.deepEqual(watched(...tenOf(2), 50).notes, [{ type: 'jump', rule: 'heartbeat', count: 50, usual: 2 }]);
});

test('a rule that matches now and then has nothing usual to be compared with', () => {
  assert.deepEqual(watched(5, 0, 0, 0, 0, 0, 0, 0, 5, 5, 500).notes, []);
});

test('rules are watched apart', () => {
  const watch = new RuleWatch(['ping', 'cache']);
  for (let window = 0; window < 10; window++) {
    watch.count(0);
    watch.count(0);
    watch.count(1);
    watch.count(1);
    watch.endWindow(1, true);
  }
  watch.count(0);
  assert.deepEqual(watch.endWindow(1, true), [{ type: 'silent', rule: 'cache', windows: 1, usual: 2 }]);
});
