import type { LogLevel } from '../../workers/protocol/messages.js';

/**
 * A text of ASCII where it lies, a byte for each character, until the next is read. Most lines are counted and never written, and what is
 * done with them needs no text of their own.
 */
export interface PlainText {
  readonly bytes: Uint8Array;
  /** The same memory, four bytes at a time. */
  readonly ints: Int32Array;
  readonly from: number;
  readonly length: number;
}

/** What a task printed or logged, as it was captured: one line of it. */
export interface LogLine {
  /** When, milliseconds since the epoch. */
  readonly at: number;
  readonly slot: number;
  readonly generation: number;
  /** Printed on one of the outputs, or logged by `ctx.log`. */
  readonly source: 'stdout' | 'stderr' | 'log';
  /** Of what was printed: `info` on stdout, `warn` on stderr. */
  readonly level: LogLevel;
  /** Without the newline. */
  readonly text: string;
  /** The same, see {@link PlainText}. */
  readonly plain?: PlainText | undefined;
  /** What `ctx.log` got beside the message, as the text of a JSON object. */
  readonly fields: string | undefined;
  /** Undefined where it was printed by no task: a module being loaded, a timer nobody owns. */
  readonly taskId: number | undefined;
  readonly taskName: string | undefined;
  /** 1 for the first attempt; 0 where no task is named. */
  readonly attempt: number;
  /** Its place among the lines of its attempt, from 0; among those of the thread where no task is named. */
  readonly seq: number;
  /** Whether no newline came behind it: its attempt ended, or it is a piece of a very long line. */
  readonly isPartial: boolean;
  /** Whether its attempt had ended when it was printed. */
  readonly isLate: boolean;
  /** Whether what was printed was no UTF-8; what could not be read stands as U+FFFD. */
  readonly isBinary: boolean;
  /** What its caller's trace is called; 32 and 16 hexadecimal digits. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** What a logger gets beside the text: the task's own fields, and whose they are. */
export function loggerFields(line: LogLine): Record<string, unknown> {
  const { fields, taskName, taskId, attempt, source, traceId, spanId } = line;
  const whose = taskId === undefined ? {} : { task: taskName, taskId, attempt, ...traceFields(traceId, spanId) };
  const ours = source === 'log' ? whose : { ...whose, stream: source };
  return fields === undefined
    ? ours
    : { ...withoutTaken(JSON.parse(fields) as Record<string, unknown>, ours), ...ours };
}

/**
 * A task's own fields; those that are called like one of ours and say something else, under `fields`. Where they are they would be lost, or
 * taken for ours: `stream` tells of a line that it was printed.
 */
function withoutTaken(own: Record<string, unknown>, ours: Record<string, unknown>): Record<string, unknown> {
  const isTaken = (name: string): boolean =>
    (name === 'stream' || Object.hasOwn(ours, name)) && own[name] !== ours[name];
  if (!Object.keys(own).some(isTaken)) return own;
  const free: [string, unknown][] = [];
  const taken: [string, unknown][] = [];
  for (const entry of Object.entries(own)) (isTaken(entry[0]) || entry[0] === 'fields' ? taken : free).push(entry);
  return { ...Object.fromEntries(free), fields: Object.fromEntries(taken) };
}

/** The caller's trace as a logger gets it, under the names that log shippers look for. */
export function traceFields(traceId: string | undefined, spanId: string | undefined): Record<string, unknown> {
  return traceId === undefined ? {} : { trace_id: traceId, span_id: spanId };
}
