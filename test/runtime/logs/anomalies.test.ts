import assert from 'node:assert/strict';
import test from 'node:test';
import { Anomalies, type Finding, type Occurrence, QUIET_MS } from '../../../runtime/logs/anomalies.js';
import type { EndedTask } from '../../../runtime/logs/ended-task.js';
import { occurrenceOf } from '../../../runtime/logs/occurrences.js';
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

test('one per type and name is told in ten minutes; the others are counted and told with the next', () => {
  const anomalies = new Anomalies();
  warmUp(anomalies);
  warmUp(anomalies, 'hash');
  const untold = (at: number, task = 'resize') =>
    settle(anomalies, { runMs: 900 }, { at, task }).map((each) => each.untold);
  assert.deepEqual(untold(after(0)), [0]);
  assert.deepEqual(untold(after(1)), []);
  assert.deepEqual(untold(after(2), 'hash'), [0]);
  assert.deepEqual(untold(after(QUIET_MS - 1)), []);
  assert.equal(anomalies.untold, 2);
  assert.deepEqual(untold(after(QUIET_MS)), [2]);
  assert.equal(anomalies.untold, 0);
  assert.deepEqual(untold(after(3 * QUIET_MS)), [0]);
});

test('a clock that is set back silences nothing', () => {
  const anomalies = new Anomalies();
  const occurrence: Occurrence | undefined = sampleEvents()
    .map(occurrenceOf)
    .find((each) => each?.type === 'restart');
  assert.ok(occurrence !== undefined);
  const report = (at: number): number | undefined => anomalies.report({ ...occurrence, at })?.untold;
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
