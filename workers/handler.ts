import type { Kind } from './protocol/outcome.js';
import type { TraceContext } from './protocol/task-options.js';

/** The running attempt, as its handler sees it. */
export interface TaskContext {
  /** The task's number, unique within its supervisor; the same for all its attempts. */
  readonly id: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the task is cancelled, times out, or the supervisor closes. Its `reason` says which. */
  readonly signal: AbortSignal;
  /** What the caller or the command line passed as `args`; undefined when nothing. */
  readonly args: unknown;
  /** The caller's trace, to be handed on to what the handler calls; undefined when the caller gave none. */
  readonly trace: TraceContext | undefined;
  /** Lines that belong to this task. */
  readonly log: TaskLog;
  /**
   * Tells the caller how far the attempt is. Calls closer than 16 ms apart are merged; the last one always arrives.
   *
   * @param fraction - 0 to 1
   * @param note - a few words
   */
  progress(fraction: number, note?: string): void;
  /** Runs `fn` when the attempt ends, however it ends; last registered, first run. An attempt has ended only when these have. */
  defer(fn: () => unknown): void;
  /**
   * Leases a resource to this attempt; it is returned by itself when the attempt ends. Opens it if this thread has not yet.
   *
   * @throws what `open` threw; the signal's reason when aborted while waiting
   */
  use<Value>(resource: Resource<Value>): Promise<Value>;
  /**
   * Calls a dependency, one of the supervisor's `dependencies`: waits until one more call may be under way, then counts for its circuit how
   * this one came out. Where the task's `uses` names the dependency the attempt as a whole counts, and `fn` is only called.
   *
   * @param dependency - its name
   * @param fn - makes the call, once; throws or rejects if the dependency failed. Hand `signal` on to whatever it waits for
   * @returns what `fn` returns
   * @throws what `fn` throws, unchanged; an error with code `PLUSTWO_CIRCUIT_OPEN`, `dependency` and `retryAfterMs` when the circuit is
   * open and `fn` was not called; the signal's reason when aborted while waiting; one with code `PLUSTWO_BAD_OPTION` for an unknown name
   */
  call<Value>(dependency: string, fn: () => Value | PromiseLike<Value>): Promise<Value>;
}

/** Lines of a task, by level. Fields are told as JSON; what that has no words for is told as text. */
export interface TaskLog {
  /** For who looks for a fault. */
  debug(message: string, fields?: Record<string, unknown>): void;
  /** What happens in the ordinary course. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** Something odd that the task copes with. */
  warn(message: string, fields?: Record<string, unknown>): void;
  /** Something that went wrong. */
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Something opened at most once per thread and closed before the thread ends; made by `resource()`. */
export interface Resource<Value> {
  /** Opens it; called by the first attempt that uses it. */
  readonly open: () => Value | Promise<Value>;
  /** Closes it; called once, before the thread ends. */
  readonly close: (value: Value) => unknown;
  /**
   * How many attempts may hold it at a time.
   * @defaultValue 1
   */
  readonly share: number;
}

/** The thread's place, as a module's `setup(thread)` and `teardown(thread)` get it. */
export interface ThreadInfo {
  /** The stable number of the thread's place, from 0. */
  readonly slot: number;
  /** Counts the slot's threads, from 1. */
  readonly generation: number;
  /** Node's id of this thread. */
  readonly threadId: number;
}

/** A handler as the thread calls it. */
export type AnyHandler = (input: unknown, context: TaskContext) => unknown;

/** A handler that is loaded, or on its way. */
export interface LoadedHandler {
  /** Number given by the supervisor. */
  readonly task: number;
  readonly label: string;
  readonly kind: Kind;
  readonly href: string;
  readonly name: string;
  /** Indexes of the dependencies that the whole attempt uses; absent when none. */
  readonly uses?: readonly number[];
  /** Undefined until its module is loaded in this thread. */
  run: AnyHandler | undefined;
  /** Its last attempt here took long, or it has had none: results before it must not wait for it. */
  slow: boolean;
  /** What its attempts have opened in this thread; -Infinity once one of them left something behind. */
  openings: number;
  /** Attempts of it that have ended in this thread. */
  ended: number;
}
