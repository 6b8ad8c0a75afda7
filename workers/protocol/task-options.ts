import type { Kind } from './outcome.js';

/** A length of time: milliseconds as a number, or a number with a unit: `'250ms'`, `'30s'`, `'5m'`, `'2h'`. */
export type Duration = number | string;

/** Where a call belongs in the trace of its caller (W3C Trace Context). */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
}

/** When and how often a task is tried again. Off unless `attempts` is above 1. */
export interface RetryOptions {
  /**
   * How many attempts in all; the first one counts.
   * @defaultValue 1
   */
  attempts?: number;
  /**
   * Wait before the second attempt; it doubles before each further one.
   * @defaultValue '100ms'
   */
  backoff?: Duration;
  /**
   * The longest wait between two attempts.
   * @defaultValue '30s'
   */
  maxBackoff?: Duration;
  /**
   * Whether the wait is drawn evenly from 0 to its full length, so that a crowd of failures does not come back as a crowd
   * ("full jitter", AWS Architecture Blog, 2015).
   * @defaultValue true
   */
  jitter?: boolean;
  /**
   * What is worth another attempt: outcomes (`'failed'`, `'timed-out'`, `'lost'`), or the `code` or `name` of an error.
   * @defaultValue ['failed', 'timed-out', 'lost']
   */
  on?: readonly string[];
}

/** The options that live beside the code they describe: the first argument of `task()`. */
export interface TaskOptions {
  /**
   * `'cpu'`: an attempt has a thread to itself while it runs. `'io'`: many attempts share a thread.
   * @defaultValue 'cpu'
   */
  kind?: Kind;
  /** The longest an attempt may run, counted from its start. No limit by default. */
  timeout?: Duration;
  /** The longest from submission to settlement, waiting and retries included. No limit by default. */
  deadline?: Duration;
  /** How long an attempt has to end by itself after its signal was aborted. The supervisor's `grace` by default. */
  grace?: Duration;
  /** When and how often it is tried again. */
  retry?: RetryOptions;
  /** How many attempts of this task may run at once, in all threads. The supervisor's `limit` by default. */
  limit?: number;
  /**
   * Names of the dependencies the whole attempt uses: it is dispatched when each has room for it and its circuit is closed. To cover one
   * call only, use `ctx.call`.
   */
  uses?: readonly string[];
}
