import type { InputOptions } from '../inputs/input-options.js';
import type { LeaksMode } from './run-options.js';

/** What the command line of `plustwo run` says. What it does not say is absent: the config file, the task or a default says it then. */
export interface RunFlags {
  /** `module` or `module#export`. */
  module: string;
  inputs: InputOptions;
  threads?: number;
  kind?: 'cpu' | 'io';
  limit?: number;
  args?: { value: unknown };
  isolation?: 'thread' | 'process';
  rerun?: boolean;
  /** Dependencies by name, each with its concurrency where one is given. */
  dependencies?: ReadonlyMap<string, number | undefined>;
  uses?: readonly string[];
  whenOpen?: 'wait' | 'reject';
  retries?: number;
  retryBudget?: { ratio: number } | false;
  concurrency?: number;
  timeout?: string;
  grace?: string;
  keepOrder?: boolean;
  leaks?: LeaksMode;
  /** The config file; `false` for none, not even one that would be found. */
  config?: string | false;
  /** Directory of log files. */
  logDir?: string;
  /** The file for the results; stdout otherwise. */
  output?: string;
  /** Values only. */
  plain: boolean;
  /** The summary as JSON. */
  json: boolean;
  quiet: boolean;
  progress: boolean;
}
