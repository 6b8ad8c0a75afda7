import { parseArgs } from 'node:util';

export interface Options {
  readonly lines: number;
  readonly rounds: number;
  /** Too few for a verdict. */
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `node dist/benchmarks/logs-search.js [options]

  --lines N     lines of the file, of about 240 bytes each (1,000,000)
  --rounds N    rounds (5, or 1 with --quick)
  --quick       20,000 lines, no verdict: shows only that everything runs
  --json FILE   write the result to this file as well
  --help        print this
`;

/** Throws with what was expected and what was given. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      lines: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    lines: atLeast(1000, '--lines', values.lines, values.quick ? 20_000 : 1_000_000),
    rounds: atLeast(1, '--rounds', values.rounds, values.quick ? 1 : 5),
    quick: values.quick,
    json: values.json,
    help: values.help,
  };
}

function atLeast(least: number, name: string, text: string | undefined, standard: number): number {
  if (text === undefined) return standard;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${name} has to be a whole number from ${String(least)}, not ${text}`);
}
