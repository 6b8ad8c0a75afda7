import type { Snapshot, SupervisorEvents } from '../../runtime/index.js';

/** What one task opened at one line and left open. */
export type LedgerRow = Snapshot['leaks'][number];

/** Memory that grows with the tasks that run. */
export type Growth = SupervisorEvents['growth'][0];

/** The signals that stop a run. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** How an item ended. */
export type ItemStatus = 'ok' | 'failed' | 'cancelled' | 'timed-out' | 'lost';

/** Why a run ended. The first cause stands; what follows from it does not replace it. */
export type Ending =
  /** Every input was read and settled. */
  | { by: 'inputs-done' }
  | { by: 'signal'; signal: StopSignal }
  /** The reader of the results went away. */
  | { by: 'reader' }
  /** The inputs could not be read to their end. */
  | { by: 'input'; message: string }
  /** The results could not be written. */
  | { by: 'output'; message: string }
  /** Threads died more often than restart intensity allows. */
  | { by: 'threads'; message: string };

/** A failed item, short enough to keep a hundred of them. */
export interface Failure {
  index: number;
  key: string;
  /** The beginning of the input's text. */
  label: string;
  status: Exclude<ItemStatus, 'ok'>;
  attempts: number;
  error: {
    name: string;
    message: string;
    code: string | undefined;
    /** The last its process printed, of an item that brought it down. */
    output?: string;
    /** The dependency that its task called, and that nobody named. */
    dependency?: string;
  };
}

/** What a run asked of a dependency. */
export interface DependencyReport {
  calls: number;
  failures: number;
  /** How often its circuit opened, also after a try that failed. */
  opened: number;
}

/** What a run did: plain data, so that text and JSON are two ways to print the same thing. */
export interface RunReport {
  /** Version of this shape. */
  v: 1;
  ending: Ending;
  /** Settled items by status. Items that were read and never started are not among them. */
  counts: Record<ItemStatus, number>;
  /** Sum of `counts`. */
  done: number;
  /** How many inputs there are, or `null` when the run ended before that was known. */
  total: number | null;
  /** From the command's start to its last result, in milliseconds. */
  wallMs: number;
  /** CPU time of the command and of its child processes, all threads, in milliseconds; `null` where the system does not tell. */
  cpuMs: number | null;
  itemsPerSecond: number;
  threads: number;
  /** The first hundred failures, in the order they were seen. */
  failures: Failure[];
  /** Files and directories that attempts left open, over the whole run. */
  leaks: readonly LedgerRow[];
  /** What else outlived the attempt that opened it. */
  retained: readonly LedgerRow[];
  /** Open descriptors whose owner is not known, most likely because native code opened them. */
  unattributed: Snapshot['unattributed'];
  /** Verified growth of memory, the last finding of each task in each slot. */
  growth: readonly Growth[];
  /** Threads that were replaced as planned. */
  recycles: Snapshot['recycles'];
  /**
   * Lines of tasks that are missing where they are shown and in the log files, as they came faster than they could be read; and records that
   * could not be written to the log files.
   */
  logs: { dropped: number; lost: number };
  /** Child processes that died under their items, and how many of them had a successor. */
  processes: { died: number; restarted: number };
  /** Dependencies, by name. */
  dependencies: Readonly<Record<string, DependencyReport>>;
  /** The config file that was read, by its absolute path; `null` for none. */
  config: string | null;
  exitCode: number;
}
