import type { Inspection } from '../../runtime/index.js';

/** What was open in the inspected command at one moment: plain data, so that table and JSON are two ways to print the same thing. */
export interface Reading {
  /** Version of this shape. */
  v: 1;
  /** When, as ISO 8601. */
  at: string;
  /** Since the command was started, in milliseconds. */
  sinceMs: number;
  /** One for each supervisor that runs, or has ended since the reading before. */
  supervisors: SupervisorReading[];
}

/** What is open in one supervisor. */
export interface SupervisorReading extends Inspection {
  pid: number;
  /** False when its process was too busy to answer in time, or has gone: the rest is what was known before. */
  answered: boolean;
  /** Whether it has done its work: what is open now is what was left. */
  last: boolean;
}

/** Everything open in a thread. */
type Thread = Inspection['threads'][number];

/** One thing that is open. */
export type Holding = Thread['holdings'][number];

/** How many things are open, without descriptors of unknown owners. */
export function countOpen({ supervisors }: Pick<Reading, 'supervisors'>): number {
  return supervisors.reduce(
    (sum, { threads }) => threads.reduce((inThreads, { holdings }) => inThreads + holdings.length, sum),
    0,
  );
}
