import type { Clock } from './clock.js';
import type { BudgetWish } from './dependencies/budgets.js';
import type { Dependencies } from './dependencies/dependencies.js';
import type { RestartIntensityError } from './errors.js';
import type { DescriptorCount } from './ledger/descriptor-count.js';
import type { Finding } from './ledger/findings.js';
import type { Announcer } from './observe/events.js';
import type { Metrics } from './observe/metrics.js';
import type { CheckedDependency } from './settings.js';
import type { TaskType } from './task.js';
import type { RecycleLimits } from './threads/recycle.js';
import type { Recycling } from './threads/recycling.js';
import type { RestartLimits } from './threads/restart.js';
import type { Slot } from './threads/slot.js';
import type { MakeThread } from './threads/thread.js';
import type { SaidListener } from './threads/voices.js';

/** What the core is made with. The simulation hands in another clock and other threads; nothing else differs. */
export interface CoreParts {
  readonly threads: number;
  readonly maxQueue: number;
  readonly ioConcurrency: number;
  readonly restart: RestartLimits;
  readonly recycle: RecycleLimits;
  /** Where recycling goes about it another way than usual. */
  readonly recycling?: Partial<Recycling>;
  readonly clock: Clock;
  readonly wallClock: () => string;
  /** Makes a thread; what it shares with the others of the dependencies comes along. */
  readonly makeThread: (
    ...args: [...Parameters<MakeThread>, shared: Pick<Dependencies, 'wire' | 'retire'>]
  ) => ReturnType<MakeThread>;
  /** Dependencies by name, as they were checked; none when left out. */
  readonly dependencies?: Readonly<Record<string, CheckedDependency>>;
  /** Bytes of results that may wait for the readers of `map`; any number when left out. */
  readonly maxResultBytes?: number;
  /** Descriptors to be kept free; undefined for the usual share of the limit. */
  readonly descriptorReserve?: number | undefined;
  /** Counts the process's descriptors; without it there is no limit. */
  readonly countDescriptors?: () => DescriptorCount | null;
  /** How many retries there may be in all; the usual number when left out. */
  readonly retryBudget?: BudgetWish;
  readonly announcer: Announcer;
  /** The task of a number on the wire. */
  readonly typeOf: (number: number) => TaskType | undefined;
  /** What was printed and logged in a thread. */
  readonly lines: (...read: Parameters<SaidListener['lines']>) => void;
  /** A thread takes attempts now. */
  readonly onReady: (slot: Slot) => void;
  /** Somebody else's books to be kept instead of its own, */
  readonly metrics?: Metrics;
  /** and who else is told of what threads find out. */
  readonly found?: (slot: Slot, finding: Finding) => void;
  /** The supervisor has given up on its threads. */
  readonly onBroken: (error: RestartIntensityError) => void;
}
