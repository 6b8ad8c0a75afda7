import type { Ending } from './commands/run-report.js';

/** What the process answers to its caller. Codes of commands that do not exist yet are added with them. */
export const exitCodes = {
  /** Everything asked for succeeded. */
  ok: 0,
  /** It ran, and the answer is no: an item failed, leaks that were to fail it, or the inputs or the results could not be read or written to the end. */
  no: 1,
  /** Wrong usage, globs that matched nothing, or a module or export that cannot be loaded; nothing ran. */
  usage: 2,
  /** A fault of plustwo itself. */
  bug: 70,
  /** The reader of stdout closed the pipe. */
  brokenPipe: 141,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The code of a run that ended like this, with `done` settled items and `failed` things that make it fail: items, or leaks where they count. */
export function exitCodeOfRun(ending: Ending, done: number, failed: number): ExitCode {
  switch (ending.by) {
    case 'signal':
      return exitCodes[ending.signal];
    case 'reader':
      return exitCodes.brokenPipe;
    case 'input':
      return done === 0 ? exitCodes.usage : exitCodes.no;
    case 'output':
    case 'threads':
      return exitCodes.no;
    case 'inputs-done':
      return failed === 0 ? exitCodes.ok : exitCodes.no;
  }
}
