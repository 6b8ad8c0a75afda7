import type { Bench } from './bench.js';
import type { Commit, Machine } from './machine.js';
import type { Readings } from './rounds.js';
import type { Row, Summary } from './verdict.js';

/** All of a run, as it is written to a result file. */
export interface Result {
  readonly v: 1;
  readonly date: string;
  readonly commit: Commit;
  readonly machine: Machine;
  readonly threads: number;
  readonly rounds: number;
  readonly quick: boolean;
  readonly benches: readonly BenchResult[];
}

export interface BenchResult {
  readonly name: string;
  readonly work: string;
  readonly note: string;
  readonly metrics: Bench['metrics'];
  readonly rows: readonly Row[];
  readonly summary: Summary;
  readonly readings: Readings;
}
