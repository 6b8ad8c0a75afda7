import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Timer } from '../../../runtime/clock.js';
import { Anomalies } from '../../../runtime/logs/anomalies.js';
import type { RecordBytes } from '../../../runtime/logs/files/record-page.js';
import { IncidentLog } from '../../../runtime/logs/incident-log.js';
import { Incidents } from '../../../runtime/logs/incidents.js';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import { GATE_TERMS, NoiseGate } from '../../../runtime/logs/noise-gate.js';
import { type RecordSink, Records } from '../../../runtime/logs/records.js';
import { heldSaid, type Said } from '../../../runtime/logs/said.js';
import { Stories } from '../../../runtime/logs/stories.js';
import { range } from '../../support/log-place.js';
import { readLine } from '../../support/read-line.js';
import { bodiesOf, eventsOf, type ReadRecord, recordsOf, sumOf } from '../../support/records-in.js';
import { ended, failed, INSTANCE, line } from '../../support/sample-records.js';

const MORNING = Date.UTC(2026, 2, 1, 9, 30);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Keeps what it gets. */
class Kept implements RecordSink {
  text = '';
  count = 0;

  write(records: string, count: number): void {
    this.text += records;
    this.count += count;
  }

  put({ text }: RecordBytes): number {
    this.write(text, 1);
    return Buffer.byteLength(text);
  }

  flush(): void {
    // It has handed on everything already.
  }

  get records(): ReadRecord[] {
    return recordsOf(this.text);
  }
}

interface StandTerms {
  readonly gated?: boolean;
  readonly stories?: boolean;
  readonly now?: number;
}

/** Records, with a time of their own and sinks that can be looked into. */
class Stand {
  readonly app = new Kept();
  readonly incidents = new Kept();
  readonly stories = new Stories();
  readonly records: Records;
  readonly timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  now: number;

  constructor({ gated = true, stories = false, now = MORNING }: StandTerms = {}) {
    this.now = now;
    this.records = new Records({
      instance: INSTANCE,
      wallNow: () => this.now,
      remind: (ms, fire) => this.#remind(ms, fire),
      gate: gated ? new NoiseGate<Said>(GATE_TERMS, heldSaid) : undefined,
      app: this.app,
      logger: undefined,
      incidents: stories
        ? new IncidentLog({
            instance: INSTANCE,
            wallNow: () => this.now,
            remind: (ms, fire) => this.#remind(ms, fire),
            sink: this.incidents,
            stories: this.stories,
            anomalies: new Anomalies(),
            incidents: new Incidents(INSTANCE),
          })
        : undefined,
    });
  }

  /** Lets time pass; what was to be reminded of comes at its time. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      this.now = Math.max(this.now, next?.at ?? end);
      if (next === undefined) return;
      this.timers.delete(next);
      next.fire();
    }
  }

  say(text: string, own: Partial<LogLine> = {}): void {
    this.records.line(readLine(line({ at: this.now, text, ...own })));
  }

  get summaries(): Record<string, number>[] {
    return eventsOf(this.app.records, 'log.summary').map((record) => record['attributes'] as Record<string, number>);
  }

  #remind(ms: number, fire: () => void): Timer {
    const timer = { at: this.now + ms, fire };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }
}

const said = (records: readonly ReadRecord[]): ReadRecord[] =>
  records.filter((record) => !['log.suppressed', 'log.summary'].includes(String(record['event_name'])));

const total = (summaries: readonly Record<string, number>[], figure: string): number =>
  summaries.reduce((sum, one) => sum + (one[figure] ?? 0), 0);

type Step =
  | { readonly do: 'say'; readonly text: string; readonly level: LogLine['level']; readonly times: number }
  | { readonly do: 'end'; readonly fails: boolean }
  | { readonly do: 'lose'; readonly count: number }
  | { readonly do: 'pass'; readonly ms: number };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      text: fc.constantFrom('heartbeat 1', 'cache hit', 'took 5 ms', 'it failed', 'no errors', '', 'é\u2028"\\'),
      level: fc.constantFrom('debug' as const, 'info' as const, 'info' as const, 'warn' as const, 'error' as const),
      times: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 900, MINUTE_MS, 2 * MINUTE_MS, 3_600_000, 5 * 3_600_000, DAY_MS, 3 * DAY_MS),
    }),
  },
);

/** Does the steps, and says how much was offered and lost. */
function perform(stand: Stand, steps: readonly Step[]): { offered: number; lost: number } {
  let [offered, lost, taskId, seq] = [0, 0, 1, 0];
  for (const step of steps) {
    switch (step.do) {
      case 'say':
        for (let time = 0; time < step.times; time++) stand.say(step.text, { level: step.level, taskId, seq: seq++ });
        offered += step.times;
        break;
      case 'end':
        stand.records.settled((step.fails ? failed : ended)({ at: stand.now, taskId: taskId++ }));
        offered++;
        break;
      case 'lose': {
        const dropped = { count: step.count, bytes: 100, slot: 0, generation: 1 };
        stand.records.event({ event: 'log.dropped', at: stand.now, dropped });
        offered++;
        lost += step.count;
        break;
      }
      case 'pass':
        stand.pass(step.ms);
    }
  }
  return { offered, lost };
}

for (const gated of [true, false]) {
  test(`what is kept and what is counted is what came, whenever it came (${gated ? 'a gate' : 'no gate'})`, () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
        const stand = new Stand({ gated });
        const { offered, lost } = perform(stand, steps);
        stand.records.close();
        const { records, text, count } = stand.app;
        assert.equal(records.length, count);
        const findings = records.filter(({ event_name: name }) => String(name).startsWith('log.rule_'));
        const came = offered + findings.length;
        const suppressed = sumOf(eventsOf(records, 'log.suppressed'), 'suppressed.count');
        assert.equal(said(records).length + suppressed, came);
        if (!gated) assert.equal(suppressed, 0);

        const { summaries } = stand;
        const figures = ['linesIn', 'linesOut', 'linesSuppressed', 'linesDropped'].map((one) => total(summaries, one));
        assert.deepEqual(figures, [came, said(records).length, suppressed, lost]);
        for (const one of summaries) {
          assert.equal(one['linesIn'], (one['linesOut'] ?? 0) + (one['linesSuppressed'] ?? 0), 'on each day');
        }
        const figuresText = text.split('\n').filter((record) => record.includes('"event_name":"log.summary"'));
        assert.equal(
          total(summaries, 'bytesOut'),
          Buffer.byteLength(text) - figuresText.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0),
        );
        if (gated) assert.ok(summaries.every((one) => (one['linesSuppressed'] ?? 0) >= 0));
        assert.equal(stand.timers.size, 0, 'nothing is to come');
      }),
      { numRuns: 300 },
    );
  });
}

test('incidents that were only counted are said when their minute is over, whenever in it they came', () => {
  for (const gated of [true, false]) {
    const stand = new Stand({ gated, stories: true });
    const fail = (task: string, taskId: number): void => {
      stand.records.settled(failed({ at: stand.now, task, taskId }));
    };
    fail('one', 1);
    stand.pass(MINUTE_MS / 2);
    for (let taskId = 2; taskId <= 101; taskId++) fail('another', taskId);
    const counted = (): unknown[] => stand.incidents.records.map((record) => record['suppressed.count'] ?? 0);
    assert.ok(!counted().includes(40));
    stand.pass(2 * MINUTE_MS);
    assert.ok(counted().includes(40), `gated: ${String(gated)}`);
    stand.pass(2 * MINUTE_MS);
    assert.equal(stand.timers.size, 0, 'nothing is to come');
  }
});

test('and also if the first of them comes when everything else of that minute has been said', () => {
  const stand = new Stand({ stories: true });
  for (const taskId of range(1, 11)) stand.records.settled(ended({ at: stand.now, task: 'fine', taskId }));
  stand.pass(MINUTE_MS / 2);
  const fail = (taskId: number): void => stand.records.settled(failed({ at: stand.now, taskId }));
  for (const taskId of range(11, 71)) fail(taskId);
  stand.pass(MINUTE_MS / 2 + 1_000);
  for (const taskId of range(71, 81)) fail(taskId);
  stand.pass(2 * MINUTE_MS);
  const counted = stand.incidents.records.flatMap((record) => record['suppressed.count'] ?? []);
  assert.deepEqual(counted, [10]);
});

test('what a settled task has left running may print on, and is kept for nobody', () => {
  const stand = new Stand({ stories: true });
  stand.say('in time', { taskId: 1 });
  stand.records.settled(failed({ at: stand.now, taskId: 1 }));
  stand.say('for nobody', { taskId: 1 });
  stand.say('first attempt', { taskId: 2 });
  stand.records.settled(ended({ at: stand.now, taskId: 2 }, { attempts: 2 }));
  stand.say('for nobody', { taskId: 2 });
  assert.deepEqual([stand.stories.size, stand.stories.bytes], [0, 0]);
});

test('the figures of a day are said before anything of the next, and count none of it', () => {
  const stand = new Stand();
  for (const beat of range(0, 100)) stand.say(`heartbeat ${beat}`, { taskId: 1, seq: beat });
  stand.pass(2 * MINUTE_MS);
  stand.pass(DAY_MS);
  stand.say('first of the day', { taskId: 2 });
  const { records } = stand.app;
  assert.deepEqual(
    records.map((record) => record['event_name'] ?? record['body']),
    ['heartbeat 0', 'log.suppressed', 'log.summary', 'first of the day'],
  );
  const [first] = stand.summaries;
  assert.deepEqual([first?.['linesIn'], first?.['linesOut'], first?.['linesSuppressed']], [100, 1, 99]);
  const bytesIn = first?.['bytesIn'] ?? 0;
  const bytesOut = first?.['bytesOut'] ?? 0;
  assert.equal(first?.['cutPercent'], Math.round(1_000 * (1 - bytesOut / bytesIn)) / 10);
  stand.records.close();
  assert.deepEqual(
    stand.summaries.map((one) => one['linesIn']),
    [100, 1],
  );
});

test('a day on which nothing came has no figures', () => {
  const stand = new Stand();
  stand.say('one');
  stand.pass(3 * DAY_MS);
  stand.say('two');
  stand.pass(3 * DAY_MS);
  stand.records.close();
  assert.deepEqual(
    stand.summaries.map((one) => one['linesIn']),
    [1, 1],
  );
  const silent = new Stand();
  silent.records.close();
  assert.equal(silent.app.text, '');
});

test('a line that was counted and then was the only one is in the files after all', () => {
  const stand = new Stand();
  for (const pass of range(0, 6)) stand.say(`pass ${pass}`, { taskId: 1, seq: pass });
  assert.equal(stand.app.count, 5);
  stand.pass(MINUTE_MS);
  assert.deepEqual(
    bodiesOf(stand.app.records),
    range(0, 6).map((pass) => `pass ${pass}`),
  );
  stand.records.close();
  const [summary] = stand.summaries;
  assert.deepEqual([summary?.['linesIn'], summary?.['linesOut'], summary?.['linesSuppressed']], [6, 6, 0]);
});

test('the end of a task of which a line is kept is kept as well', () => {
  const stand = new Stand();
  for (const taskId of range(1, 101)) {
    if (taskId % 10 === 0) stand.say(`it failed: ${taskId}`, { taskId });
    stand.records.settled(ended({ taskId, at: stand.now }));
  }
  const ends = eventsOf(stand.app.records, 'task.ended').map((record) => record['task.id']);
  const told = range(1, 11).map((tenth) => tenth * 10);
  assert.deepEqual(
    ends.filter((taskId) => Number(taskId) > 9),
    told,
  );
});

test('incidents that were only counted are said a minute later, or at the end', () => {
  for (const isOver of [true, false]) {
    const stand = new Stand({ stories: true });
    for (const taskId of range(1, 2_001)) stand.records.settled(failed({ taskId, at: stand.now }));
    const before = stand.incidents.records;
    const heads = eventsOf(before, 'incident').length;
    assert.ok(heads < 2_000, `${heads} heads`);
    if (isOver) stand.pass(2 * MINUTE_MS);
    else stand.records.close();
    const after = stand.incidents.records.slice(before.length);
    assert.deepEqual(
      after.map((record) => [record['incident.kind'], record['suppressed.count']]),
      [['failed', 2_000 - heads]],
    );
    assert.equal(eventsOf(stand.app.records, 'task.ended').length, 2_000, 'the app log has each of them');
    stand.records.close();
    assert.equal(stand.timers.size, 0);
  }
});

test('a task that takes far longer than usual is an incident, with its story', () => {
  const stand = new Stand({ stories: true });
  for (const taskId of range(1, 201)) {
    stand.say(`heartbeat ${taskId}`, { taskId });
    stand.records.settled(ended({ taskId, at: stand.now }, { runMs: 80 + (taskId % 7) }));
  }
  assert.equal(stand.incidents.text, '');
  const beats = range(0, 50).map((beat) => `heartbeat of a slow one ${beat}`);
  for (const [seq, text] of beats.entries()) stand.say(text, { taskId: 201, seq });
  stand.records.settled(ended({ taskId: 201, at: stand.now }, { runMs: 9_000 }));
  const [head, ...rest] = stand.incidents.records;
  assert.deepEqual(
    [head?.['incident.kind'], head?.['anomaly.type'], head?.['anomaly.value'], head?.['task.id']],
    ['duration', 'duration', 9_000, 201],
  );
  assert.deepEqual(bodiesOf(rest.slice(0, -1)), beats);
  assert.equal(rest.at(-1)?.['event_name'], 'task.ended');
  const [anomaly, ...more] = eventsOf(stand.app.records, 'anomaly');
  assert.deepEqual([anomaly?.['task.id'], anomaly?.['anomaly.type'], more], [201, 'duration', []]);
});

test('lines that a thread had no room for are in the figures, and are an incident', () => {
  const stand = new Stand({ stories: true });
  const dropped = { count: 37, bytes: 4_096, slot: 2, generation: 1 };
  stand.records.event({ event: 'log.dropped', at: stand.now, dropped });
  stand.records.close();
  const [said] = eventsOf(stand.app.records, 'log.dropped');
  assert.deepEqual([said?.['dropped.count'], said?.['dropped.bytes'], said?.['thread.slot']], [37, 4_096, 2]);
  assert.deepEqual(
    stand.summaries.map((one) => [one['linesIn'], one['linesDropped']]),
    [[1, 37]],
  );
  assert.deepEqual(
    stand.incidents.records.map((record) => record['incident.kind']),
    ['lines-dropped'],
  );
});

test('what is said after the end leaves nothing to wait for', () => {
  for (const gated of [true, false]) {
    const stand = new Stand({ gated, stories: true });
    stand.records.close();
    const notice = { kind: 'lost', dropped: 3 } as const;
    stand.records.event({ event: 'sink.fault', at: stand.now, sink: 'app', notice });
    assert.equal(stand.timers.size, 0);
  }
});

test('a heartbeat is expected until its task has ended, or waits for another attempt', () => {
  const silences = (end: (stand: Stand) => void): number => {
    const stand = new Stand();
    for (let beat = 0; beat < 120; beat++) {
      stand.say('heartbeat', { taskId: 412, seq: beat });
      stand.pass(10_000);
    }
    end(stand);
    stand.pass(5 * MINUTE_MS);
    stand.records.close();
    return eventsOf(stand.app.records, 'log.rule_silent').length;
  };
  const { task, taskId, outcome, error, trace } = failed();
  const retried = { task, taskId, outcome, error, trace, attempt: 1, afterMs: 600_000 };
  assert.equal(
    silences(() => undefined),
    1,
  );
  assert.equal(
    silences(({ records, now }) => {
      records.settled(ended({ at: now }));
    }),
    0,
  );
  assert.equal(
    silences(({ records, now }) => {
      records.event({ event: 'task.retried', at: now, retried });
    }),
    0,
  );
});
