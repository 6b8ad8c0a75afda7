import { parseArgs } from 'node:util';
import { atLeast, oneOf, seed, threads } from '../harness/option-values.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly isolation: 'thread' | 'process';
  readonly seed: number;
  readonly threads: number;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** A run of so many minutes is kept. */
export const WHOLE_MINUTES = 60;

export const USAGE = `npm run soak -- [options]

  --minutes N       how long (${String(WHOLE_MINUTES)}, at least 1)
  --isolation NAME  thread or process (thread)
  --seed N          chooses the faults (drawn)
  --threads N       threads (cores + 2)
  --json FILE       write what was found to this file as well
  --help            print this

A run of ${String(WHOLE_MINUTES)} minutes or more is written to benchmarks/results. Exit code 1 when a figure rises, or something came out otherwise than
it had to.
`;

/** Throws with what was expected and what was given. */
export function readSoakOptions(argv: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string' },
      isolation: { type: 'string', default: 'thread' },
      seed: { type: 'string' },
      threads: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    minutes: atLeast('--minutes', values.minutes, 1, WHOLE_MINUTES),
    isolation: oneOf('--isolation', values.isolation, ['thread', 'process']),
    seed: seed(values.seed),
    threads: threads(values.threads),
    json: values.json,
    help: values.help,
  };
}
