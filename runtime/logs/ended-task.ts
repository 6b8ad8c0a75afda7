import type { LogLevel } from '../../workers/protocol/messages.js';
import type { Outcome } from '../../workers/protocol/outcome.js';
import { ThreadLostError } from '../errors.js';
import type { SettledEvent } from '../observe/events.js';
import { exceptionOf } from './exception.js';
import type { RecordValues } from './record-fields.js';
import { SEVERITIES, timeText } from './record-text.js';

/** A task that is settled, as its records tell it. */
export interface EndedTask extends SettledEvent {
  /** When, milliseconds since the epoch. */
  readonly at: number;
}

const NO_EXCEPTION: RecordValues = {};

/** A task its caller gave up is no failure. */
const LEVELS: Readonly<Record<Outcome, LogLevel>> = {
  ok: 'info',
  cancelled: 'info',
  failed: 'error',
  'timed-out': 'error',
  lost: 'error',
};

/** How serious an outcome is. */
export function levelOf(outcome: Outcome): LogLevel {
  return LEVELS[outcome];
}

/**
 * The fields of a task's end, in the order of the table: which task it was, what it cost, how it went wrong. A share of a longer reading is
 * nobody's own, so it is left out. Some write one record for each task, and an object that is put together from several costs more than all
 * the rest: so it is made in one piece.
 */
export function endedValues(ended: EndedTask, instance: string, incident?: string): RecordValues {
  const { at, trace, taskId, task, outcome, error, usage } = ended;
  const { attempts, slot, estimated, waitMs, runMs, cpuMs, heapDeltaBytes, descriptors } = usage;
  const severity = SEVERITIES[levelOf(outcome)];
  const exception = outcome === 'ok' ? NO_EXCEPTION : exceptionValues(error);
  const ran = slot !== null;
  return {
    timestamp: timeText(at),
    severity_text: severity.text,
    severity_number: severity.number,
    body: `${task} ${outcome}`,
    event_name: 'task.ended',
    trace_id: trace?.traceId,
    span_id: trace?.spanId,
    'service.instance.id': instance,
    'task.id': taskId,
    'task.name': task,
    'task.outcome': outcome,
    'task.attempts': attempts,
    'task.wait_ms': ran ? roundMs(waitMs) : undefined,
    'task.run_ms': ran ? roundMs(runMs) : undefined,
    'task.cpu_ms': ran && !estimated && cpuMs !== null ? roundMs(cpuMs) : undefined,
    'task.heap_delta_bytes': ran && !estimated && heapDeltaBytes !== null ? Math.round(heapDeltaBytes) : undefined,
    'task.descriptors_opened': descriptors.opened || undefined,
    'task.descriptors_leaked': descriptors.leaked.length || undefined,
    'thread.slot': slot ?? undefined,
    'exception.type': exception['exception.type'],
    'exception.message': exception['exception.message'],
    'exception.stacktrace': exception['exception.stacktrace'],
    'incident.id': incident,
    attributes: exception.attributes,
  };
}

/** The fields of an error, with what its stack does not say. */
export function exceptionValues(error: unknown): RecordValues {
  const { type, message, stacktrace } = exceptionOf(error);
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stacktrace,
    attributes: error instanceof ThreadLostError && error.output !== undefined ? { output: error.output } : undefined,
  };
}

/** Microseconds are as fine as clocks are read. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
