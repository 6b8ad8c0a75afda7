import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  HEADS_PER_MINUTE,
  IncidentPace,
  WHOLE_PER_DAY,
  WHOLE_PER_MINUTE,
} from '../../../runtime/logs/incident-pace.js';
import { Incidents } from '../../../runtime/logs/incidents.js';
import type { Story } from '../../../runtime/logs/stories.js';
import { checkRecord } from '../../support/check-record.js';
import { ended, failed, INSTANCE, LONG, line } from '../../support/sample-records.js';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const DAY = 86_400_000;

const storyOf = (count: number, missing = 0): Story => ({
  lines: Array.from({ length: count }, (_, seq) => line({ seq, text: `line ${seq}` })),
  missing,
});

const read = (records: readonly string[]) => records.map(checkRecord);

test('a failure is kept as a head, the lines of its story in order, and its end, all with one id', () => {
  const records = read(new Incidents(INSTANCE).ofTask(failed(), storyOf(18)));
  assert.equal(records.length, 20);
  const [head, ...rest] = records;
  const end = rest.pop();
  assert.deepEqual([head?.['event_name'], end?.['event_name']], ['incident', 'task.ended']);
  assert.deepEqual(
    rest.map((record) => record['log.seq']),
    [...Array(18).keys()],
  );
  assert.deepEqual([...new Set(records.map((record) => record['incident.id']))], [`${INSTANCE}-1`]);
  const { severity_text, body, attributes } = head ?? {};
  assert.deepEqual(
    { severity_text, body, attributes },
    { severity_text: 'ERROR', body: 'resize failed', attributes: { lines: 18 } },
  );
  assert.equal(head?.['incident.kind'], 'failed');
  assert.equal(head?.['exception.message'], 'no such size: -1');
  assert.equal(head?.['task.id'], 412);
  assert.ok(!('dropped.count' in head));
});

test('a failure of a task that printed nothing is kept, too', () => {
  const records = read(new Incidents(INSTANCE).ofTask(failed()));
  assert.deepEqual(
    records.map((record) => record['event_name']),
    ['incident', 'task.ended'],
  );
});

test('a story that lacks its first lines says so', () => {
  const [head] = read(new Incidents(INSTANCE).ofTask(failed(), storyOf(3, 1_034)));
  assert.equal(head?.['dropped.count'], 1_034);
});

test('a task that is ok, or whose caller gave it up, is no incident', () => {
  const incidents = new Incidents(INSTANCE);
  assert.deepEqual(incidents.ofTask(ended(), storyOf(3)), []);
  assert.deepEqual(incidents.ofTask(failed({ outcome: 'cancelled' }), storyOf(3)), []);
  for (const outcome of ['failed', 'timed-out', 'lost'] as const) {
    assert.equal(read(incidents.ofTask(failed({ outcome }), storyOf(3)))[0]?.['incident.kind'], outcome);
  }
});

test('a finding is kept with its figures, and with the lines and the end of its task where it has one', () => {
  const incidents = new Incidents(INSTANCE);
  const [head, first, , end] = read(incidents.ofFinding(LONG, storyOf(2), ended({}, { runMs: 4_100 })));
  assert.equal(head?.['incident.kind'], 'duration');
  assert.equal(head['severity_text'], 'WARN');
  assert.deepEqual(
    [head['anomaly.value'], head['anomaly.threshold'], head['anomaly.baseline']],
    [4_100, 1_210.5, 82.7],
  );
  assert.deepEqual([head['task.id'], head['task.outcome'], head['task.run_ms']], [412, 'ok', 4_100]);
  assert.deepEqual(head['attributes'], { about: 'resize', lines: 2 });
  assert.equal(first?.['body'], 'line 0');
  assert.equal(end?.['event_name'], 'task.ended');
  const alone = read(incidents.ofFinding({ ...LONG, type: 'sink', about: 'app', task: undefined, taskId: undefined }));
  assert.deepEqual(
    alone.map((record) => record['incident.kind']),
    ['sink'],
  );
});

test('twenty failures a minute of one task are whole, forty more are heads without a stack, the rest is counted and said', () => {
  const incidents = new Incidents(INSTANCE);
  const each = Array.from({ length: 1_264 }, (_, n) => read(incidents.ofTask(failed({ at: START + n }), storyOf(2))));
  const lengths = each.map((records) => records.length);
  assert.deepEqual(lengths.slice(0, WHOLE_PER_MINUTE), Array(WHOLE_PER_MINUTE).fill(4));
  const heads = each.slice(WHOLE_PER_MINUTE, WHOLE_PER_MINUTE + HEADS_PER_MINUTE).flat();
  assert.equal(heads.length, HEADS_PER_MINUTE);
  for (const head of heads) {
    assert.ok(!('exception.stacktrace' in head));
    assert.deepEqual(head['attributes'], { lines: 0 });
  }
  assert.equal(Math.max(...lengths.slice(WHOLE_PER_MINUTE + HEADS_PER_MINUTE)), 0);
  assert.deepEqual(incidents.due(START + MINUTE - 1), []);
  const [count, ...others] = read(incidents.due(START + MINUTE));
  assert.deepEqual(others, []);
  assert.equal(count?.['body'], '1,204 incidents more in 1.3 s, not written: failed, resize');
  assert.equal(count['suppressed.count'], 1_204);
  assert.equal(count['suppressed.window_ms'], 1_263);
  assert.equal(count['incident.kind'], 'failed');
  assert.deepEqual(incidents.due(START + 2 * MINUTE), []);
  const ids = each.flat().map((record) => record['incident.id']);
  assert.equal(new Set(ids).size, WHOLE_PER_MINUTE + HEADS_PER_MINUTE);
});

test('the next incident of its kind says what was counted, if nobody asked before; who closes is told at once', () => {
  const incidents = new Incidents(INSTANCE);
  const storm = (at: number): void => {
    for (let n = 0; n < WHOLE_PER_MINUTE + HEADS_PER_MINUTE + 5; n++) incidents.ofTask(failed({ at }));
  };
  storm(START);
  const later = read(incidents.ofTask(failed({ at: START + MINUTE }), storyOf(1)));
  assert.deepEqual(
    later.map((record) => record['suppressed.count']),
    [5, undefined, undefined, undefined],
  );
  storm(START + DAY);
  assert.deepEqual(
    read(incidents.due(START + DAY, true)).map((record) => record['suppressed.count']),
    [5],
  );
});

test('the time that counted incidents came in is told, whenever it is asked for', () => {
  const incidents = new Incidents(INSTANCE);
  const windows = (records: readonly string[]) => read(records).map((record) => record['suppressed.window_ms']);
  const storm = (at: number): void => {
    for (let n = 0; n < WHOLE_PER_MINUTE + HEADS_PER_MINUTE; n++) incidents.ofTask(failed({ at }));
  };
  storm(START);
  incidents.ofTask(failed({ at: START + 700 }));
  incidents.ofTask(failed({ at: START + 1_500 }));
  assert.deepEqual(windows(incidents.due(START + 2_000, true)), [1_500], 'of a minute that is not over');
  storm(START + 3_000);
  incidents.ofTask(failed({ at: START + 33_000 }));
  assert.deepEqual(windows(incidents.due(START + 10 * 3_600_000)), [31_000], 'of one that was long ago');
});

test('other tasks and other kinds have a pace of their own', () => {
  const incidents = new Incidents(INSTANCE);
  for (let n = 0; n < 100; n++) incidents.ofTask(failed({ at: START }), storyOf(1));
  assert.equal(incidents.ofTask(failed({ at: START, task: 'hash' }), storyOf(1)).length, 3);
  assert.equal(incidents.ofTask(failed({ at: START, outcome: 'lost' }), storyOf(1)).length, 3);
  assert.equal(incidents.ofFinding({ ...LONG, at: START }, storyOf(1), ended()).length, 3);
});

test('twenty-five failures over forty days are all whole', () => {
  const incidents = new Incidents(INSTANCE);
  for (let n = 0; n < 25; n++) {
    incidents.due(START + n * 1.6 * DAY - 1);
    assert.equal(incidents.ofTask(failed({ at: START + n * 1.6 * DAY }), storyOf(200)).length, 202);
  }
});

test('so many large stories that they would push out those of other weeks are kept as heads for the rest of the day', () => {
  const incidents = new Incidents(INSTANCE);
  const large: Story = {
    lines: Array.from({ length: 200 }, (_, seq) => line({ seq, text: 'x'.repeat(1_000) })),
    missing: 0,
  };
  let characters = 0;
  for (let minute = 0; minute < 24 * 60; minute++) {
    for (const record of incidents.ofTask(failed({ at: START + minute * MINUTE }), large)) characters += record.length;
  }
  assert.ok(characters > WHOLE_PER_DAY && characters < WHOLE_PER_DAY * 1.2, String(characters));
  assert.equal(incidents.ofTask(failed({ at: START + DAY }), large).length, 202);
});

test('each incident is written or counted, once, whatever the times', () => {
  const step = fc.record({
    kind: fc.constantFrom('failed', 'lost'),
    about: fc.constantFrom('a', 'b'),
    ms: fc.integer({ min: -5_000, max: 40_000 }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 60, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: step }), {
        maxLength: 600,
        size: 'max',
      }),
      (steps) => {
        const pace = new IncidentPace();
        let [at, kind, about] = [START, 'failed', 'a'];
        let [came, written, said] = [0, 0, 0];
        for (const change of steps) {
          if (change !== undefined) {
            at += change.ms;
            ({ kind, about } = change);
            for (const { count } of pace.due(at)) said += count;
          }
          const { share, past } = pace.next(kind, about, at);
          came++;
          if (share !== 'counted') written++;
          said += past?.count ?? 0;
        }
        for (const { count } of pace.due(at, true)) said += count;
        assert.equal(written + said, came);
        assert.deepEqual(pace.due(at, true), []);
      },
    ),
  );
});
