import assert from 'node:assert/strict';
import test from 'node:test';
import { Anomalies, type Finding, type Occurrence } from '../../../runtime/logs/anomalies.js';
import type { EndedTask } from '../../../runtime/logs/ended-task.js';
import type { LogEvent } from '../../../runtime/logs/log-events.js';
import { occurrenceOf } from '../../../runtime/logs/occurrences.js';
import { QUIET_MS } from '../../../runtime/logs/quiet.js';
import type { Usage } from '../../../runtime/task.js';
import { Chance } from '../../simulation/seeded.js';
import { ended, sampleEvents } from '../../support/sample-records.js';

const START = Date.UTC(2026, 0, 1);

/** So many usual tasks of a name, a second apart. */
function warmUp(anomalies: Anomalies, task = 'resize', count = 200): Finding[] {
  const chance = new Chance(3);
  return Array.from({ length: count }, (_, n) => {
    const cost = { runMs: chance.between(40, 60), waitMs: chance.between(1, 5) };
    return anomalies.settled(ended({ task, taskId: n, at: START + n * 1_000 }, cost));
  }).flat();
}

const after = (ms: number): number => START + 200_000 + ms;

function settle(
  anomalies: Anomalies,
  cost: Partial<Usage>,
  changes: Partial<Omit<EndedTask, 'usage'>> = {},
): readonly Finding[] {
  return anomalies.settled(ended({ at: after(0), ...changes }, { runMs: 50, waitMs: 2, ...cost }));
}

function restartOf(events: readonly LogEvent[]): Occurrence {
  const restart = events.map(occurrenceOf).find((each) => each?.type === 'restart');
  assert.ok(restart !== undefined);
  return restart;
}

test('a task far outside the history of its name is found, with what it is measured by', () => {
  const anomalies = new Anomalies();
  assert.deepEqual(warmUp(anomalies), []);
  const [found, ...others] = settle(anomalies, { runMs: 900.12345 }, { taskId: 7 });
  assert.deepEqual(others, []);
  assert.ok(found !== undefined);
  const { threshold = 0, baseline = 0, ...rest } = found;
  assert.ok(threshold > 150 && threshold < 190 && baseline > 45 && baseline < 55);
  assert.deepEqual(rest, {
    type: 'duration',
    at: after(0),
    about: 'resize',
    note: 'resize ran long',
    task: 'resize',
    taskId: 7,
    slot: 2,
    generation: undefined,
    value: 900.123,
    untold: 0,
    isNews: true,
  });
});

test('a task that waited far longer than others is found, and one that did both twice', () => {
  const anomalies = new Anomalies();
  warmUp(anomalies);
  assert.deepEqual(
    settle(anomalies, { waitMs: 500 }).map(({ type }) => type),
    ['wait'],
  );
  const later = { at: after(QUIET_MS) };
  assert.deepEqual(
    settle(anomalies, { waitMs: 500, runMs: 900 }, later).map(({ type }) => type),
    ['duration', 'wait'],
  );
});

test('each name has a history of its own, whatever it is called', () => {
  const anomalies = new Anomalies();
  warmUp(anomalies, '__proto__');
  warmUp(anomalies, 'hash', 99);
  assert.equal(settle(anomalies, { runMs: 900 }, { task: 'hash' }).length, 0);
  assert.equal(settle(anomalies, { runMs: 900 }, { task: 'constructor' }).length, 0);
  assert.equal(settle(anomalies, { runMs: 900 }, { task: '__proto__' }).length, 1);
});

test('how long failures took says nothing, and neither does the wait for another attempt or for none', () => {
  const anomalies = new Anomalies();
  warmUp(anomalies);
  for (const outcome of ['failed', 'timed-out', 'lost', 'cancelled'] as const) {
    assert.deepEqual(settle(anomalies, { runMs: 9_000 }, { outcome }), []);
  }
  assert.deepEqual(settle(anomalies, { waitMs: 9_000, attempts: 2 }), []);
  assert.deepEqual(settle(anomalies, { waitMs: 9_000, runMs: 9_000, attempts: 0, slot: null }), []);
  // They are not in the history either.
  const clean = new Anomalies();
  warmUp(clean);
  const thresholdOf = ([found]: readonly Finding[]): number | undefined => found?.threshold;
  assert.equal(thresholdOf(settle(anomalies, { runMs: 900 })), thresholdOf(settle(clean, { runMs: 900 })));
});

test('each task that is unusual is found; one per name is news in ten minutes, and tells how many were not', () => {
  const anomalies = new Anomalies();
  warmUp(anomalies);
  warmUp(anomalies, 'hash');
  const found = (at: number, task = 'resize') =>
    settle(anomalies, { runMs: 900 }, { at, task }).map(({ isNews, untold }) => (isNews ? untold : 'no news'));
  assert.deepEqual(found(after(0)), [0]);
  assert.deepEqual(found(after(1)), ['no news']);
  assert.deepEqual(found(after(2), 'hash'), [0]);
  assert.deepEqual(found(after(QUIET_MS - 1)), ['no news']);
  assert.deepEqual(found(after(QUIET_MS)), [2]);
  assert.deepEqual(found(after(3 * QUIET_MS)), [0]);
  assert.deepEqual(anomalies.due(after(3 * QUIET_MS), true), [], 'each of them has its incident');
});

test('of what else happens one per type and name is found in ten minutes, and the others are counted until they are said', () => {
  const anomalies = new Anomalies();
  const restart = restartOf(sampleEvents());
  const reports = (at: number): boolean => anomalies.report({ ...restart, at }) !== undefined;
  assert.deepEqual([reports(START), reports(START + 1), reports(START + 2)], [true, false, false]);
  assert.ok(anomalies.isCounting);
  assert.deepEqual(anomalies.due(START + QUIET_MS - 1), []);
  const counted = { kind: 'restart', about: restart.about, count: 2, windowMs: 2 };
  assert.deepEqual(anomalies.due(START + QUIET_MS), [counted]);
  assert.ok(!anomalies.isCounting);
  assert.deepEqual([reports(START + QUIET_MS), reports(START + QUIET_MS + 1)], [true, false]);
  assert.deepEqual(anomalies.due(START + QUIET_MS + 2, true), [{ ...counted, count: 1, windowMs: 1 }]);
  assert.deepEqual(anomalies.due(START + QUIET_MS + 2, true), []);
});

test('a clock that is set back silences nothing', () => {
  const anomalies = new Anomalies();
  const restart = restartOf(sampleEvents());
  const report = (at: number): number | undefined => anomalies.report({ ...restart, at })?.untold;
  assert.equal(report(START), 0);
  assert.equal(report(START + 1), undefined);
  assert.equal(report(START - 3_600_000), 1);
  assert.equal(report(START - 3_600_000 + 1), undefined);
});

test('what happens is unusual where it is said so', () => {
  const found = sampleEvents().flatMap((event) => {
    const occurrence = occurrenceOf(event);
    return occurrence === undefined ? [] : [`${occurrence.type}, ${occurrence.about}: ${occurrence.note}`];
  });
  assert.deepEqual(found, [
    'restart, resize: restarted after resize: exit code 3',
    'restart, slot 2: restarted after slot 2: exit code 3',
    'restart, resize: restarted after resize: exit code 3',
    'recycle, resize: recycled for its descriptors: resize',
    'recycle, slot 2: recycled for its descriptors: slot 2',
    'leak, resize, /app/images.js:7:11: resize left a file open',
    'leak, resize: resize left a file open',
    'growth, resize: memory grows with resize',
    'growth, slot 2: memory grows with slot 2',
    'circuit, billing: circuit of billing opened: 12 of 20 calls failed',
    'lines-dropped, slot 2: slot 2 dropped 37 lines',
    'lines-dropped, a sink: a sink dropped 0 lines',
    'rule-silent, heartbeat: heartbeat fell silent, 60 lines a window are usual',
    'rule-jump, cache: cache jumped to 5,000 lines in one window, 12.5 are usual',
    ...Array.from({ length: 4 }, () => 'sink, app: log sink app fails'),
  ]);
});
