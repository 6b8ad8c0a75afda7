import type { InputOptions } from '../inputs/input-options.js';

/** What becomes of leaks: every line noted, and told at the end; that, and the run fails; not looked for. */
export type LeaksMode = 'report' | 'fail' | 'off';

/** What `plustwo run` was asked to do. An option that was not given is absent: the task's own options stand then. */
export interface RunOptions {
  /** `module` or `module#export`. */
  module: string;
  inputs: InputOptions;
  threads?: number;
  kind?: 'cpu' | 'io';
  args?: { value: unknown };
  concurrency?: number;
  timeout?: string;
  grace?: string;
  retries?: number;
  /** Without it leaks are told, with the line where the task was under suspicion already. */
  leaks?: LeaksMode;
  keepOrder: boolean;
  /** The file for the results; stdout otherwise. */
  output?: string;
  /** Values only. */
  plain: boolean;
  /** The summary as JSON. */
  json: boolean;
  quiet: boolean;
  progress: boolean;
}
