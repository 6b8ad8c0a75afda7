import type { LogLine } from '../../runtime/logs/log-line.js';
import type { SettledEvent } from '../../runtime/observe/events.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The first day begins here. */
export const START = Date.parse('2026-01-05T00:00:00Z');

/** How much there is. */
export interface Shape {
  readonly days: number;
  /** Of each day, in batches: somebody starts them four times a day. */
  readonly tasksPerDay: number;
  readonly linesPerTask: number;
  /** Tasks that fail, */
  readonly failures: number;
  /** and tasks that take ten times as long as the others. */
  readonly slow: number;
}

export const FORTY_DAYS: Shape = { days: 40, tasksPerDay: 100, linesPerTask: 18, failures: 25, slow: 25 };

const BATCHES_PER_DAY = 4;
/** All tasks are of one kind. */
export const TASK_NAME = 'importRows';
/** Tasks of a batch begin so long after each other, and take so long. */
const APART_MS = 2_000;
const RUN_MS = 60_000;
const SLOW_TIMES = 10;
/** The first days are for learning what is usual. */
const QUIET_DAYS = 2;
/** Of twenty lines. */
const HEARTBEATS = 8;
const CACHE = 7;
const OF = 20;
/** Has no factor in common with twenty: kinds of lines take turns. */
const STRIDE = 7;

/** What happens, in the order of its time. */
export type Happening =
  | { readonly at: number; readonly line: LogLine }
  | { readonly at: number; readonly settled: SettledEvent };

/** Why a task is an incident. */
export type Fate = 'failed' | 'duration';

/** Tasks with a fate, by their numbers: failures and slow ones take turns, evenly spread over all days but the first two. */
export function fatesOf({ days, tasksPerDay, failures, slow }: Shape): ReadonlyMap<number, Fate> {
  const fates = new Map<number, Fate>();
  const from = QUIET_DAYS * tasksPerDay;
  const room = days * tasksPerDay - from;
  const spread = (count: number, shift: number, fate: Fate): void => {
    for (let each = 0; each < count; each++) fates.set(from + Math.floor(((each + shift) / count) * room), fate);
  };
  spread(failures, 0.25, 'failed');
  spread(slow, 0.75, 'duration');
  return fates;
}

/** All of one day. */
export function happeningsOf(day: number, shape: Shape, fates: ReadonlyMap<number, Fate>): Happening[] {
  const first = day * shape.tasksPerDay;
  return Array.from({ length: shape.tasksPerDay }, (_, place) =>
    happeningsOfTask(first + place, begins(day, place, shape), fates.get(first + place), shape.linesPerTask),
  )
    .flat()
    .sort((one, other) => one.at - other.at);
}

function begins(day: number, place: number, { tasksPerDay }: Shape): number {
  const perBatch = Math.ceil(tasksPerDay / BATCHES_PER_DAY);
  const batch = Math.floor(place / perBatch);
  return START + day * DAY_MS + ((batch + 0.5) * DAY_MS) / BATCHES_PER_DAY + (place % perBatch) * APART_MS;
}

function happeningsOfTask(number: number, begin: number, fate: Fate | undefined, lines: number): Happening[] {
  const runMs = (RUN_MS + (number % 13) * 250) * (fate === 'duration' ? SLOW_TIMES : 1);
  const said = Array.from({ length: lines }, (_, seq): Happening => {
    const at = Math.round(begin + ((seq + 0.5) / lines) * runMs);
    return { at, line: lineAt(number, seq, at, textOf(number, number * lines + seq)) };
  });
  return [...said, { at: Math.round(begin + runMs), settled: settledOf(number, runMs, fate) }];
}

/** Exactly 40 % are heartbeats, 35 % are about a cache, and 25 % are neither. */
function textOf(task: number, index: number): string {
  const turn = (index * STRIDE) % OF;
  if (turn < HEARTBEATS)
    return `heartbeat ${index} of importer, lag ${index % 41} ms, ${(index * 13) % 900} rows waiting`;
  if (turn < HEARTBEATS + CACHE)
    return `cache updated: region ${index % 17}, ${(index * 29) % 5_000} entries in ${index % 23} ms`;
  return ordinary(task, index);
}

function ordinary(task: number, index: number): string {
  switch (index % 5) {
    case 0:
      return `import ${task}: read batch ${index} of the customer list, ${(index * 31) % 700} rows`;
    case 1:
      return `import ${task}: wrote ${(index * 17) % 700} rows to orders, ${index % 60} ms`;
    case 2:
      return `import ${task}: ${index % 9} rows have no postcode, looked up by street`;
    case 3:
      return `import ${task}: page ${index % 80} asked of the supplier, ${(index * 7) % 400} ms`;
    default:
      return `import ${task}: checksum ${((index * 2_654_435_761) >>> 0).toString(16)} of part ${index % 30} is right`;
  }
}

function lineAt(task: number, seq: number, at: number, text: string): LogLine {
  return {
    at,
    slot: task % 4,
    generation: 1,
    source: 'stdout',
    level: 'info',
    text,
    fields: undefined,
    taskId: task,
    taskName: TASK_NAME,
    attempt: 1,
    seq,
    isPartial: false,
    isLate: false,
    isBinary: false,
    traceId: undefined,
    spanId: undefined,
  };
}

function settledOf(taskId: number, runMs: number, fate: Fate | undefined): SettledEvent {
  const isFailed = fate === 'failed';
  return {
    task: TASK_NAME,
    taskId,
    outcome: isFailed ? 'failed' : 'ok',
    error: isFailed ? new Error(`import ${taskId}: the supplier sent half a page`) : undefined,
    trace: undefined,
    usage: {
      attempts: 1,
      slot: taskId % 4,
      estimated: false,
      waitMs: 1 + (taskId % 7),
      runMs,
      cpuMs: runMs / 20,
      heapDeltaBytes: 4_096,
      descriptors: { opened: 0, leaked: [] },
    },
  };
}
