import { parseArgs } from 'node:util';
import { threads, whole } from './option-values.js';

export interface Options {
  readonly only: readonly string[];
  readonly contenders: readonly string[];
  readonly rounds: number;
  readonly threads: number;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]

  --only NAME       measure this bench only (may be repeated)
  --contender NAME  measure this contender only (may be repeated)
  --rounds N        rounds per bench (5, or 1 with --quick)
  --threads N       threads of every contender (cores + 2)
  --quick           small sizes, no verdict: shows only that everything runs
  --json FILE       write the result to this file as well
  --help            print this

A whole run is written to benchmarks/results; one with --only, --contender, --quick or fewer than 5 rounds is not.
`;

/** Throws with what was expected and what was given. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true },
      contender: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      threads: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    only: values.only ?? [],
    contenders: values.contender ?? [],
    rounds: whole('--rounds', values.rounds, 1, values.quick ? 1 : 5),
    threads: threads(values.threads),
    quick: values.quick,
    json: values.json,
    help: values.help,
  };
}
