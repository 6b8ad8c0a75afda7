import { parseArgs } from 'node:util';
import { above, oneOf, threads, whole } from '../harness/option-values.js';
import { DRILLED, type Drilled, type Terms } from './terms.js';

export interface Options {
  readonly terms: Terms;
  /** Too short for a verdict. */
  readonly quick: boolean;
  readonly drilled: readonly Drilled[];
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run drill -- [options]

  --tasks N           tasks, evenly over the time of the drill (10,000)
  --before SECONDS    how long the server serves at first (20)
  --outage SECONDS    how long it fails (60)
  --after SECONDS     how long tasks go on coming when it serves again (20)
  --concurrency N     how many may use it at once (20)
  --threads N         threads of every contender (cores + 2)
  --isolation WHERE   thread or process: where our tasks run (thread)
  --contender NAME    drill this one only (may be repeated): ${DRILLED.map((name) => `'${name}'`).join(', ')}
  --quick             600 tasks, an outage of 4 s, no verdict: shows only that everything runs
  --json FILE         write the result to this file as well
  --help              print this
`;

const FULL = { tasks: 10_000, before: 20, outage: 60, after: 20 };
const QUICK = { tasks: 600, before: 1, outage: 4, after: 1 };

/** Throws with what was expected and what was given. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      tasks: { type: 'string' },
      before: { type: 'string' },
      outage: { type: 'string' },
      after: { type: 'string' },
      concurrency: { type: 'string' },
      threads: { type: 'string' },
      isolation: { type: 'string', default: 'thread' },
      contender: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const standard = values.quick ? QUICK : FULL;
  return {
    terms: {
      tasks: whole('--tasks', values.tasks, 1, standard.tasks),
      before: above('--before', values.before, standard.before),
      outage: above('--outage', values.outage, standard.outage),
      after: above('--after', values.after, standard.after),
      concurrency: whole('--concurrency', values.concurrency, 1, 20),
      threads: threads(values.threads),
      isolation: oneOf('--isolation', values.isolation, ['thread', 'process']),
    },
    quick: values.quick,
    drilled: values.contender?.map((name) => oneOf('--contender', name, DRILLED)) ?? DRILLED,
    json: values.json,
    help: values.help,
  };
}
