import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
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
      tasks: whole('--tasks', values.tasks, standard.tasks),
      before: above('--before', values.before, standard.before),
      outage: above('--outage', values.outage, standard.outage),
      after: above('--after', values.after, standard.after),
      concurrency: whole('--concurrency', values.concurrency, 20),
      threads: whole('--threads', values.threads, availableParallelism() + 2),
      isolation: oneOf('--isolation', values.isolation, ['thread', 'process']),
    },
    quick: values.quick,
    drilled: values.contender?.map((name) => oneOf('--contender', name, DRILLED)) ?? DRILLED,
    json: values.json,
    help: values.help,
  };
}

function whole(name: string, text: string | undefined, standard: number): number {
  const value = above(name, text, standard);
  if (!Number.isInteger(value)) throw new Error(`${name} has to be a whole number, not ${String(text)}`);
  return value;
}

function above(name: string, text: string | undefined, standard: number): number {
  const value = text === undefined ? standard : Number(text);
  if (!(value > 0 && value < Infinity)) throw new Error(`${name} has to be a number above 0, not ${String(text)}`);
  return value;
}

function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new Error(`${name} has to be one of ${choices.join(', ')}, not ${text}`);
  return choice;
}
