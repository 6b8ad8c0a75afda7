import { parseArgs } from 'node:util';

export interface FortyDaysOptions {
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `node dist/benchmarks/forty-days.js [options]

  --json FILE  write what was found to this file as well
  --help       print this

Exit code 1 when a goal is missed.
`;

/** Throws with what was expected and what was given. */
export function readFortyDaysOptions(argv: readonly string[]): FortyDaysOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  return { json: values.json, help: values.help };
}
