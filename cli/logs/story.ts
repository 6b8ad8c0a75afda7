/** A line of a task. */
export interface StoryLine {
  readonly at: number;
  /** Its place among the lines of its run of the attempt, from 0. */
  readonly seq: number;
  /** Printed on one of the outputs, or logged. */
  readonly source: 'out' | 'err' | 'log';
  readonly level: string;
  readonly text: string;
  /** What was logged beside the text. */
  readonly attributes: object | undefined;
  readonly isPartial: boolean;
  readonly isBinary: boolean;
}

/** Something the supervisor says. */
export interface Note {
  readonly at: number;
  readonly text: string;
}

/** What was thrown. */
export interface Thrown {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
}

/** One run of one try: an attempt that is cut short by something else is run again under its number. */
export interface Attempt {
  readonly number: number;
  slot: number | undefined;
  generation: number | undefined;
  readonly lines: StoryLine[];
  /** What happened beside it that is neither its lines nor its end. */
  readonly notes: Note[];
  /** When it ended, if it is known, and what it is known by. */
  ended: Note | undefined;
  /** How long it ran, and how long its task had waited before. */
  runMs: number | undefined;
  waitMs: number | undefined;
  thrown: Thrown | undefined;
}

/** An anomaly, as the supervisor measured it. */
export interface Anomaly extends Note {
  readonly type: string;
  readonly value: number | undefined;
  readonly threshold: number | undefined;
  readonly baseline: number | undefined;
}

/** A part of the incident logs that tells of the task. */
export interface Incident {
  readonly id: string;
  readonly kind: string | undefined;
}

/** Lines that nobody can read any more. */
export interface Missing {
  readonly count: number;
  readonly text: string;
}

/** How a task ended, and what it cost. What is not known is absent. */
export interface Ended {
  readonly at: number;
  readonly outcome: string;
  readonly attempts: number | undefined;
  readonly waitMs: number | undefined;
  readonly runMs: number | undefined;
  readonly cpuMs: number | undefined;
  readonly heapDeltaBytes: number | undefined;
  readonly descriptorsOpened: number | undefined;
  readonly descriptorsLeaked: number | undefined;
  readonly thrown: Thrown | undefined;
}

/** Everything the logs have about one task. */
export interface Story {
  readonly taskId: number;
  /** The supervisor it belongs to: task ids begin anew with each. */
  readonly instance: string | undefined;
  name: string | undefined;
  pid: number | undefined;
  traceId: string | undefined;
  spanId: string | undefined;
  /** Times of the first and the last record. */
  first: number;
  last: number;
  /** In their order; those of one number are runs of one attempt. */
  readonly attempts: Attempt[];
  readonly anomalies: Anomaly[];
  readonly incidents: Incident[];
  ended: Ended | undefined;
  /** Lines of its kind that were left out while it ran, and lines that were lost. */
  readonly missing: Missing[];
}

/** When an attempt began: as its end tells, or else with its first line. An end may be told late, so what it tells is not after that line. */
export function beginOf({ ended, runMs, lines, notes }: Attempt): number | undefined {
  const told = ended && runMs !== undefined ? [ended.at - runMs] : ended ? [ended.at] : [];
  const times = [...told, ...[...lines, ...notes].map(({ at }) => at)];
  return times.length === 0 ? undefined : times.reduce((least, at) => Math.min(least, at));
}

/** When a story begins: with its first attempt, as far as the logs go back. */
export function beginOfStory(story: Story): number {
  for (const attempt of story.attempts) {
    const begin = beginOf(attempt);
    if (begin !== undefined) return begin;
  }
  return story.first;
}

/** How many lines of an attempt are not in the logs before each of its lines. */
export function gapsOf({ lines }: Attempt): number[] {
  return lines.map(({ seq }, index) => Math.max(0, seq - (lines[index - 1]?.seq ?? -1) - 1));
}
