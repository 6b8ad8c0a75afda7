import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { LogSink, SupervisorOptions } from '../../../runtime/index.js';
import { deferred } from '../../support/deferred.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { range } from '../../support/log-place.js';
import { bodiesOf, eventsOf, linesOf, type ReadRecord } from '../../support/records-in.js';
import { endOf, withLogs } from '../../support/with-logs.js';

type LeavesOpen = typeof import('../../fixtures/handlers/leave-file-open.js');
type Tells = typeof import('../../fixtures/handlers/tells.js');
type SaysWhere = typeof import('../../fixtures/handlers/says-where.js');

const ISOLATIONS: readonly NonNullable<SupervisorOptions['isolation']>[] = ['thread', 'process'];
const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const HOUR = /^\d{4}-\d\d-\d\dT\d\d$/;

/** A logger that resolves `heard` at such a line. */
function listener(text: string): { raw: LogSink; heard: Promise<void> } {
  const heard = deferred();
  const take = (message: string): void => {
    if (message === text) heard.resolve();
  };
  return { raw: { debug: take, info: take, warn: take, error: take }, heard: heard.promise };
}

for (const isolation of ISOLATIONS) {
  test(`what a task prints and logs is in the app log, in order, with its fields (isolation: ${isolation})`, async (t) => {
    const { raw, heard } = listener('late one');
    const { dir, app } = await withLogs(t, { isolation, logs: { raw } }, async (supervisor) => {
      const { say } = await supervisor.load<SaysWhere>(fixture('says-where'));
      await say('one', { trace: TRACE });
      await heard;
    });
    for (const kind of ['app', 'incidents']) {
      for (const name of readdirSync(join(dir, kind))) {
        const [prefix, hour, ...rest] = name.split('.');
        assert.deepEqual([prefix, HOUR.test(hour ?? ''), rest], [kind, true, ['log']], 'no lock, and nothing else');
      }
    }
    const own = linesOf(app, 1);
    const shown = own.map((one) => [one['log.seq'], one['log.iostream'], one['severity_text'], one['body']]);
    assert.deepEqual(shown, [
      [0, 'stdout', 'INFO', 'printed one'],
      [1, undefined, 'INFO', 'logged one'],
      [2, 'stdout', 'INFO', 'the end'],
      [3, 'stderr', 'WARN', 'late one'],
    ]);
    assert.deepEqual(own[1]?.['attributes'], { at: '1970-01-01T00:00:00.000Z', much: '1' });
    assert.equal(own[2]?.['log.partial'], true);
    const [ended] = eventsOf(app, 'task.ended');
    assert.deepEqual([ended?.['task.outcome'], ended?.['task.attempts'], ended?.['severity_text']], ['ok', 1, 'INFO']);
    for (const record of [...own, ended ?? assert.fail('no end')]) {
      assert.deepEqual([record['task.id'], record['task.name'], record['thread.slot']], [1, 'say', 0]);
      assert.deepEqual([record['trace_id'], record['span_id']], [TRACE.traceId, TRACE.spanId]);
      assert.match(String(record['timestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    for (const record of own) assert.deepEqual([record['task.attempt'], record['thread.generation']], [1, 1]);
    const end = endOf(app, 1);
    assert.ok(
      own.slice(0, 3).every((record) => app.indexOf(record) < end),
      'the end comes after what was said before it',
    );
    const instances = new Set(app.map((record) => record['service.instance.id']));
    assert.equal(instances.size, 1);
    assert.match(String([...instances][0]), /^[a-z0-9]{8}$/);
  });

  test(`what nobody's task has printed is in the app log without a task (isolation: ${isolation})`, async (t) => {
    const { app } = await withLogs(t, { isolation }, async (supervisor) => {
      await supervisor.load(fixture('says-where'));
    });
    assert.deepEqual(
      app.slice(0, 5).map((record) => record['event_name'] ?? record['body']),
      ['supervisor.started', 'loaded', 'set up 1', 'torn down 1', 'supervisor.closed'],
    );
    for (const record of app) assert.deepEqual([record['task.id'], record['task.attempt']], [undefined, undefined]);
  });

  test(`a failed task's whole story is an incident, with what the gate dropped (isolation: ${isolation})`, async (t) => {
    const lines = range(0, 100).map((beat) => `heartbeat ${beat}`);
    const { app, incidents } = await withLogs(t, { isolation }, async (supervisor) => {
      const { tell } = await supervisor.load<Tells>(fixture('tells'));
      await tell({ lines: ['all is well'] });
      const failing = tell({ lines, errors: ['it breaks'], failures: 1 }, { trace: TRACE });
      await assert.rejects(failing, /attempt 1 failed/);
    });
    const [head, ...rest] = incidents;
    assert.deepEqual([head?.['event_name'], head?.['incident.kind']], ['incident', 'failed']);
    assert.deepEqual(
      [head?.['task.id'], head?.['exception.type'], head?.['exception.message']],
      [2, 'RangeError', 'attempt 1 failed'],
    );
    assert.deepEqual(bodiesOf(rest), [...lines, 'it breaks', 'tell failed']);
    assert.deepEqual(
      rest.slice(0, -1).map((record) => record['log.seq']),
      range(0, lines.length + 1),
    );
    const end = rest.at(-1);
    assert.deepEqual([end?.['event_name'], end?.['task.outcome']], ['task.ended', 'failed']);
    for (const record of incidents) {
      assert.equal(record['incident.id'], head?.['incident.id']);
      assert.equal(record['trace_id'], TRACE.traceId);
      assert.equal(record['service.instance.id'], app[0]?.['service.instance.id']);
    }
    assert.deepEqual(bodiesOf(linesOf(app, 2)), ['heartbeat 0', 'it breaks']);
    assert.ok(endOf(app, 2) > app.findIndex(({ body }) => body === 'it breaks'));
  });

  test(`the unfinished last line of a task belongs to its story (isolation: ${isolation})`, async (t) => {
    const { app, incidents } = await withLogs(t, { isolation }, async (supervisor) => {
      const { tellHalf } = await supervisor.load<Tells>(fixture('tells'));
      await assert.rejects(tellHalf('half a line'), /before its end/);
    });
    assert.deepEqual(
      incidents.map((record) => [record['body'], record['log.partial']]),
      [
        ['tellHalf failed', undefined],
        ['half a line', true],
        ['tellHalf failed', undefined],
      ],
    );
    assert.deepEqual(bodiesOf(linesOf(app, 1)), ['half a line']);
  });

  test(`what a task leaves open is told, and is an incident (isolation: ${isolation})`, async (t) => {
    const { app, incidents } = await withLogs(t, { isolation }, async (supervisor) => {
      const { leaveFileOpenAndSay } = await supervisor.load<LeavesOpen>(fixture('leave-file-open'));
      await leaveFileOpenAndSay(import.meta.filename);
    });
    const [leaked] = eventsOf(app, 'task.leaked');
    assert.match(String(leaked?.['body']), /^leaveFileOpenAndSay left a file open, opened at .*leave-file-open/);
    assert.deepEqual([leaked?.['task.id'], leaked?.['severity_text']], [1, 'WARN']);
    assert.equal((leaked?.['attributes'] as Record<string, unknown>)['path'], import.meta.filename);
    const [head] = eventsOf(incidents, 'incident');
    assert.deepEqual([head?.['incident.kind'], head?.['anomaly.value']], ['leak', 1]);
    assert.deepEqual(bodiesOf(incidents).slice(1), ['opened', 'left', 'leaveFileOpenAndSay ok']);
  });

  test(`the story of a task that takes its thread along is an incident (isolation: ${isolation})`, async (t) => {
    const lines = range(0, 50).map((beat) => `heartbeat ${beat}`);
    const { app, incidents } = await withLogs(t, { isolation }, async (supervisor) => {
      const { tell } = await supervisor.load<Tells>(fixture('tells'));
      await assert.rejects(tell({ lines, exits: true }), { code: 'PLUSTWO_THREAD_LOST' });
      await tell({ lines: ['afterwards'] });
    });
    const lost = eventsOf(incidents, 'incident').find((record) => record['incident.kind'] === 'lost');
    const story = incidents.filter((one) => one['incident.id'] === lost?.['incident.id']);
    assert.deepEqual(bodiesOf(linesOf(story, 1)), lines);
    assert.deepEqual([story[0]?.['body'], story.at(-1)?.['body']], ['tell lost', 'tell lost']);
    const restart = eventsOf(incidents, 'incident').find((record) => record['incident.kind'] === 'restart');
    const same = incidents.filter((one) => one['incident.id'] === restart?.['incident.id']);
    assert.deepEqual(bodiesOf(linesOf(same, 1)), lines);
    assert.equal(same.at(-1)?.['event_name'], 'task.ended');
    const kinds = eventsOf(incidents, 'incident').map((record) => record['incident.kind']);
    assert.deepEqual(kinds.sort(), ['lost', 'restart']);
    const [restarted, ...more] = eventsOf(app, 'thread.restarted');
    assert.deepEqual([restarted?.['task.id'], restarted?.['thread.slot'], more], [1, 0, []]);
  });

  test(`tasks that take turns in one thread keep their lines apart (isolation: ${isolation})`, async (t) => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const lines = 40;
    const { app } = await withLogs(t, { isolation, logs: { noise: false } }, async (supervisor) => {
      const { tellInTurns } = await supervisor.load<Tells>(fixture('tells'));
      await Promise.all(names.map((who) => tellInTurns({ who, lines })));
    });
    for (const [index, who] of names.entries()) {
      const own = linesOf(app, index + 1);
      assert.deepEqual(
        bodiesOf(own),
        range(0, lines).flatMap((line) => [`${who} prints ${line}`, `${who} logs ${line}`]),
      );
      assert.deepEqual(
        own.map((record) => record['log.seq']),
        range(0, 2 * lines),
      );
      assert.ok(endOf(app, index + 1) > app.lastIndexOf(own.at(-1) ?? assert.fail(who)));
    }
    const turns = app.filter((record, index) => index > 0 && record['task.id'] !== app[index - 1]?.['task.id']);
    assert.ok(turns.length > names.length * 3, `they did take turns: ${turns.length} changes`);
  });

  test(`an attempt that is followed by another is told, with both attempts' lines (isolation: ${isolation})`, async (t) => {
    const { app, incidents } = await withLogs(t, { isolation }, async (supervisor) => {
      const { tellAgain } = await supervisor.load<Tells>(fixture('tells'));
      assert.equal(await tellAgain({ lines: ['trying'], failures: 2 }, { trace: TRACE }), 'said');
    });
    const own = app.filter((record) => record['task.id'] === 1);
    assert.deepEqual(
      own.map((record) => [record['event_name'] ?? record['body'], record['task.attempt'], record['log.seq']]),
      [
        ['trying', 1, 0],
        ['task.retried', 1, undefined],
        ['trying', 2, 0],
        ['task.retried', 2, undefined],
        ['trying', 3, 0],
        ['task.ended', undefined, undefined],
      ],
    );
    for (const [index, retried] of eventsOf(app, 'task.retried').entries()) {
      assert.deepEqual([retried['severity_text'], retried['exception.type']], ['WARN', 'RangeError']);
      assert.equal(retried['exception.message'], `attempt ${index + 1} failed`);
      assert.equal((retried['attributes'] as ReadRecord)['outcome'], 'failed');
    }
    assert.equal(own.at(-1)?.['task.attempts'], 3);
    for (const record of own) assert.deepEqual([record['trace_id'], record['span_id']], [TRACE.traceId, TRACE.spanId]);
    assert.deepEqual(incidents, [], 'in the end it went well');
  });
}

test('`incidents: false` keeps no stories, and the app log has the failure', async (t) => {
  const { dir, app } = await withLogs(t, { logs: { incidents: false } }, async (supervisor) => {
    const { tell } = await supervisor.load<Tells>(fixture('tells'));
    await assert.rejects(tell({ lines: ['trying'], failures: 1 }), /attempt 1 failed/);
  });
  assert.deepEqual(readdirSync(dir), ['app']);
  const [ended] = eventsOf(app, 'task.ended');
  assert.deepEqual([ended?.['severity_text'], ended?.['exception.message']], ['ERROR', 'attempt 1 failed']);
});

test('what a task says when it has ended is in the app log, and in no story', async (t) => {
  const { raw, heard } = listener('much later');
  const { app, incidents } = await withLogs(t, { logs: { raw } }, async (supervisor) => {
    const { tellLate } = await supervisor.load<Tells>(fixture('tells'));
    const gate = new Gate();
    await assert.rejects(tellLate({ words: gate.words, early: 'in time', late: 'much later' }), /it fails/);
    gate.open();
    await heard;
  });
  const own = app.filter((record) => record['task.id'] === 1);
  assert.deepEqual(
    own.map((record) => [record['event_name'] ?? record['body'], record['log.seq']]),
    [
      ['in time', 0],
      ['task.ended', undefined],
      ['much later', 1],
    ],
  );
  assert.deepEqual(bodiesOf(incidents), ['tellLate failed', 'in time', 'tellLate failed']);
});

test('tasks that run inline are in the log, too', async (t) => {
  const { app, incidents } = await withLogs(t, { threads: 0 }, async (supervisor) => {
    const { tell } = await supervisor.load<Tells>(fixture('tells'));
    await assert.rejects(tell({ lines: ['inline'], failures: 1 }), /attempt 1 failed/);
  });
  assert.deepEqual(bodiesOf(app.filter((record) => record['task.id'] === 1)), ['inline', 'tell failed']);
  assert.deepEqual(bodiesOf(incidents), ['tell failed', 'inline', 'tell failed']);
});
