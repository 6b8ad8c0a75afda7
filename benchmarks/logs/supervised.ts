import { setImmediate as turn } from 'node:timers/promises';
import { Supervisor } from '../../runtime/index.js';
import { callInWindow } from '../pools/window.js';
import type { LogRun } from './log-work.js';

/** Lines that may be under way in one thread: a ring of a megabyte has room for four times as many of 80 characters. */
const LINES_UNDER_WAY = 1_600;

/** A supervisor that writes log files, and tasks that say lines. */
export class Supervised {
  readonly #supervisor: Supervisor;
  readonly #threads: number;

  constructor(dir: string, threads: number, isGated: boolean) {
    const logs = isGated ? { dir } : { dir, noise: false as const };
    this.#supervisor = new Supervisor({ threads, isolation: 'thread', logs });
    this.#threads = threads;
  }

  load<Module>(module: URL) {
    return this.#supervisor.load<Module>(module);
  }

  /** Resolves when all tasks are through and what they said is written. */
  async run(run: LogRun, say: (from: number) => Promise<unknown>): Promise<void> {
    await runLogTasks(run, this.#threads, say);
    // What a turn of the event loop has brought is written at its end.
    await turn();
  }

  close(): Promise<unknown> {
    return this.#supervisor.close();
  }
}

/** Has all tasks of a run done, by as many at a time as a ring has room for. Each is given the number of its first line. */
export async function runLogTasks(
  { tasks, linesPerTask }: LogRun,
  threads: number,
  say: (from: number) => Promise<unknown>,
): Promise<void> {
  const window = threads * Math.max(1, Math.floor(LINES_UNDER_WAY / linesPerTask));
  const inputs = Array.from({ length: tasks }, (_, task) => task * linesPerTask);
  await callInWindow(
    (from) => say(from as number),
    inputs,
    window,
    () => undefined,
  );
}
