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
    ['3 like beat <n>, in 60 s', '2 of its thread lost: printed faster than they were read'],
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
