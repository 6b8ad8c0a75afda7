import type { Outcome } from '../../workers/protocol/outcome.js';
import type { TraceContext } from '../../workers/protocol/task-options.js';
import type { DeathRecord } from '../errors.js';
import type { LedgerRow } from '../ledger/leaks.js';
import type { Usage } from '../task.js';
import type { RecycleRecord } from '../threads/recycle.js';

/** A task is settled. */
export interface SettledEvent {
  /** The task's name. */
  readonly task: string;
  /** The task's number, unique within its supervisor. */
  readonly taskId: number;
  /** How the task came out. */
  readonly outcome: Outcome;
  /** What the caller's promise was rejected with; undefined when it is ok. */
  readonly error: unknown;
  /** What the task cost. */
  readonly usage: Usage;
  /** The caller's trace; undefined when it gave none. */
  readonly trace: TraceContext | undefined;
}

/** An attempt went badly, and another follows. */
export interface RetryEvent {
  /** The task's name. */
  readonly task: string;
  /** The task's number, unique within its supervisor. */
  readonly taskId: number;
  /** The attempt that ended, from 1. */
  readonly attempt: number;
  /** How it ended. */
  readonly outcome: Exclude<Outcome, 'ok'>;
  /** What it ended with. */
  readonly error: unknown;
  /** How long until the next one may start, milliseconds. */
  readonly afterMs: number;
  /** The caller's trace; undefined when it gave none. */
  readonly trace: TraceContext | undefined;
}

/** A task says how far it is. */
export interface ProgressEvent {
  /** The task's name. */
  readonly task: string;
  /** The task's number, unique within its supervisor. */
  readonly taskId: number;
  /** 0 to 1. */
  readonly fraction: number;
  /** A few words of the handler; undefined when it gave none. */
  readonly note: string | undefined;
}

/** A thread died unasked, or asked to be replaced after an accident, and its slot gets another. */
export interface RestartEvent extends DeathRecord {
  /** The error behind it: the uncaught error, what ran out of memory; undefined for a plain exit. */
  readonly error: unknown;
}

/** How full the queue is: as many tasks as `maxQueue` are accepted and not started, or, for `unsaturated`, no more than three quarters of it. */
export interface SaturationEvent {
  /** Tasks accepted and not started. */
  readonly queued: number;
  /** How many may be, all lanes together. */
  readonly maxQueue: number;
}

/** A thread's memory grows with the tasks it runs: verified by garbage collections, over many tasks. */
export interface GrowthEvent {
  /** The slot's number. */
  readonly slot: number;
  /** Which of the slot's threads. */
  readonly generation: number;
  /** Where it grows: the JavaScript heap, or memory outside it that its objects hold. */
  readonly where: 'heap' | 'external';
  /** The task that retains it; null when several ran and none stands out. */
  readonly task: string | null;
  /** Bytes each such task leaves behind; each task of the thread when none stands out. 0 takes an earlier event back: the growth has stopped. */
  readonly bytesPerTask: number;
  /** Bytes above the thread's warmed-up base. */
  readonly retainedBytes: number;
  /** Tasks it was seen over. */
  readonly tasks: number;
}

/** The circuit of a dependency has changed. */
export interface CircuitEvent {
  /** Name of the dependency. */
  readonly dependency: string;
  /** `open`: it is left alone; `half-open`: one call tries it; `closed`: all may call it. */
  readonly state: 'closed' | 'open' | 'half-open';
  /** Calls in the window that led to it, */
  readonly calls: number;
  /** and how many of them failed. */
  readonly failures: number;
  /** How long until a call may try again, milliseconds; null unless it is open. */
  readonly retryAfterMs: number | null;
}

/** Everything that can be listened to, with its arguments. */
export interface SupervisorEvents {
  /** An accepted task is final, however it came out. */
  settled: [SettledEvent];
  /** A task gets another attempt. */
  retry: [RetryEvent];
  /** A handler called `ctx.progress`. */
  progress: [ProgressEvent];
  /** A slot gets another thread after an accident. */
  restart: [RestartEvent];
  /** An attempt left a file or directory open; the row it stands in now. */
  leak: [LedgerRow];
  /** A thread's memory grows with its tasks. */
  growth: [GrowthEvent];
  /** A thread is replaced by a fresh one, as planned. */
  recycle: [RecycleRecord];
  /** The circuit of a dependency opened, lets one call try, or closed again. */
  circuit: [CircuitEvent];
  /** The queue is full. `unsaturated` follows. */
  saturated: [SaturationEvent];
  /** The queue has come down to three quarters of `maxQueue`, and nobody stands before it. */
  unsaturated: [SaturationEvent];
}

/** Tells listeners; `wants` spares the making of an event nobody listens to. */
export interface Announcer {
  wants(event: keyof SupervisorEvents): boolean;
  tell<Name extends keyof SupervisorEvents>(event: Name, ...args: SupervisorEvents[Name]): void;
}
