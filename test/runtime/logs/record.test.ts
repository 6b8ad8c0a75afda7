import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import { eventRecord, type LineMarks, lineRecord, taskEndedRecord } from '../../../runtime/logs/record.js';
import { quoted, recordText, SEVERITIES, timeText } from '../../../runtime/logs/record-text.js';
import { anyLine, anyMarks, anyText, moment } from '../../support/any-line.js';
import { checkRecord } from '../../support/check-record.js';
import { ended, failed, INSTANCE, line, sampleEvents } from '../../support/sample-records.js';

/** The same record as an object, the slow way. */
function expected(of: LogLine, instance: string, marks: LineMarks): string {
  const record = {
    timestamp: new Date(of.at).toISOString(),
    severity_text: SEVERITIES[of.level].text,
    severity_number: SEVERITIES[of.level].number,
    body: of.text,
    trace_id: of.traceId,
    span_id: of.spanId,
    'service.instance.id': instance,
    'task.id': of.taskId,
    'task.name': of.taskName,
    'task.attempt': of.attempt === 0 ? undefined : of.attempt,
    'thread.slot': of.slot,
    'thread.generation': of.generation,
    'log.iostream': of.source === 'log' ? undefined : of.source,
    'log.seq': of.seq,
    'log.partial': of.isPartial || undefined,
    'log.binary': of.isBinary || undefined,
    'log.rule': marks.rule,
    'log.alarm': marks.alarm === true || undefined,
    'incident.id': marks.incident,
    attributes: 'here',
  };
  const text = JSON.stringify(record);
  const end = ',"attributes":"here"}';
  return `${text.slice(0, -end.length)}${of.fields === undefined ? '' : `,"attributes":${of.fields}`}}\n`;
}

test('a record is what JSON.stringify would make of it, for any line after any other', () => {
  const several = fc.array(fc.tuple(anyLine, fc.constantFrom('k3v9x0ab', 'k3v9x0ac'), anyMarks), { maxLength: 30 });
  fc.assert(
    fc.property(several, (lines) => {
      for (const [each, instance, marks] of lines) {
        const text = lineRecord(each, instance, marks);
        assert.equal(text, expected(each, instance, marks));
        assert.equal(checkRecord(text)['body'], each.text);
      }
    }),
    { numRuns: 500 },
  );
});

test('what one attempt has in common is not taken for that of another in its place', () => {
  const base = line({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
  const others: Partial<LogLine>[] = [
    { taskId: 412 + 256 },
    { taskName: 'hash' },
    { attempt: 2 },
    { slot: 3 },
    { generation: 2 },
    { source: 'stderr' },
    { traceId: 'c'.repeat(32) },
    { spanId: undefined },
    { taskId: undefined, slot: 412 },
  ];
  for (const change of others) {
    lineRecord(base, INSTANCE);
    const changed = { ...base, ...change };
    assert.equal(lineRecord(changed, INSTANCE), expected(changed, INSTANCE, {}));
  }
  assert.equal(lineRecord(base, 'k3v9x0ac'), expected(base, 'k3v9x0ac', {}));
});

test('fields of a line stand as they came, whatever they are called', () => {
  const text = lineRecord(line({ source: 'log', fields: '{"__proto__":{"isAdmin":true},"task.id":7}' }), INSTANCE);
  const record = checkRecord(text);
  assert.equal(record['task.id'], 412);
  assert.deepEqual(Object.keys(record['attributes'] as object), ['__proto__', 'task.id']);
  assert.equal((record as { isAdmin?: boolean }).isAdmin, undefined);
});

test('a text is quoted as JSON.stringify does it', () => {
  fc.assert(
    fc.property(anyText, (text) => assert.equal(quoted(text), JSON.stringify(text))),
    { numRuns: 2_000 },
  );
  for (let unit = 0; unit <= 0xffff; unit++) {
    const text = String.fromCharCode(unit);
    assert.equal(quoted(text), JSON.stringify(text), String(unit));
  }
});

test('moments are told in ISO 8601, in whatever order they come', () => {
  const near = fc.integer({ min: -3_000, max: 3_000 }).map((ms) => Date.UTC(2026, 11, 31, 23, 59, 59) + ms);
  fc.assert(
    fc.property(fc.array(fc.oneof(moment, near)), (moments) => {
      for (const at of moments) assert.equal(timeText(at), new Date(at).toISOString());
    }),
  );
  assert.equal(timeText(1_772_357_400_125.9), '2026-03-01T09:30:00.125Z');
});

test('a moment that is none is told as the first', () => {
  for (const at of [Number.NaN, -1, Number.POSITIVE_INFINITY, 253_402_300_800_000]) {
    assert.equal(timeText(at), '1970-01-01T00:00:00.000Z');
  }
  assert.equal(timeText(253_402_300_799_999), '9999-12-31T23:59:59.999Z');
});

test('a field that says nothing is left out', () => {
  assert.equal(recordText({}), '{}\n');
  const values = { body: 'b', timestamp: 't', 'log.partial': false, 'task.id': undefined, 'task.wait_ms': Number.NaN };
  assert.equal(recordText({ ...values, 'anomaly.value': Number.POSITIVE_INFINITY }), '{"timestamp":"t","body":"b"}\n');
});

test('a task that went well ends with its cost', () => {
  const record = checkRecord(taskEndedRecord(ended(), INSTANCE));
  assert.deepEqual(record, {
    timestamp: '2026-03-01T09:30:00.125Z',
    severity_text: 'INFO',
    severity_number: 9,
    body: 'resize ok',
    event_name: 'task.ended',
    'service.instance.id': INSTANCE,
    'task.id': 412,
    'task.name': 'resize',
    'task.outcome': 'ok',
    'task.attempts': 1,
    'task.wait_ms': 12.4,
    'task.run_ms': 86.2,
    'task.cpu_ms': 80.05,
    'task.heap_delta_bytes': -20_480,
    'task.descriptors_opened': 4,
    'thread.slot': 2,
  });
});

test('a task that never ran has no cost, and one that was too short for a reading none of its own', () => {
  const never = checkRecord(taskEndedRecord(ended({ outcome: 'cancelled' }, { attempts: 0, slot: null }), INSTANCE));
  assert.equal(never['task.attempts'], 0);
  for (const name of ['task.wait_ms', 'task.run_ms', 'task.cpu_ms', 'task.heap_delta_bytes', 'thread.slot']) {
    assert.ok(!(name in never), name);
  }
  const short = checkRecord(taskEndedRecord(ended({}, { estimated: true }), INSTANCE));
  assert.equal(short['task.run_ms'], 86.2);
  assert.ok(!('task.cpu_ms' in short) && !('task.heap_delta_bytes' in short));
  const unread = checkRecord(taskEndedRecord(ended({}, { cpuMs: null, heapDeltaBytes: null }), INSTANCE));
  assert.ok(!('task.cpu_ms' in unread) && !('task.heap_delta_bytes' in unread));
});

test('how serious the end of a task is follows from its outcome, and what went wrong is told', () => {
  const outcomes = ['ok', 'cancelled', 'failed', 'timed-out', 'lost'] as const;
  const records = outcomes.map((outcome) => checkRecord(taskEndedRecord(failed({ outcome }), INSTANCE)));
  const levels = records.map((record) => record['severity_text']);
  assert.deepEqual(levels, ['INFO', 'INFO', 'ERROR', 'ERROR', 'ERROR']);
  const types = records.map((record) => record['exception.type']);
  assert.deepEqual(types, [undefined, 'RangeError', 'RangeError', 'RangeError', 'RangeError']);
});

test('events are told in words a reader understands without their fields', () => {
  const told = sampleEvents().map((event) => {
    const { event_name, severity_text, body } = checkRecord(eventRecord(event, INSTANCE));
    assert.equal(event_name, event.event);
    return `${String(severity_text)} ${String(body)}`;
  });
  assert.deepEqual(told, [
    'INFO plustwo started: 4 threads',
    'INFO plustwo closed',
    'WARN resize failed in attempt 1: another one in 200.123 ms',
    'WARN resize failed in attempt 1: another one in 200.123 ms',
    'WARN the thread of slot 2 died: exit code 3, while running resize',
    'WARN the thread of slot 2 died: exit code 3',
    'WARN the child process died: exit code 3, while running resize',
    'INFO thread recycled: slot 2, for its descriptors',
    'WARN recycling did not help: slot 2, for its descriptors',
    'WARN resize left a file open, opened at /app/images.js:7:11',
    'WARN resize left a file open',
    'WARN memory of slot 2 grows with task resize: 1,024 bytes each',
    'WARN memory of slot 2 grows with its tasks: 1,024 bytes each',
    'INFO memory of slot 2 grows no more',
    'WARN circuit of billing is open: 12 of 20 calls failed',
    'INFO circuit of billing is half-open: 12 of 20 calls failed',
    'INFO circuit of billing is closed: 12 of 20 calls failed',
    'INFO suppressed 1,204 lines of heartbeat in 60 s',
    'INFO suppressed 2 lines in 60 s',
    'INFO suppressed 1 line in 1.2 s',
    'WARN dropped 37 lines for want of room',
    'WARN dropped 0 lines for want of room',
    'INFO 2,000,000 bytes in, 500,000 out: 75 % less; 4,990 lines suppressed',
    'INFO 0 bytes in, 0 out: 0 % less; 4,990 lines suppressed',
    'WARN heartbeat fell silent: no line in 1 window, 60 in each are usual',
    'WARN cache jumped: 5,000 lines in one window, 12.5 are usual',
    'WARN resize ran long: 4,100 ms; unusual from 1,210.5 ms on, the median is 82.7 ms',
    'WARN resize ran long (3 others since the last that was told)',
    'ERROR log sink app: ENOSPC, 3 lines held, 0 dropped',
    'ERROR log sink app: closed while it could not be written, 3 lines lost',
    'ERROR log sink app: /app/logs/app was removed, and another process writes to it now as well',
    'ERROR log sink app: could not remove /app/logs/app: ENOSPC',
    'INFO log sink app works again: nothing was lost',
    'WARN log sink app works again: dropped 12 lines',
  ]);
});
