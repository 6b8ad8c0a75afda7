import { parseArgs } from 'node:util';

export interface CorporaOptions {
  readonly json: string | undefined;
  readonly help: boolean;
}

/** The environment variable that names the folder the corpora are read from. */
export const FOLDER = 'PLUSTWO_CORPORA';

export const USAGE = `node dist/benchmarks/corpora.js [options]

  --json FILE  write what was found to this file as well
  --help       print this

The folder named by ${FOLDER} has to contain Spark_2k.log, Hadoop_2k.log and OpenStack_2k.log of
https://github.com/logpai/loghub. Exit code 1 when a goal is missed.
`;

/** Throws with what was expected and what was given. */
export function readCorporaOptions(argv: readonly string[]): CorporaOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  return { json: values.json, help: values.help };
}
