import type { ResourceLimits } from 'node:worker_threads';
import type { FaultKind } from '../workers/protocol/faults.js';
import type { Kind } from '../workers/protocol/outcome.js';
import type { Duration } from '../workers/protocol/task-options.js';
import type { FieldsFirstLogger, LogOptions, LogSink } from './logs/log-options.js';

/** When a circuit opens, and for how long. */
export interface BreakerOptions {
  /**
   * The circuit opens when so great a share of the calls in the window failed, 0 to 1.
   * @defaultValue 0.5
   */
  threshold?: number;
  /**
   * It never opens on fewer calls in the window.
   * @defaultValue 20
   */
  minimumCalls?: number;
  /**
   * How far back calls count.
   * @defaultValue '10s'
   */
  window?: Duration;
  /**
   * How long it stays open at first, before one call may try; drawn from half of it to all of it. It doubles each time that call fails.
   * @defaultValue '10s', so 5 to 10 s
   */
  break?: Duration;
  /**
   * The longest it stays open.
   * @defaultValue '30s'
   */
  maxBreak?: Duration;
}

/** How many retries there may be: a share of the calls, and some however few calls there are. */
export interface RetryBudgetOptions {
  /**
   * Retries per call.
   * @defaultValue 0.2
   */
  ratio?: number;
  /**
   * Retries per second that are allowed besides.
   * @defaultValue 10
   */
  floorPerSecond?: number;
}

/** A named downstream: something many tasks call and that may be down. */
export interface DependencyOptions {
  /** How many attempts or calls may use it at once, across all threads; no limit by default. */
  concurrency?: number;
  /** Its circuit breaker; `false` for none. */
  breaker?: BreakerOptions | false;
  /** Its retry budget; `false` for none. */
  retryBudget?: RetryBudgetOptions | false;
}

export type { FaultKind };

/** Which attempts are made to fail, and how. The same seed chooses the same tasks. */
export interface FaultOptions {
  /** The share of attempts that get a fault, 0 to 1. */
  rate: number;
  /**
   * Chooses which.
   * @defaultValue 1
   */
  seed?: number;
  /**
   * What is done to them, each entry as often as the others: a kind that is listed twice comes twice as often.
   * @defaultValue ['throw', 'reject', 'exit', 'uncaught', 'hang', 'delay', 'leak']; with `threads: 0` ['throw', 'reject', 'hang', 'delay']
   */
  kinds?: readonly FaultKind[];
}

/** Options of a supervisor. docs/options.md has them in a table. */
export interface SupervisorOptions {
  /**
   * What it is called in its reports.
   * @defaultValue 'plustwo'
   */
  name?: string;
  /**
   * How many threads; 0 runs handlers inline, in the caller's own thread, for unit tests and debuggers.
   * @defaultValue min(available parallelism, cgroup CPU quota) + 2
   */
  threads?: number;
  /**
   * How many tasks may be accepted and not started, all lanes together.
   * @defaultValue 1024 x threads
   */
  maxQueue?: number;
  /**
   * How many io attempts may share a thread.
   * @defaultValue 100
   */
  ioConcurrency?: number;
  /** Deaths allowed before the supervisor gives up: 5 in a slot, 0.6 x 5 x threads (at least 5) in all, within 10 s by default. */
  restart?: {
    /**
     * Deaths a slot may have within the period; one more, and the supervisor gives up.
     * @defaultValue 5
     */
    intensity?: number;
    /**
     * How far back deaths count.
     * @defaultValue '10s'
     */
    period?: Duration;
    /**
     * Deaths all slots together may have within the period.
     * @defaultValue 0.6 x intensity x threads, at least intensity
     */
    total?: number;
  };
  /**
   * When a thread is replaced by a fresh one, between two tasks. `false` switches a limit off, or all of them.
   * @defaultValue heapGrowth '256M', descriptors 64, tasks and age off
   */
  recycle?:
    | {
        /** Bytes above the warmed-up base that survive garbage collections. Bytes, or text such as `'256M'`. */
        heapGrowth?: number | string | false;
        /** Descriptors that ended attempts hold. At this number the thread starts nothing more until it is replaced. */
        descriptors?: number | false;
        /** Tasks it has run. */
        tasks?: number | false;
        /** How long it has lived. */
        age?: Duration | false;
      }
    | false;
  /**
   * Whether threads follow what their tasks open and close, and what memory they retain.
   * @defaultValue true
   */
  ledger?: boolean;
  /**
   * When the line is noted that opens something: at every opening; at the first ones of each task, and at all once it has left something
   * behind; never.
   * @defaultValue 'suspect'
   */
  stacks?: 'always' | 'suspect' | 'off';
  /**
   * Whether child processes of tasks are ended when the process ends without `close()`: by an error nobody caught, or by `process.exit`.
   * @defaultValue false
   */
  lastResort?: boolean;
  /** Heap limits of each thread, in megabytes. A last fuse, not isolation. */
  resourceLimits?: ResourceLimits;
  /** Environment variables of the threads, instead of the process's own. */
  env?: Record<string, string>;
  /** Appended to `process.argv` in the threads. */
  argv?: string[];
  /** Node options of the threads. */
  execArgv?: string[];
  /** `workerData` in every thread; cloned. */
  workerData?: unknown;
  /**
   * Where what tasks print to stdout goes.
   * @defaultValue 'inherit'
   */
  output?: 'inherit' | 'stderr';
  /**
   * Where what tasks print and log goes: a logger, which gets every line; or log files, and what of the lines stands in them. Without it,
   * what is printed goes to the process's own outputs and what is logged is dropped in the thread.
   */
  logs?: LogSink | FieldsFirstLogger | LogOptions;
  /**
   * How long a running attempt has to end by itself after its signal was aborted.
   * @defaultValue '1s'
   */
  grace?: Duration;
  /** `ctx.args` of the handlers; cloned. */
  args?: unknown;
  /**
   * Kind of tasks that do not declare theirs.
   * @defaultValue 'cpu'
   */
  kind?: Kind;
  /**
   * How many attempts of one task may run at once, for tasks that do not say; no limit by default. So one task cannot take all threads.
   */
  limit?: number;
  /** Dependencies of tasks that do not declare theirs; names of `dependencies`. */
  uses?: readonly string[];
  /**
   * Named downstreams: how many may use each at once across all threads, its circuit breaker, and its retry budget.
   */
  dependencies?: Readonly<Record<string, DependencyOptions>>;
  /**
   * How many retries there may be in all, as a share of the calls plus a floor; `false` for any number (Finagle's RetryBudget).
   * @defaultValue ratio 0.2, floorPerSecond 10
   */
  retryBudget?: RetryBudgetOptions | false;
  /**
   * Where tasks run: in threads of this process, or in threads of a child process, which a native crash takes down instead of this one.
   * @defaultValue 'thread'
   */
  isolation?: 'thread' | 'process';
  /**
   * Whether tasks that were running when the child process of `isolation: 'process'` died run again; without it they end `lost`.
   * @defaultValue true
   */
  rerun?: boolean;
  /**
   * How many bytes of results may wait for a reader of `map` before nothing more is dispatched; `false` for any number.
   * @defaultValue '64M'
   */
  maxResultBytes?: number | string | false;
  /**
   * Descriptors kept free: while fewer are left in the process, io attempts wait.
   * @defaultValue 16, or 5 % of the process's limit if that is more
   */
  descriptorReserve?: number;
  /** Faults to be injected into tasks, chosen by a seed: for testing how an application copes. */
  faults?: FaultOptions;
}
