import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { logFile } from '../../../cli/logs/log-files.js';
import { filesAround, MissingLines } from '../../../cli/logs/missing.js';
import { Stories } from '../../../cli/logs/stories.js';
import { beginOfStory, gapsOf, type Story } from '../../../cli/logs/story.js';
import { type Fields, failedTask, line, parsed, record, time } from '../support/logs.js';

function storiesOf(records: readonly Fields[]): Story[] {
  const stories = new Stories();
  for (const one of records) stories.add(parsed(one));
  return stories.all;
}

const ofTask = (records: readonly Fields[]): Fields[] => records.filter((one) => one['task.id'] === 17);

test('in whatever order the records of both logs come, they are the same story', () => {
  const { app, incidents } = failedTask();
  const all = [...ofTask(app), ...incidents];
  const [expected] = storiesOf(all);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (records) => {
      assert.deepEqual(storiesOf(records), [expected]);
    }),
  );
  assert.deepEqual(
    expected?.attempts.map(({ lines }) => lines.map(({ seq }) => seq)),
    [
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ],
  );
  assert.deepEqual([expected.anomalies.length, expected.incidents.length, expected.ended?.outcome], [1, 1, 'failed']);
});

test('a task of each run has a story of its own, the newest last', () => {
  const runs = ['late', 'early', 'middle'];
  const at = [3000, 1000, 2000];
  const stories = storiesOf(runs.map((run, index) => line(at[index] ?? 0, 0, run, { 'service.instance.id': run })));
  assert.deepEqual(
    stories.map(({ instance }) => instance),
    ['early', 'middle', 'late'],
  );
});

test('lines follow their numbers, not their times, and what lies between them is counted', () => {
  const [story] = storiesOf([line(30, 9, 'c'), line(20, 2, 'a'), line(10, 3, 'b')]);
  const [attempt] = story?.attempts ?? [];
  assert.ok(attempt);
  assert.deepEqual(
    attempt.lines.map(({ text }) => text),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(gapsOf(attempt), [2, 0, 5]);
});

test('a story begins with its first attempt as far as its end tells that, or else with the first line', () => {
  const [ended] = storiesOf(failedTask().incidents);
  const [open] = storiesOf([line(30, 0, 'a')]);
  assert.ok(ended && open);
  assert.equal(beginOfStory(ended), Date.parse(time(100)));
  assert.equal(beginOfStory(open), Date.parse(time(30)));
});

test('what was left out of tasks of its name while it ran belongs to a story, and nothing else', () => {
  const [story] = storiesOf(failedTask().incidents);
  assert.ok(story);
  const missing = new MissingLines([story]);
  const suppressed = (more: object) =>
    record({
      at: 60_000,
      event_name: 'log.suppressed',
      'task.name': 'resize',
      'suppressed.count': 3,
      'suppressed.kind': 'beat <n>',
      'suppressed.window_ms': 60_000,
      ...more,
    });
  const dropped = { at: 4800, event_name: 'log.dropped', 'dropped.count': 2, 'thread.slot': 3 };
  for (const one of [
    suppressed({}),
    suppressed({}),
    suppressed({ 'suppressed.kind': 'pulse <n>' }),
    suppressed({ 'task.name': 'hash' }),
    suppressed({ at: 120_000 }),
    suppressed({ at: 50 }),
    suppressed({ 'service.instance.id': 'zzzzzzzz' }),
    record(dropped),
    record({ ...dropped, 'thread.slot': 5 }),
    record({ ...dropped, at: 9000 }),
    record({ at: 1000, event_name: 'log.summary', 'task.name': 'resize' }),
  ]) {
    missing.add(parsed(one));
  }
  assert.deepEqual(
    story.missing.map(({ count, text }) => `${count} ${text}`),
    [
      '3 like beat <n>, in 60 s',
      '3 like pulse <n>, in 60 s',
      '2 of its thread lost: printed faster than they were read',
    ],
  );
});

test('only the app logs of its time are asked what was left out of a story', () => {
  const stories = storiesOf(failedTask().incidents);
  const files = [
    'app.2026-11-21T08.log',
    'app.2026-11-21T09.log',
    'incidents.2026-11-21T09.log',
    'app.2026-11-21T10.log',
    'app.2026-11-21T11.log',
  ];
  const around = filesAround(
    stories,
    files.flatMap((name) => logFile('', name) ?? []),
  );
  assert.deepEqual(
    around.map(({ path }) => path),
    ['app.2026-11-21T09.log', 'app.2026-11-21T10.log'],
  );
});

/** Which attempt, on which thread, its lines, and what is said of it. */
function runsOf(records: readonly Fields[]): string[] {
  const all = fc.sample(fc.shuffledSubarray([...records], { minLength: records.length }), 20).map((shuffled) => {
    return (storiesOf(shuffled)[0]?.attempts ?? []).map(({ number, slot, generation, lines, notes, ended }) => {
      const said = [...lines, ...notes, ...(ended ? [ended] : [])].map(({ text }) => text);
      return `${number} on ${slot}.${generation}: ${said.join(' ')}`;
    });
  });
  for (const one of all) assert.deepEqual(one, all[0]);
  return all[0] ?? [];
}

const ended = (at: number, attempts: number, more: object = {}): Fields =>
  record({ at, body: 'ended', event_name: 'task.ended', 'task.id': 17, 'task.attempts': attempts, ...more });
const restarted = (at: number, body: string, more: object = {}): Fields =>
  record({ at, body, event_name: 'thread.restarted', 'task.id': 17, ...more });

test('an attempt that was cut short and run again is told as one run after the other', () => {
  const elsewhere = { 'thread.slot': 0, 'thread.generation': 2 };
  assert.deepEqual(
    runsOf([
      line(0, 0, 'a0'),
      line(1, 1, 'a1'),
      line(50, 0, 'b0', elsewhere),
      line(51, 1, 'b1', elsewhere),
      line(100, 0, 'c0'),
      line(101, 1, 'c1'),
      line(102, 2, 'c2'),
      ended(110, 1, { 'thread.slot': 2 }),
    ]),
    ['1 on 2.1: a0 a1', '1 on 0.2: b0 b1', '1 on 2.1: c0 c1 c2 ended'],
  );
});

test('a second run of which lines are missing is told apart by the numbers it has', () => {
  assert.deepEqual(runsOf([line(0, 0, 'a0'), line(1, 5, 'a5'), line(9, 2, 'b2'), line(10, 5, 'b5')]), [
    '1 on 2.1: a0 a5',
    '1 on 2.1: b2 b5',
  ]);
});

test('a second run that said nothing is known by where it ended', () => {
  assert.deepEqual(runsOf([line(0, 0, 'a0'), ended(50, 1, { 'thread.slot': 3, 'task.run_ms': 5 })]), [
    '1 on 2.1: a0',
    '1 on 3.undefined: ended',
  ]);
});

test('that a thread was restarted is told with the attempt it ended', () => {
  const second = { 'task.attempt': 2, 'thread.slot': 3 };
  // A process that dies has no slot, and what died in it need not have said a word.
  assert.deepEqual(runsOf([restarted(10, 'first'), restarted(30, 'second'), ended(31, 2)]), [
    '1 on undefined.undefined: first',
    '2 on undefined.undefined: second ended',
  ]);
  assert.deepEqual(
    runsOf([line(0, 0, 'a'), restarted(10, 'first'), line(20, 0, 'b', second), restarted(30, 'second'), ended(31, 2)]),
    ['1 on 2.1: a first', '2 on 3.1: b second ended'],
  );
  assert.deepEqual(runsOf([line(0, 0, 'a'), restarted(10, 'first'), restarted(30, 'second')]), [
    '1 on 2.1: a first',
    '2 on undefined.undefined: second',
  ]);
  // By the clock of the supervisor it was a little after the end.
  assert.deepEqual(runsOf([line(0, 0, 'a'), ended(9, 1), restarted(10, 'first')]), ['1 on 2.1: a first ended']);
});

test('a restart tells of the run on the thread it names', () => {
  const ofThread = { 'thread.slot': 2, 'thread.generation': 1 };
  const retried = record({ at: 9, body: 'retried', event_name: 'task.retried', 'task.id': 17, 'task.attempt': 1 });
  const second = line(20, 0, 'b', { 'task.attempt': 2, 'thread.slot': 3 });
  assert.deepEqual(runsOf([line(0, 0, 'a'), retried, restarted(25, 'late', ofThread), second]), [
    '1 on 2.1: a late retried',
    '2 on 3.1: b',
  ]);
  assert.deepEqual(runsOf([line(0, 0, 'a'), restarted(25, 'elsewhere', { ...ofThread, 'thread.generation': 2 })]), [
    '1 on 2.1: a',
    '1 on 2.2: elsewhere',
  ]);
});

test('a task that never started has no attempt', () => {
  assert.deepEqual(runsOf([ended(10, 0)]), []);
});
