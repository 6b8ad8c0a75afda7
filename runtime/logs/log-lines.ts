import type { DroppedLines } from '../../workers/protocol/log-ring.js';
import type { TaskType } from '../task.js';
import type { LogLine } from './log-line.js';
import type { ReadLine } from './ring-reader.js';

/** Lines that a thread had no room for. */
export interface LostLines extends DroppedLines {
  readonly slot: number;
  readonly generation: number;
}

/** Where the span begins in a trace: behind the hyphen. */
const SPAN_AT = 33;

/** Lines of a thread, with what only the supervisor knows of them. */
export function logLines(
  batch: readonly ReadLine[],
  thread: { readonly slot: number; readonly generation: number },
  typeOf: (number: number) => TaskType | undefined,
): LogLine[] {
  const { slot, generation } = thread;
  // Named one by one: copying what is left of an object costs more than reading it out of the ring.
  return batch.map((line) => ({
    at: line.at,
    slot,
    generation,
    source: line.source,
    level: line.level,
    text: line.text,
    fields: line.fields,
    taskId: line.taskId,
    taskName: line.taskId === undefined ? undefined : typeOf(line.handler)?.label,
    attempt: line.attempt,
    seq: line.seq,
    isPartial: line.isPartial,
    isBinary: line.isBinary,
    isLate: line.isLate,
    traceId: line.trace?.slice(0, SPAN_AT - 1),
    spanId: line.trace?.slice(SPAN_AT),
  }));
}
