import type { Duration, SupervisorOptions } from '../../runtime/index.js';
import type { LeaksMode } from '../commands/run-options.js';

/** What a config file says, checked: options of the supervisor, and of `plustwo run` itself under `run`. */
export interface Config {
  /** Its absolute path. */
  file: string;
  /** How it is called in messages: relative to the working directory where that is shorter. */
  name: string;
  supervisor: SupervisorOptions;
  run: RunConfig;
}

/**
 * What `run` of a config file may say. What is written where (`-o`, `--json`, `--plain`, `--quiet`) is not among it: whoever reads what the
 * command writes must be able to tell it from the command alone.
 */
export interface RunConfig {
  concurrency?: number;
  timeout?: Duration;
  retries?: number;
  keepOrder?: boolean;
  whenOpen?: 'wait' | 'reject';
  leaks?: LeaksMode;
  logDir?: string;
}
