import type { Commit, Machine } from '../harness/machine.js';
import type { Tally } from './tally.js';
import type { Drilled, Terms } from './terms.js';

/** All of a run, as it is written to a result file. */
export interface DrillResult {
  readonly v: 1;
  readonly date: string;
  readonly commit: Commit;
  readonly machine: Machine;
  /** Of what the drill uses besides. */
  readonly versions: Readonly<Record<string, string>>;
  readonly terms: Terms;
  readonly quick: boolean;
  readonly tallies: Partial<Record<Drilled, Tally>>;
}
