import type { EndedTask } from './ended-task.js';
import { errorFields } from './exception.js';
import type { GateLine } from './gate-note.js';
import { type LogLine, traceFields } from './log-line.js';
import { ReadLine } from './read-line.js';

/** Something that is said, on its way through the gate: by a task, of a task's end, or of something else by the supervisor. */
export type Said = LogLine | EndSaid | OwnSaid;

/** Most ends are counted, so their records are made of those only that are not. */
export interface EndSaid extends GateLine {
  readonly source: 'end';
  readonly taskName: string;
  readonly ended: EndedTask;
}

export interface OwnSaid extends GateLine {
  readonly source: 'supervisor';
  readonly record: string;
  /** What a logger gets beside the text. */
  readonly details: Record<string, unknown>;
}

/** One that stays as it is, of one that may be read over. */
export function heldSaid(said: Said): Said {
  return said instanceof ReadLine ? said.copy() : said;
}

/** What a logger gets beside the text. */
export function detailsOf(said: OwnSaid | EndSaid): Record<string, unknown> {
  if (said.source === 'supervisor') return said.details;
  const { task, taskId, outcome, error, usage, trace } = said.ended;
  return {
    task,
    taskId,
    outcome,
    ...(outcome === 'ok' ? {} : { error: errorFields(error) }),
    ...traceFields(trace?.traceId, trace?.spanId),
    ...usage,
  };
}
