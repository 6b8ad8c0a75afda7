import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type LogRecord, parseRecord } from '../../../cli/logs/record.js';

export type Fields = Readonly<Record<string, unknown>>;

/** The hour the records of the tests begin in. */
export const hour = '2026-11-21T09';

/** The time so many milliseconds into that hour, as records have it. */
export function time(ms: number): string {
  return new Date(Date.parse(`${hour}:00Z`) + ms).toISOString();
}

const numbers = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17 } as const;

interface Line extends Fields {
  at?: number;
  level?: keyof typeof numbers;
  body?: string;
}

/** A record that the supervisor writes, its keys in the order in which it writes them. */
export function record({ at = 0, level = 'INFO', ...given }: Line): Fields {
  const { body, event_name, trace_id, span_id, ...more } = given;
  return {
    timestamp: time(at),
    severity_text: level,
    severity_number: numbers[level],
    body,
    event_name,
    trace_id,
    span_id,
    'service.instance.id': 'k3f9a2bc',
    ...more,
  };
}

/** A line of the task resize#17, in its first attempt unless told otherwise. */
export function line(at: number, seq: number, body: string, more: Line = {}): Fields {
  const task = { 'task.id': 17, 'task.name': 'resize', 'task.attempt': 1 };
  const thread = { 'thread.slot': 2, 'thread.generation': 1, 'process.pid': 4242, 'log.iostream': 'stdout' };
  return record({ at, body, ...task, ...thread, 'log.seq': seq, ...more });
}

/** Records as a file holds them. */
export function text(records: readonly Fields[]): string {
  return records.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** A record as it was read. */
export function parsed(fields: Fields): LogRecord {
  const found = parseRecord(JSON.stringify(fields));
  if (!found) throw new Error(`${JSON.stringify(fields)} is no record`);
  return found;
}

/** Writes log files below a directory, those that end in `.gz` compressed. */
export function writeLogs(directory: string, files: Readonly<Record<string, readonly Fields[] | string>>): void {
  for (const [name, contents] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    const plain = typeof contents === 'string' ? contents : text(contents);
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(plain) : plain);
  }
}

/** All of a task that failed at its second attempt: what the app log has of it, and what the incidents have. */
export function failedTask(): { app: Fields[]; incidents: Fields[] } {
  const task = { 'task.id': 17, 'task.name': 'resize' };
  const second = { 'task.attempt': 2, 'thread.slot': 3 };
  const lines = [
    line(120, 0, 'reading /data/a.png'),
    line(131, 1, 'cache updated'),
    line(140, 2, 'cache updated'),
    line(155, 3, 'the part is broken', { level: 'WARN', 'log.iostream': 'stderr' }),
    line(1480, 0, 'reading /data/a.png', second),
    line(1490, 1, 'resizing', { ...second, 'log.iostream': undefined, attributes: { width: 320, file: 'a.png' } }),
    line(1495, 2, '幅 320\u001b[2J', second),
    line(4500, 3, 'half a li', { ...second, 'log.partial': true }),
  ];
  const retried = record({
    at: 180,
    level: 'WARN',
    body: 'attempt 1 failed, trying again in 1.3 s',
    event_name: 'task.retried',
    ...task,
    'task.attempt': 1,
    'task.wait_ms': 40,
    'task.run_ms': 80,
    'exception.type': 'Error',
    'exception.message': 'unexpected end of file',
  });
  const anomaly = record({
    at: 4510,
    level: 'WARN',
    body: 'ran 3.1 s, above 900 ms; usually 210 ms',
    event_name: 'anomaly',
    ...task,
    'task.attempt': 2,
    'anomaly.type': 'duration',
    'anomaly.value': 3050,
    'anomaly.threshold': 900,
    'anomaly.baseline': 210,
  });
  const ended = record({
    at: 4520,
    level: 'ERROR',
    body: 'resize failed: unexpected end of file',
    event_name: 'task.ended',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
    ...task,
    'task.attempt': 2,
    'task.outcome': 'failed',
    'task.attempts': 2,
    'task.wait_ms': 1410,
    'task.run_ms': 3050,
    'task.cpu_ms': 210.4,
    'task.heap_delta_bytes': 40_960,
    'task.descriptors_opened': 12,
    'task.descriptors_leaked': 1,
    'thread.slot': 3,
    'thread.generation': 1,
    'exception.type': 'RangeError',
    'exception.message': 'unexpected end of file',
    'exception.stacktrace':
      'RangeError: unexpected end of file\n    at resize (/app/tasks/resize.mjs:12:9)\n    at run (/app/tasks/run.mjs:3:1)',
  });
  const suppressed = record({
    at: 60_000,
    body: 'suppressed 1,204 lines of cache in 60 s',
    event_name: 'log.suppressed',
    'task.name': 'resize',
    'suppressed.count': 1204,
    'suppressed.rule': 'cache',
    'suppressed.kind': 'cache updated',
    'suppressed.window_ms': 60_000,
  });
  const head = record({
    at: 4520,
    level: 'ERROR',
    body: 'resize failed',
    event_name: 'incident',
    ...task,
    'incident.id': 'k3f9a2bc-1',
    'incident.kind': 'failed',
  });
  const story = [lines.slice(0, 4), retried, lines.slice(4), anomaly, ended].flat();
  const isKept = (one: Fields): boolean => one['log.seq'] !== 2 || one['task.attempt'] !== 1;
  return { app: [...story.filter(isKept), suppressed], incidents: [head, ...story] };
}
