import { AsyncLocalStorage } from 'node:async_hooks';
import type { StackPolicy } from '../workers/protocol/ledger.js';
import type { Kind } from '../workers/protocol/outcome.js';
import { checkOptions } from './check-options.js';
import { checkUses } from './dependencies/check-uses.js';
import { BadOptionError } from './errors.js';
import { type CheckedFaults, faultTerms } from './fault-terms.js';
import type { LogSettings } from './logs/log-settings.js';
import type { SupervisorOptions } from './supervisor-options.js';
import type { ThreadSetup } from './threads/piscina-thread.js';
import { DEFAULT_RECYCLE, type RecycleLimits } from './threads/recycle.js';
import type { RestartLimits } from './threads/restart.js';
import { type Sizing, sizeThreads } from './threads/sizing.js';

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
  /** Undefined where nothing is captured. */
  readonly logs: LogSettings | undefined;
  /** How many attempts at once for tasks that do not say; Infinity for any number. */
  readonly limit: number;
  /** What tasks use that do not say. */
  readonly uses: readonly string[];
  readonly dependencies: Readonly<Record<string, CheckedDependency>>;
  readonly retryBudget: CheckedBudget;
  readonly isolation: 'thread' | 'process';
  readonly rerun: boolean;
  /** Infinity for any number. */
  readonly maxResultBytes: number;
  /** Undefined: it follows from the process's limit. */
  readonly descriptorReserve: number | undefined;
  /** What threads are made with, but for what they find in their process. */
  readonly threadSetup: ThreadSetup;
}

/** A retry budget as it was checked: what is not given follows from the defaults; `false` is none. */
export type CheckedBudget = { readonly ratio?: number; readonly floorPerSecond?: number } | false | undefined;

/** A dependency as it was checked; durations in milliseconds. */
export interface CheckedDependency {
  readonly concurrency?: number;
  readonly breaker?:
    | {
        readonly threshold?: number;
        readonly minimumCalls?: number;
        readonly window?: number;
        readonly break?: number;
        readonly maxBreak?: number;
      }
    | false;
  readonly retryBudget?: CheckedBudget;
}

const PER_THREAD = 1024;
const DEFAULT_IO_CONCURRENCY = 100;
const DEFAULT_RESULT_BYTES = 64 * 2 ** 20;

/** Options that were checked one by one, and lie here as they were given. */
type Checked = Partial<Settings> &
  Partial<Omit<ThreadSetup, 'ledger' | 'faults' | 'dependencies' | 'gone'>> & {
    readonly threads?: number;
    readonly ledger?: boolean;
    readonly stacks?: StackPolicy;
    readonly faults?: CheckedFaults;
  };

/** Checks a supervisor's options and fills in what was not given. */
export function settingsFrom(options: SupervisorOptions): Settings {
  const checked = checkOptions(options, 'supervisor') as Checked;
  const sizing = sizeThreads(checked.threads);
  checkTogether(checked, sizing);
  const threads = Math.max(1, sizing.threads);
  const ioConcurrency = checked.ioConcurrency ?? DEFAULT_IO_CONCURRENCY;
  const recycle: RecycleLimits = { ...DEFAULT_RECYCLE, ...checked.recycle };
  const tracked = checked.ledger !== false && sizing.threads > 0;
  return {
    name: checked.name ?? 'plustwo',
    sizing,
    threadSetup: threadSetup(checked, { sizing, ioConcurrency, recycle, tracked }),
    limit: checked.limit ?? Number.POSITIVE_INFINITY,
    uses: checked.uses ?? [],
    dependencies: checked.dependencies ?? {},
    retryBudget: checked.retryBudget,
    isolation: checked.isolation ?? 'thread',
    rerun: checked.rerun ?? true,
    maxResultBytes: checked.maxResultBytes ?? DEFAULT_RESULT_BYTES,
    descriptorReserve: checked.descriptorReserve,
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
  };
}

/** Options that are right each by itself and wrong together. */
function checkTogether({ isolation, uses = [], dependencies = {} }: Checked, { threads }: Sizing): void {
  checkUses(uses, Object.keys(dependencies));
  if (isolation !== 'process' || threads > 0) return;
  const expected = "Expected `isolation` to be 'thread' with `threads: 0`, which runs handlers in this process";
  throw new BadOptionError('isolation', `${expected}, got 'process'`);
}

function threadSetup(
  checked: Checked,
  { sizing, ioConcurrency, recycle, tracked }: Pick<Settings, 'sizing' | 'ioConcurrency' | 'recycle' | 'tracked'>,
): ThreadSetup {
  return {
    entries: entriesFor(ioConcurrency),
    resourceLimits: checked.resourceLimits,
    env: checked.env,
    argv: checked.argv,
    execArgv: checked.execArgv,
    workerData: checked.workerData,
    output: checked.output ?? 'inherit',
    args: checked.args,
    logs: checked.logs !== undefined,
    ledger: tracked ? { stacks: checked.stacks ?? 'suspect', mostHeld: recycle.descriptors } : undefined,
    growth: tracked ? { budget: recycle.heapGrowth } : undefined,
    faults: faultTerms(checked.faults, sizing.threads === 0 ? 'inline' : (checked.isolation ?? 'thread')),
    dependencies: undefined,
    gone: () => undefined,
    outside: AsyncLocalStorage.snapshot(),
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
