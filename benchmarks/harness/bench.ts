import type { Contender } from '../pools/pool.js';

/** What every process of a run is told. */
export interface Setting {
  readonly threads: number;
  /** Small sizes that only show that everything runs. */
  readonly quick: boolean;
  /** Belongs to the bench, removed after it. */
  readonly directory: string;
  /** What `prepare` found. */
  readonly figures: Readonly<Record<string, number>>;
  /** Where our tasks run; what a user gets by default without it. */
  readonly isolation?: 'thread' | 'process';
}

/** One measurement of one contender in a process of its own: figures by metric. */
export type Reading = Readonly<Record<string, number>>;

export interface Metric {
  readonly label: string;
  readonly digits: number;
  /** How the rounds become one figure: the median, unless the question asks for the least. */
  readonly over: 'median' | 'least';
}

export interface Rank {
  readonly metric: string;
  readonly best: 'highest' | 'lowest';
}

/** A figure that is no contender's, such as a limit or what the machine could do at most. */
export interface Bound {
  readonly label: string;
  readonly value: number;
}

export interface Goal {
  readonly metric: string;
  /** `'fastest'` is the best of the bench's peers by its rank. */
  readonly of: 'fastest' | Contender | Bound;
  readonly sense: 'at least' | 'at most';
  /** Ours has to be at least, or at most, this many times the other figure. */
  readonly times: number;
}

export interface Bench {
  readonly name: string;
  /** The question in a few words, as the first column of the table. */
  readonly work: string;
  /** How it was measured, and what a reader has to know to judge the figures. */
  readonly note: string;
  readonly contenders: readonly Contender[];
  /** Of whom the fastest is the peer. */
  readonly peers: readonly Contender[];
  readonly rank: Rank;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** True if the contenders of a round may run side by side, because none of them is busy while it is measured. */
  readonly together?: boolean;
  goals(setting: Setting): readonly Goal[];
  /** Runs once, before the rounds, in the process that leads them. */
  prepare?(setting: Setting): Promise<Setting['figures']> | Setting['figures'];
  /** Runs in a process of its own, once per round and contender. */
  measure(contender: Contender, setting: Setting): Promise<Reading>;
}
