import { parseArgs } from 'node:util';
import { above, threads, whole } from './harness/option-values.js';
import type { Lengths } from './ledger-benches.js';

export interface FullOptions {
  /** Beginnings of names. */
  readonly only: readonly string[];
  readonly threads: number;
  readonly lengths: Lengths;
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `node dist/benchmarks/ledger.js [options]

  --only NAME    only benches whose name begins so (may be repeated)
  --pairs N      pairs of each workload with tracking on and off (30)
  --tasks N      tasks of 40 leaking and 40 clean types (10,000)
  --cancels N    tasks cancelled (300)
  --minutes N    minutes of each load, descriptors and memory (10); the pairs of the memory load take twice as long again
  --threads N    threads (cores + 2)
  --json FILE    write the result to this file as well, with the curves by second
  --help         print this
`;

/** Throws with what was expected and what was given. */
export function readFullOptions(argv: readonly string[]): FullOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true },
      pairs: { type: 'string' },
      tasks: { type: 'string' },
      cancels: { type: 'string' },
      minutes: { type: 'string' },
      threads: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = above('--minutes', values.minutes, 10);
  return {
    only: values.only ?? [],
    threads: threads(values.threads),
    lengths: {
      pairs: whole('--pairs', values.pairs, 2, 30),
      tasks: whole('--tasks', values.tasks, 80, 10_000),
      cancels: whole('--cancels', values.cancels, 1, 300),
      minutes,
      memory: { minutes, pairs: 10, pairSeconds: Math.max(1, Math.round(6 * minutes)), heapGrowth: '64M' },
    },
    json: values.json,
    help: values.help,
  };
}
