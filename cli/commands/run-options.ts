import type { InputOptions } from '../inputs/input-options.js';

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
