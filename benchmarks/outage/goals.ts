import type { Share, Tally } from './tally.js';

/** A goal of ours and how it came out. */
export interface GoalRow {
  readonly what: string;
  readonly value: number;
  readonly most: number;
  readonly digits: number;
}

/** What retries may add while the circuit is closed: their budget is a fifth of the calls. */
const MOST_PER_TASK = 1.2;
/** The probe, and what was under way when the circuit opened. */
const HANDFUL = 5;

/** How many calls came for each that would have come without retries. */
export function amplification({ calls, first }: Share): number {
  return first === 0 ? NaN : calls / first;
}

/** What a drill of ours should come to. */
export function goalsOf({ closed, breaks, failedLater, mostAtOnce }: Tally, concurrency: number): GoalRow[] {
  const inBreaks = breaks.reduce((sum, count) => sum + count, 0);
  return [
    {
      what: 'calls per call without retries, until the circuit opened',
      value: amplification(closed),
      most: MOST_PER_TASK,
      digits: 2,
    },
    { what: 'failed calls per break', value: inBreaks / breaks.length, most: HANDFUL, digits: 1 },
    { what: 'calls at once', value: mostAtOnce, most: concurrency, digits: 0 },
    // One for each break may: a probe is an attempt of its task, and may be its last, or the budget refuses it another one.
    { what: 'tasks that came later and did not end ok', value: failedLater, most: breaks.length, digits: 0 },
  ];
}
