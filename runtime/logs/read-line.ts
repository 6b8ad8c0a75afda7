import type { DroppedLines, RingLine } from '../../workers/protocol/log-ring.js';
import type { TaskType } from '../task.js';
import type { LogLine } from './log-line.js';

/**
 * A line as it is read of a thread. What its task is called only the supervisor knows, and says so here: lines come by the hundred thousand a
 * second, and a second object for each would cost as much as reading it.
 */
export interface ReadLine extends LogLine {
  /** Number of the task's handler; 0 where no task is named. */
  readonly handler: number;
  taskName: string | undefined;
}

/** The thread that lines are of. */
export interface ReadThread {
  readonly slot: number;
  readonly generation: number;
}

/** Lines that a thread had no room for. */
export interface LostLines extends DroppedLines, ReadThread {}

/** Characters of a trace's id; a hyphen and the span follow. */
export const TRACE_ID_LENGTH = 32;

/** A line that did not come through a ring. */
export function readLine({ trace, ...line }: RingLine, { slot, generation }: ReadThread): ReadLine {
  const traceId = trace?.slice(0, TRACE_ID_LENGTH);
  return { ...line, slot, generation, taskName: undefined, traceId, spanId: trace?.slice(TRACE_ID_LENGTH + 1) };
}

/** Says what the tasks of lines are called. */
export function nameTasks(lines: readonly ReadLine[], typeOf: (number: number) => TaskType | undefined): void {
  for (const line of lines) if (line.taskId !== undefined) line.taskName = typeOf(line.handler)?.label;
}
