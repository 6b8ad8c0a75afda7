import { type LogRecord, numberOf, textOf } from './record.js';
import { type Found, timeOf } from './search.js';

/**
 * Whether `a` is told before `b`, which comes first in doubt: if it is of an earlier time, or, in the same millisecond, of an earlier place
 * in the same task. Which of two tasks was first in a millisecond nobody knows.
 */
export function precedes(a: Found, b: Found): boolean {
  const later = timeOf(a) - timeOf(b);
  if (later !== 0) return later < 0;
  return a.kind === 'record' && b.kind === 'record' && isBefore(a.record, b.record);
}

/** Orders what is of one source: by time, and in the same millisecond as it stands there, with heads last. */
export function compareTimes(a: Found, b: Found): number {
  return timeOf(a) - timeOf(b) || rankOf(a) - rankOf(b);
}

function rankOf(found: Found): number {
  return found.kind === 'record' && isHead(found.record) ? 1 : 0;
}

/** Whether a record is the head of an incident. It sums up what came before, so it comes last. */
export function isHead({ fields }: LogRecord): boolean {
  return fields['event_name'] === 'incident' && fields['incident.id'] !== undefined;
}

function isBefore(a: LogRecord, b: LogRecord): boolean {
  if (isHead(a) || isHead(b)) return !isHead(a);
  if (!isOfSameTask(a, b)) return false;
  const [one, other] = [placeOf(a), placeOf(b)];
  if (one === undefined || other === undefined) return false;
  return one.attempt === other.attempt ? one.seq < other.seq : one.attempt < other.attempt;
}

function isOfSameTask({ fields: a }: LogRecord, { fields: b }: LogRecord): boolean {
  return ['task.id', 'service.instance.id'].every((name) => a[name] !== undefined && a[name] === b[name]);
}

/** Where in its task a record belongs: a line in its attempt, an end behind all lines of it. Of what else is said nobody knows. */
function placeOf(record: LogRecord): { attempt: number; seq: number } | undefined {
  const event = textOf(record, 'event_name');
  if (event === 'task.ended') return { attempt: Infinity, seq: Infinity };
  const attempt = numberOf(record, 'task.attempt');
  if (attempt === undefined) return undefined;
  if (event === 'task.retried') return { attempt, seq: Infinity };
  const seq = event === undefined ? numberOf(record, 'log.seq') : undefined;
  return seq === undefined ? undefined : { attempt, seq };
}
