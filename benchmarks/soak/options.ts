import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

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

const LARGEST_SEED = 0xffff_ffff;

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
  const { isolation } = values;
  if (isolation !== 'thread' && isolation !== 'process')
    throw new Error(`--isolation has to be thread or process, not ${isolation}`);
  return {
    minutes: atLeast('--minutes', values.minutes, 1, WHOLE_MINUTES),
    isolation,
    seed: whole('--seed', values.seed, 0, randomInt(LARGEST_SEED + 1)),
    threads: whole('--threads', values.threads, 1, availableParallelism() + 2),
    json: values.json,
    help: values.help,
  };
}

function whole(name: string, text: string | undefined, least: number, standard: number): number {
  const value = atLeast(name, text, least, standard);
  if (!Number.isInteger(value)) throw new Error(`${name} has to be a whole number, not ${String(text)}`);
  return value;
}

function atLeast(name: string, text: string | undefined, least: number, standard: number): number {
  const value = text === undefined ? standard : Number(text);
  if (!(value >= least && value < Infinity))
    throw new Error(`${name} has to be a number from ${String(least)}, not ${String(text)}`);
  return value;
}
