import { AsyncLocalStorage } from 'node:async_hooks';
import type { ResourceLimits } from 'node:worker_threads';
import type { StackPolicy } from '../workers/protocol/ledger.js';
import type { Kind } from '../workers/protocol/outcome.js';
import type { Duration } from '../workers/protocol/task-options.js';
import { checkOptions } from './check-options.js';
import type { Ledger } from './ledger/ledger.js';
import { InlineThread } from './threads/inline-thread.js';
import { PiscinaThread, type ThreadSetup } from './threads/piscina-thread.js';
import { DEFAULT_RECYCLE, type RecycleLimits } from './threads/recycle.js';
import type { RestartLimits } from './threads/restart.js';
import { type Sizing, sizeThreads } from './threads/sizing.js';
import type { MakeThread } from './threads/thread.js';

/**
 * Gets what tasks log, `fields` being the task's own and `task`, `taskId` and `attempt`; and what the supervisor finds out about its threads
 * (recycling, growth), `fields` being those of the event.
 */
export interface LogSink {
  /** A line of `ctx.log.debug`. */
  debug(message: string, fields: Record<string, unknown>): void;
  /** A line of `ctx.log.info`. */
  info(message: string, fields: Record<string, unknown>): void;
  /** A line of `ctx.log.warn`. */
  warn(message: string, fields: Record<string, unknown>): void;
  /** A line of `ctx.log.error`. */
  error(message: string, fields: Record<string, unknown>): void;
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
  /** Gets what tasks log through `ctx.log`; without it the lines are dropped in the thread. */
  logs?: LogSink;
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
}

/** Options, checked and completed. */
export interface Settings {
  readonly name: string;
  readonly sizing: Sizing;
  readonly maxQueue: number;
  readonly mapConcurrency: number;
  readonly ioConcurrency: number;
  readonly restart: RestartLimits;
  readonly recycle: RecycleLimits;
  /** Whether threads keep a ledger. */
  readonly tracked: boolean;
  readonly lastResort: boolean;
  readonly grace: number;
  readonly kind: Kind;
  readonly logs: LogSink | undefined;
  readonly makeThread: (ledger: Ledger) => MakeThread;
}

const PER_THREAD = 1024;
const DEFAULT_IO_CONCURRENCY = 100;

/** Checks a supervisor's options and fills in what was not given. */
export function settingsFrom(options: SupervisorOptions): Settings {
  const checked = checkOptions(options, 'supervisor') as Partial<Settings> &
    Partial<Omit<ThreadSetup, 'ledger'>> & { threads?: number; ledger?: boolean; stacks?: StackPolicy };
  const sizing = sizeThreads(checked.threads);
  const threads = Math.max(1, sizing.threads);
  const ioConcurrency = checked.ioConcurrency ?? DEFAULT_IO_CONCURRENCY;
  const recycle: RecycleLimits = { ...DEFAULT_RECYCLE, ...checked.recycle };
  const tracked = checked.ledger !== false && sizing.threads > 0;
  const stacks = checked.stacks ?? 'suspect';
  const setup: ThreadSetup = {
    entries: entriesFor(ioConcurrency),
    resourceLimits: checked.resourceLimits,
    env: checked.env,
    argv: checked.argv,
    execArgv: checked.execArgv,
    workerData: checked.workerData,
    output: checked.output ?? 'inherit',
    args: checked.args,
    logs: checked.logs !== undefined,
    ledger: tracked ? { stacks, mostHeld: recycle.descriptors } : undefined,
    growth: tracked ? { budget: recycle.heapGrowth } : undefined,
    outside: AsyncLocalStorage.snapshot(),
  };
  return {
    name: checked.name ?? 'plustwo',
    sizing,
    maxQueue: checked.maxQueue ?? PER_THREAD * threads,
    mapConcurrency: PER_THREAD * threads,
    ioConcurrency,
    restart: restartLimits(checked.restart, threads),
    recycle,
    tracked,
    lastResort: checked.lastResort ?? false,
    grace: checked.grace ?? 1_000,
    kind: checked.kind ?? 'cpu',
    logs: checked.logs,
    makeThread: (ledger) => maker(setup, sizing.threads === 0, ledger),
  };
}

/** One crash may cost a fraction of the slots their due; together they may cost 60 % of what each is allowed. */
function restartLimits(given: Partial<RestartLimits> | undefined, threads: number): RestartLimits {
  const intensity = given?.intensity ?? 5;
  return {
    intensity,
    period: given?.period ?? 10_000,
    total: given?.total ?? Math.max(intensity, 0.6 * intensity * threads),
  };
}

/** Room for two of the longest parcels or for all io attempts; a power of two, since positions in the rings are masked. */
function entriesFor(ioConcurrency: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(PER_THREAD, 2 * ioConcurrency)));
}

function maker(setup: ThreadSetup, inline: boolean, ledger: Ledger): MakeThread {
  return (slot, generation, listener) =>
    inline
      ? new InlineThread(setup, slot, generation, listener)
      : setup.outside(() => new PiscinaThread(setup, slot, generation, listener, ledger));
}
