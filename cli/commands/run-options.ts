import type { Duration, SupervisorOptions } from '../../runtime/index.js';
import type { RunFlags } from './run-flags.js';

/** What becomes of leaks: every line noted, and told at the end; that, and the run fails; not looked for. */
export const leaksModes = ['report', 'fail', 'off'] as const;
export type LeaksMode = (typeof leaksModes)[number];

/** What `plustwo run` is to do: the flags, laid over the config file. An option that neither gives is absent: the task's own stands then. */
export interface RunOptions
  extends Pick<RunFlags, 'module' | 'inputs' | 'output' | 'plain' | 'json' | 'quiet' | 'progress'> {
  /** The config file that was read. */
  config: string | undefined;
  /** What the supervisor of the run is made with. */
  supervisor: SupervisorOptions;
  concurrency?: number;
  timeout?: Duration;
  retries?: number;
  whenOpen?: 'wait' | 'reject';
  /** Without it leaks are told, with the line where the task was under suspicion already. */
  leaks?: LeaksMode;
  keepOrder: boolean;
  /** Without it no log files are written. */
  logDir?: string;
}
