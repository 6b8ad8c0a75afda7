import assert from 'node:assert/strict';
import test from 'node:test';
import { RuleWatch } from '../../../runtime/logs/rule-watch.js';

interface Given {
  readonly others?: number;
  /** Where in their window its lines come, all of them at once; `unevenly` elsewhere in each window, `evenly` throughout it. */
  readonly at?: number | 'evenly' | 'unevenly';
  readonly task?: number;
  readonly isLate?: boolean;
  readonly wasWatched?: boolean;
}

const MINUTE = 60_000;
let now = 0;

/** Ends a window in which the one rule matched so often. */
function ended(watch: RuleWatch, count: number, given: Given = {}) {
  const { others = 0, at = 0, task, isLate = false, wasWatched = true } = given;
  const from = at === 'unevenly' ? (now * 0.23) % MINUTE : at;
  for (let line = 0; line < count; line++)
    watch.count(0, task, isLate, now + (from === 'evenly' ? (line * MINUTE) / count : from));
  now += MINUTE;
  return watch.endWindow(count + others, wasWatched);
}

/** Ends windows of as many tasks each, every one of which says one line and ends. */
function endedByTasks(watch: RuleWatch, windows: number, count: number, others = 0) {
  return Array.from({ length: windows }, () => {
    for (let line = 0; line < count; line++) {
      watch.count(0, ++tasks, false, now + (line * MINUTE) / count + (line % 2) * 4_000);
      watch.ended(tasks);
      watch.toldEnd(tasks);
    }
    now += MINUTE;
    return watch.endWindow(2 * count + others, true);
  }).flat();
}
let tasks = 0;

/** Ends a window for each number. */
function watched(counts: readonly number[], given: Given = {}) {
  const watch = new RuleWatch(['heartbeat']);
  return { watch, notes: counts.flatMap((count) => ended(watch, count, given)) };
}

const times = (count: number, value: number) => new Array<number>(count).fill(value);
const silent = (windows: number, usual: number) => ({ type: 'silent', rule: 'heartbeat', windows, usual }) as const;
const jump = (count: number, usual: number) => ({ type: 'jump', rule: 'heartbeat', count, usual }) as const;

test('a rule whose lines came evenly is said to be silent, once', () => {
  const { watch, notes } = watched(times(16, 6));
  assert.deepEqual(notes, []);
  assert.equal(watch.isWatching, true);
  assert.deepEqual(ended(watch, 0), [silent(1, 6)]);
  assert.equal(watch.isWatching, false);
  assert.deepEqual(ended(watch, 0), []);
});

test('it is also if it stopped in the middle of a window', () => {
  const { watch } = watched([...times(15, 6), 2]);
  assert.deepEqual(ended(watch, 0), [silent(1, 6)]);
});

test('it is watched again when it has come evenly again', () => {
  const { watch, notes } = watched([...times(16, 6), 0, ...times(16, 8)]);
  assert.deepEqual(notes, [silent(1, 6)]);
  assert.deepEqual(ended(watch, 0), [silent(1, 8)]);
});

test('ten windows, the last one included, are no habit where lines come all at once', () => {
  assert.deepEqual(watched([...times(10, 8), 0, 0]).notes, []);
  assert.deepEqual(watched([...times(11, 8), 0]).notes, [silent(1, 8)]);
});

test('ten windows with a line in each are, where they come at like distances', () => {
  assert.deepEqual(watched([...times(10, 1), 0]).notes, []);
  assert.deepEqual(watched([...times(10, 1), 0, 0]).notes, [silent(2, 1)]);
  assert.deepEqual(watched([...times(9, 1), 0, 0]).notes, [], 'nine windows');
  assert.deepEqual(watched([...times(10, 3), 0, 0], { at: 'evenly' }).notes, [silent(2, 3)]);
  assert.deepEqual(watched([...times(10, 6), 0], { at: 'evenly' }).notes, [silent(1, 6)]);
  const watch = new RuleWatch(['heartbeat']);
  for (let window = 0; window < 12; window++) ended(watch, 1, { at: 'unevenly' });
  assert.deepEqual([...ended(watch, 0), ...ended(watch, 0)], [], 'at others');
});

test('what was far from the lines before it, because it was silent, has the distances of those after it', () => {
  const { watch, notes } = watched([...times(12, 1), 0, 0, 0, 0, ...times(10, 1), 0, 0]);
  assert.deepEqual(notes, [silent(2, 1), silent(2, 1)]);
  assert.equal(watch.isWatching, false);
});

test('where fewer than six a window are usual, a second one has to go by', () => {
  const { watch, notes } = watched([...times(61, 1), 0]);
  assert.deepEqual(notes, []);
  assert.equal(watch.isWatching, true);
  assert.deepEqual(ended(watch, 0), [silent(2, 1)]);
  assert.deepEqual(watched([...times(61, 1), 0, 2, 1, 0, 2]).notes, []);
  assert.deepEqual(watched([...times(16, 5), 0]).notes, []);
  assert.deepEqual(watched([...times(16, 5), 0, 0]).notes, [silent(2, 5)]);
});

test('what comes by chance is not missed', () => {
  assert.deepEqual(watched([9, 4, 6, 7, 3, 8, 6, 5, 9, 2, 6, 8, 5, 6, 3, 7, 6, 0, 0, 0]).notes, []);
  assert.deepEqual(watched([...times(15, 1), ...times(15, 2), ...times(25, 1), 0, 0], { at: 'unevenly' }).notes, []);
});

test('what fades is not missed', () => {
  assert.deepEqual(watched([...times(20, 40), 30, 22, 17, 12, 8, 5, 3, 1, 0, 0, 0]).notes, []);
});

test('nobody misses it where other lines have dried up as well', () => {
  const { watch } = watched(times(20, 24), { others: 100 });
  assert.deepEqual(ended(watch, 9, { others: 40 }), []);
  assert.deepEqual(ended(watch, 0, { others: 0 }), []);
  assert.deepEqual(ended(watch, 0, { others: 4 }), []);
  assert.deepEqual(ended(watch, 0, { others: 100 }), [], 'it is another work that begins');
});

test('it is missed where other lines go on', () => {
  const { watch } = watched(times(20, 24), { others: 100 });
  assert.deepEqual(ended(watch, 0, { others: 50 }), [silent(1, 24)]);
});

test('it is missed a window later where other lines pause for one', () => {
  const { watch } = watched(times(20, 24), { others: 100 });
  assert.deepEqual(ended(watch, 0, { others: 49 }), []);
  assert.deepEqual(ended(watch, 0, { others: 120 }), [silent(2, 24)]);
});

test('a beat that went on while nothing else was said is missed when nothing else is said', () => {
  const { watch } = watched(times(15, 6), { others: 100 });
  ended(watch, 6, { others: 0 });
  ended(watch, 6, { others: 100 });
  assert.deepEqual(ended(watch, 0, { others: 0 }), [silent(1, 6)]);
});

test('the beat of a task that has ended is not missed', () => {
  for (const empty of [0, 1]) {
    const { watch } = watched([...times(61, 1), ...times(empty, 0)], { task: 7 });
    watch.ended(7);
    assert.deepEqual(
      [0, 0, 0].flatMap((count) => ended(watch, count)),
      [],
    );
  }
});

test('that of another one is', () => {
  const { watch } = watched(times(16, 6), { task: 7 });
  watch.ended(8);
  assert.deepEqual(ended(watch, 0), [silent(1, 6)]);
  const both = watched(times(16, 6), { task: 7 }).watch;
  both.ended(7);
  ended(both, 6, { task: 8 });
  assert.deepEqual(ended(both, 0), [silent(1, 6)]);
});

test('the beats of tasks that say one each are missed, though each of these has ended', () => {
  const watch = new RuleWatch(['heartbeat']);
  assert.deepEqual(endedByTasks(watch, 26, 6, 5), []);
  assert.deepEqual(ended(watch, 0, { others: 5 }), [silent(1, 6)]);
});

test('their ends are no other lines, which would dry up with them', () => {
  const watch = new RuleWatch(['heartbeat']);
  endedByTasks(watch, 26, 6, 1);
  assert.deepEqual(ended(watch, 0, { others: 1 }), [silent(1, 6)]);
  const quiet = new RuleWatch(['heartbeat']);
  endedByTasks(quiet, 26, 6);
  assert.deepEqual(ended(quiet, 0), [silent(1, 6)]);
});

test('it takes more of them than of lines no task of which has ended', () => {
  const watch = new RuleWatch(['heartbeat']);
  endedByTasks(watch, 25, 6);
  assert.deepEqual(ended(watch, 0), []);
});

test('nor are those of tasks missed that say several', () => {
  const watch = new RuleWatch(['heartbeat']);
  for (let task = 1; task <= 60; task++) {
    assert.deepEqual(ended(watch, 6, { task, at: 'evenly' }), []);
    watch.ended(task);
  }
  assert.deepEqual(ended(watch, 0, { others: 9 }), []);
});

test('what is said late does not keep a task alive', () => {
  const { watch } = watched(times(16, 6), { task: 7 });
  watch.ended(7);
  assert.deepEqual(ended(watch, 6, { task: 7, isLate: true }), []);
  assert.deepEqual(ended(watch, 0), []);
});

test('a beat that goes on long after its task has ended is expected like one of no task', () => {
  const { watch } = watched(times(16, 6), { task: 7 });
  watch.ended(7);
  for (let window = 0; window < 3; window++) ended(watch, 6, { task: 7, isLate: true });
  assert.deepEqual(ended(watch, 0), [silent(1, 6)]);
});

test('nobody is accused of a silence that was not watched', () => {
  const { watch } = watched(times(16, 6));
  assert.deepEqual(ended(watch, 0, { wasWatched: false }), []);
  assert.equal(watch.isWatching, false);
});

test('windows before one that was not watched say nothing', () => {
  const { watch } = watched(times(20, 6));
  assert.deepEqual(ended(watch, 6, { wasWatched: false }), []);
  assert.deepEqual(
    [...times(9, 6), 0, 0].flatMap((count) => ended(watch, count)),
    [],
  );
});

test('a rule is forgotten that has not matched for ten windows', () => {
  const { watch } = watched([...times(5, 6), ...times(9, 0)]);
  assert.equal(watch.isWatching, true);
  ended(watch, 0);
  assert.equal(watch.isWatching, false);
});

test('a count above five times the median of the last ten windows is a jump', () => {
  assert.deepEqual(watched([...times(10, 20), 100]).notes, []);
  assert.deepEqual(watched([...times(10, 20), 101]).notes, [jump(101, 20)]);
  assert.deepEqual(watched([...times(9, 20), 101]).notes, [], 'nine windows say nothing');
});

test('fewer than fifty are no jump', () => {
  assert.deepEqual(watched([...times(10, 2), 49]).notes, []);
  assert.deepEqual(watched([...times(10, 2), 50]).notes, [jump(50, 2)]);
});

test('a rule that matches now and then has nothing usual to be compared with', () => {
  assert.deepEqual(watched([5, 0, 0, 0, 0, 0, 0, 0, 5, 5, 500]).notes, []);
  assert.deepEqual(watched([5, 0, 0, 0, 0, 0, 0, 0, 5, 5, 500], { others: 10 }).notes, []);
});

test('what has been as high within an hour is no jump any more', () => {
  const round = [100, ...times(29, 2)];
  assert.deepEqual(watched([...times(20, 2), ...round, ...round, ...round]).notes, [jump(100, 2)]);
  assert.deepEqual(watched([...round, 150]).notes, []);
  assert.deepEqual(watched([...round, 151]).notes, [jump(151, 2)]);
  assert.deepEqual(watched([...round, ...times(46, 2), 100]).notes, [jump(100, 2)], 'it is forgotten');
});

test('a count that grows with that of other lines does not jump', () => {
  const { watch } = watched(times(10, 20), { others: 180 });
  assert.deepEqual(ended(watch, 200, { others: 1_800 }), []);
  const another = watched(times(10, 20), { others: 180 }).watch;
  assert.deepEqual(ended(another, 200, { others: 180 }), [jump(200, 20)]);
});

test('a few lines that come with a jump do not explain it', () => {
  const { watch } = watched(times(10, 20), { others: 0 });
  assert.deepEqual(ended(watch, 200, { others: 5 }), [jump(200, 20)]);
});

test('the first batch after a lone task is no jump', () => {
  const { watch } = watched(times(20, 1), { others: 2 });
  assert.deepEqual(ended(watch, 110, { others: 170 }), []);
});

test('a count that grows with the number of tasks does not jump', () => {
  const grown = (lines: number, tasks: number) => {
    const { watch } = watched(times(10, 6), { task: 7, others: 100 });
    for (let at = 0; at < lines; at++) watch.count(0, at % tasks, false, now + at);
    return watch.endWindow(lines + 100, true);
  };
  assert.deepEqual(grown(180, 30), []);
  assert.deepEqual(grown(180, 5), [jump(180, 6)]);
});

test('rules are watched apart', () => {
  const watch = new RuleWatch(['ping', 'cache']);
  const window = (cache: number) => {
    for (let at = 0; at < 6; at++) watch.count(0, undefined, false, now);
    for (let at = 0; at < cache; at++) watch.count(1, undefined, false, now);
    return watch.endWindow(6 + cache, true);
  };
  for (let at = 0; at < 16; at++) assert.deepEqual(window(8), []);
  assert.deepEqual(window(0), [{ type: 'silent', rule: 'cache', windows: 1, usual: 8 }]);
});
