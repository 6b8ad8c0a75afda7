import { parseArgs } from 'node:util';
import { oneOf, seed, threads, whole } from '../harness/option-values.js';
import type { ChaosTerms, Scenario } from './scenario.js';

export interface ChaosOptions extends ChaosTerms {
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run chaos -- [options]

  --tasks N         tasks of each isolation (1,000,000; 2,000 with --quick)
  --isolation NAME  thread or process (may be repeated; both)
  --seed N          repeats a run (drawn)
  --threads N       threads (cores + 2)
  --quick           few tasks and many faults of every kind
  --json FILE       write what was found to this file as well
  --help            print this

Exit code 1 when something was not as it has to be.
`;

const ISOLATIONS: readonly Scenario['isolation'][] = ['thread', 'process'];

/** Throws with what was expected and what was given. */
export function readChaosOptions(argv: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      tasks: { type: 'string' },
      isolation: { type: 'string', multiple: true },
      seed: { type: 'string' },
      threads: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    tasks: whole('--tasks', values.tasks, 100, values.quick ? 2_000 : 1_000_000),
    isolations: values.isolation?.map((name) => oneOf('--isolation', name, ISOLATIONS)) ?? ISOLATIONS,
    seed: seed(values.seed),
    threads: threads(values.threads),
    quick: values.quick,
    json: values.json,
    help: values.help,
  };
}
