import { setImmediate as turn } from 'node:timers/promises';
import { Supervisor } from '../../runtime/index.js';
import { callInWindow } from '../pools/window.js';
import type { LogWork, Saying } from './log-work.js';

/** Lines and tasks of a run. */
export interface LogRun {
  readonly tasks: number;
  readonly linesPerTask: number;
  readonly saying: Saying;
}

/** Lines that may be under way in one thread: a ring of a megabyte has room for four times as many of 80 characters. */
const LINES_UNDER_WAY = 1_600;

interface SayModule {
  default(work: LogWork): number;
}

/** A supervisor that writes log files, and tasks that say lines. */
export class Supervised {
  readonly #supervisor: Supervisor;
  readonly #say: (work: LogWork) => Promise<number>;
  readonly #threads: number;

  /** See {@link Supervised.open}. */
  constructor(supervisor: Supervisor, say: (work: LogWork) => Promise<number>, threads: number) {
    this.#supervisor = supervisor;
    this.#say = say;
    this.#threads = threads;
  }

  static async open(dir: string, threads: number, isGated: boolean): Promise<Supervised> {
    const logs = isGated ? { dir } : { dir, noise: false as const };
    const supervisor = new Supervisor({ threads, isolation: 'thread', logs });
    const { default: say } = await supervisor.load<SayModule>(new URL('../handlers/say-lines.js', import.meta.url));
    return new Supervised(supervisor, (work) => say(work), threads);
  }

  /** Resolves when all tasks are through and what they said is written. */
  async run(run: LogRun): Promise<void> {
    await runLogTasks(run, this.#threads, this.#say);
    // What a turn of the event loop has brought is written at its end.
    await turn();
  }

  close(): Promise<unknown> {
    return this.#supervisor.close();
  }
}

/** Has all tasks of a run done, by as many at a time as a ring has room for. */
export async function runLogTasks(
  run: LogRun,
  threads: number,
  say: (work: LogWork) => Promise<unknown>,
): Promise<void> {
  const window = threads * Math.max(1, Math.floor(LINES_UNDER_WAY / run.linesPerTask));
  await callInWindow(
    (work) => say(work as LogWork),
    worksOf(run),
    window,
    () => undefined,
  );
}

function* worksOf({ tasks, linesPerTask: count, saying }: LogRun): Generator<LogWork> {
  for (let task = 0; task < tasks; task++) yield { from: task * count, count, saying };
}
