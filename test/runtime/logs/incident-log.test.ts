import assert from 'node:assert/strict';
import test from 'node:test';
import { Anomalies } from '../../../runtime/logs/anomalies.js';
import type { EndedTask } from '../../../runtime/logs/ended-task.js';
import type { RecordBytes } from '../../../runtime/logs/files/record-page.js';
import { IncidentLog } from '../../../runtime/logs/incident-log.js';
import { type IncidentRoom, Incidents } from '../../../runtime/logs/incidents.js';
import type { EventOf, LogEvent } from '../../../runtime/logs/log-events.js';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import { QUIET_MS } from '../../../runtime/logs/quiet.js';
import { Stories } from '../../../runtime/logs/stories.js';
import { range } from '../../support/log-place.js';
import { readLine } from '../../support/read-line.js';
import { type ReadRecord, recordsOf } from '../../support/records-in.js';
import { ended, failed, INSTANCE, line, sampleEvents } from '../../support/sample-records.js';
import { ManualClock } from '../../support/stub-thread.js';

const START = Date.UTC(2026, 2, 1, 9, 30);
const SECOND = 1_000;
const ANY_ROOM: IncidentRoom = { whole: Infinity, heads: Infinity };

/** An incident log with a time of its own, and what it has written. */
class Stand {
  readonly clock = new ManualClock();
  readonly stories = new Stories();
  readonly log: IncidentLog;
  #text = '';

  constructor(room: (written: number) => IncidentRoom = () => ANY_ROOM) {
    const { clock } = this;
    this.log = new IncidentLog({
      instance: INSTANCE,
      wallNow: () => this.now,
      remind: (ms, fire) => clock.timer(ms, fire),
      sink: {
        write: (records) => void (this.#text += records),
        put: ({ text }: RecordBytes) => (this.#text += text).length,
        flush: () => undefined,
      },
      stories: this.stories,
      anomalies: new Anomalies(),
      incidents: new Incidents(INSTANCE, () => room(this.#text.length)),
    });
  }

  get now(): number {
    return START + this.clock.now();
  }

  get records(): readonly ReadRecord[] {
    return recordsOf(this.#text);
  }

  /** What each record says, those of an incident together. */
  get told(): Record<string, unknown[]> {
    const told: Record<string, unknown[]> = {};
    for (const record of this.records) {
      const { 'incident.id': id, 'incident.kind': kind, event_name: event, body } = record;
      if (event === 'incident') told[`${String(id)} ${String(kind)}`] = [];
      else
        Object.entries(told)
          .find(([key]) => key.startsWith(`${String(id)} `))?.[1]
          .push(event ?? body);
    }
    return told;
  }

  say(text: string, own: Partial<LogLine> = {}): void {
    this.log.line(readLine(line({ at: this.now, text, taskId: 1, ...own })));
  }

  settle(task: EndedTask) {
    return this.log.settled({ ...task, at: this.now });
  }

  happen(event: LogEvent): void {
    this.log.event({ ...event, at: this.now });
  }
}

/** The first sample of an event, of such a task. */
function sample<Name extends LogEvent['event']>(name: Name): EventOf<Name> {
  const found = sampleEvents().find(({ event }) => event === name);
  return (found ?? assert.fail(name)) as EventOf<Name>;
}

function leakOf(taskId: number, openedAt = '/app/a.js:1:1'): LogEvent {
  const event = sample('task.leaked');
  return { ...event, leak: { ...event.leak, taskId, openedAt } };
}

function retryOf(taskId: number, attempt: number): LogEvent {
  const event = sample('task.retried');
  return { ...event, retried: { ...event.retried, taskId, attempt } };
}

function restartOf(taskId: number, task: string): LogEvent {
  const event = sample('thread.restarted');
  return { ...event, death: { ...event.death, taskId, task } };
}

const ID = (number: number): string => `${INSTANCE}-${number}`;

test('what a running task leaves open is an incident with all it says, and its end', () => {
  const stand = new Stand();
  stand.say('before');
  stand.happen(leakOf(1));
  stand.say('behind');
  assert.deepEqual(stand.told, {});
  stand.settle(ended({ taskId: 1 }));
  assert.deepEqual(stand.told, { [`${ID(1)} leak`]: ['before', 'behind', 'task.ended'] });
  stand.clock.pass(2 * SECOND);
  assert.equal(Object.keys(stand.told).length, 1, 'once');
});

test('and of one that fails there are two, each whole', () => {
  const stand = new Stand();
  stand.say('one');
  stand.happen(leakOf(1));
  stand.settle(failed({ taskId: 1 }));
  const whole = ['one', 'task.ended'];
  assert.deepEqual(stand.told, { [`${ID(1)} failed`]: whole, [`${ID(2)} leak`]: whole });
});

test('an end that does not come is not waited for, neither longer than a second nor beyond the close', () => {
  const stand = new Stand();
  stand.happen(leakOf(1));
  stand.clock.pass(SECOND - 1);
  assert.deepEqual(stand.told, {});
  stand.say('so far', { taskId: 2 });
  stand.happen(leakOf(2, '/app/b.js:1:1'));
  stand.clock.pass(1);
  assert.deepEqual(stand.told, { [`${ID(1)} leak`]: [] });
  stand.log.close();
  assert.deepEqual(stand.told[`${ID(2)} leak`], ['so far']);
  stand.happen(leakOf(3, '/app/c.js:1:1'));
  assert.deepEqual(stand.told[`${ID(3)} leak`], []);
  assert.equal(stand.clock.timers, 0);
});

test('a thread that dies has the story of who did it, whichever is heard first', () => {
  const stand = new Stand();
  const lost = (taskId: number) => failed({ taskId, task: `task ${taskId}`, outcome: 'lost' });
  for (const taskId of [1, 2]) stand.say(`last words of ${taskId}`, { taskId });
  stand.settle(lost(1));
  stand.happen(restartOf(1, 'task 1'));
  stand.happen(restartOf(2, 'task 2'));
  stand.settle(lost(2));
  assert.deepEqual(stand.told, {
    [`${ID(1)} lost`]: ['last words of 1', 'task.ended'],
    [`${ID(2)} restart`]: ['last words of 1', 'task.ended'],
    [`${ID(3)} lost`]: ['last words of 2', 'thread.restarted', 'task.ended'],
    [`${ID(4)} restart`]: ['last words of 2', 'thread.restarted', 'task.ended'],
  });
});

test('attempts before the last, and what they have left running, are in the story', () => {
  const stand = new Stand();
  stand.say('first', { attempt: 1 });
  stand.happen(retryOf(1, 1));
  stand.say('late of the first', { attempt: 1, seq: 1, isLate: true });
  stand.say('second', { attempt: 2 });
  stand.happen(retryOf(1, 2));
  stand.settle(failed({ taskId: 1 }));
  assert.deepEqual(stand.told, {
    [`${ID(1)} failed`]: ['first', 'task.retried', 'late of the first', 'second', 'task.retried', 'task.ended'],
  });
  const retries = stand.records.filter(({ event_name: name }) => name === 'task.retried');
  assert.deepEqual(
    retries.map((record) => [record['incident.id'], record['task.attempt'], record['exception.message']]),
    [1, 2].map((attempt) => [ID(1), attempt, 'no such size: -1']),
  );
  assert.deepEqual(stand.records[0]?.['attributes'], { lines: 3 });
});

test('of attempts without number the first go, as lines do', () => {
  const stand = new Stand();
  for (const attempt of range(1, 301)) stand.happen(retryOf(1, attempt));
  stand.settle(failed({ taskId: 1 }));
  const [head, ...rest] = stand.records;
  assert.deepEqual([head?.['dropped.count'], rest.length], [100, 201]);
  assert.equal(rest[0]?.['task.attempt'], 101);
});

test('what happens to a task that is settled is kept for nobody', () => {
  const stand = new Stand();
  stand.settle(ended({ taskId: 1 }));
  stand.happen(restartOf(1, 'resize'));
  stand.say('late', { isLate: true });
  stand.settle(failed({ taskId: 2 }));
  stand.happen(retryOf(2, 1));
  assert.deepEqual([stand.stories.size, stand.stories.bytes], [0, 0]);
});

test('each task that is far outside has its incident, and one in ten minutes is news', () => {
  const stand = new Stand();
  for (const taskId of range(1, 201)) stand.settle(ended({ taskId }, { runMs: 50, waitMs: 1 }));
  const news = range(201, 206).map((taskId) => {
    stand.say('slow', { taskId });
    return stand.settle(ended({ taskId }, { runMs: 5_000, waitMs: 1 })).length;
  });
  assert.deepEqual(news, [1, 0, 0, 0, 0]);
  const each = range(1, 6).map((number) => [`${ID(number)} duration`, ['slow', 'task.ended']]);
  assert.deepEqual(stand.told, Object.fromEntries(each));
});

test('what was held back is said when its ten minutes are over, or at the close', () => {
  const stand = new Stand();
  const restart = (count: number): void => {
    for (let time = 0; time < count; time++) stand.happen(restartOf(0, 'resize'));
  };
  const counts = (): unknown[] =>
    stand.records.flatMap((record) =>
      record['suppressed.count'] === undefined ? [] : [[record['suppressed.count'], record['suppressed.window_ms']]],
    );
  restart(3);
  stand.clock.pass(QUIET_MS - SECOND);
  restart(2);
  assert.deepEqual(counts(), []);
  stand.clock.pass(2 * 60 * SECOND);
  assert.deepEqual(counts(), [[4, QUIET_MS - SECOND]]);
  assert.equal(stand.clock.timers, 0, 'nothing is to come');
  restart(3);
  stand.log.close();
  assert.deepEqual(counts().slice(1), [[2, 0]]);
});

test('when stories have filled their part of the hour there are heads, and then counts', () => {
  const [whole, heads] = [30_000, 40_000];
  const stand = new Stand((written) => ({ whole: whole - written, heads: heads - written }));
  for (const taskId of range(1, 401)) {
    for (const seq of range(0, 20)) stand.say('x'.repeat(100), { taskId, seq });
    stand.settle(failed({ taskId, task: `task ${taskId}` }));
  }
  const of = (taskId: number) => stand.records.filter((record) => record['task.id'] === taskId).length;
  const lengths = range(1, 401).map(of);
  assert.deepEqual([...new Set(lengths)], [22, 1, 0]);
  const bytes = JSON.stringify(stand.records).length;
  assert.ok(bytes < heads + 1_000, `${bytes}`);
  stand.log.close();
  const counted = stand.records.reduce((sum, record) => sum + Number(record['suppressed.count'] ?? 0), 0);
  assert.equal(counted, lengths.filter((length) => length === 0).length);
});
