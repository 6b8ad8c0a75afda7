/** Base of every error the supervisor makes itself. `code` is stable; messages may change. */
export abstract class PlustwoError extends Error {
  /** What went wrong, for programs. See docs/errors.md for the table. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
  }
}

/** The queue is full: as many tasks as `maxQueue` are accepted and not started. The task never ran. */
export class QueueFullError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_QUEUE_FULL';
  /** The limit that was reached, tasks. */
  readonly maxQueue: number;

  constructor(maxQueue: number) {
    super(
      `The queue is full: ${maxQueue} tasks are accepted and not started. Await some of them first, pass whenFull: 'wait', or raise maxQueue`,
    );
    this.maxQueue = maxQueue;
  }
}

/** The supervisor is closing or closed. */
export class ClosedError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_CLOSED';
  /** Whether the task had started, and so may have had effects. */
  readonly started: boolean;

  constructor(started: boolean) {
    super(
      started
        ? 'The supervisor closed before this task had ended; it was running and may have had effects'
        : 'The supervisor is closed; this task did not run',
    );
    this.started = started;
  }
}

/** A task ran longer than its `timeout`, or was not settled within its `deadline`. */
export class TimedOutError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_TIMED_OUT';
  /** Which limit: `timeout` counts from the start of the attempt, `deadline` from submission. */
  readonly limit: 'timeout' | 'deadline';
  /** The limit, milliseconds. */
  readonly limitMs: number;
  /** Whether the task had started, and so may have had effects. */
  readonly started: boolean;

  constructor(limit: 'timeout' | 'deadline', limitMs: number, started: boolean) {
    const since = limit === 'timeout' ? 'from the start of the attempt' : 'from submission';
    super(`The task's ${limit} of ${limitMs} ms, counted ${since}, has passed${started ? '' : '; it had not started'}`);
    this.limit = limit;
    this.limitMs = limitMs;
    this.started = started;
  }
}

/** The thread died, or was ended, under a task. */
export class ThreadLostError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_THREAD_LOST';
  /** Whether the task had started, and so may have had effects. */
  readonly started: boolean;
  /** The thread's exit code, where it had one. */
  readonly exitCode: number | undefined;
  /** Threads, or processes under `isolation: 'process'`, that ended by this task's doing; absent where that was not looked into. */
  declare readonly ended?: number;
  /** What the process printed last, where one died. */
  declare readonly output?: string;

  constructor(
    why: string,
    details: { started: boolean; exitCode?: number | undefined; cause?: unknown; ended?: number; output?: string },
  ) {
    super(`The thread was lost: ${why}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.started = details.started;
    this.exitCode = details.exitCode;
    if (details.ended !== undefined) this.ended = details.ended;
    if (details.output !== undefined) this.output = details.output;
  }
}

/** A task module, or one of its exports, could not be loaded. `cause` is the module's own error. */
export class LoadFailedError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_LOAD_FAILED';
  /** URL of the module. */
  readonly module: string;

  constructor(module: string, why: string, cause?: unknown) {
    super(`Could not load ${module}: ${why}`, cause === undefined ? undefined : { cause });
    this.module = module;
  }
}

/** An input or a result holds something that structured clone refuses. */
export class NotCloneableError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_NOT_CLONEABLE';
  /** Which of the two. */
  readonly side: 'input' | 'result';
  /** Where in the value it sits: `.options.callback`; `''` is the value itself. */
  readonly path: string;

  constructor(side: 'input' | 'result', path: string, what: string, between: 'threads' | 'processes' = 'threads') {
    const where = path === '' ? `The ${side} itself is` : `The ${side}, at \`${side}${path}\`, holds`;
    super(
      `${where} ${what}, which cannot be cloned between ${between}. Send plain data, or what it takes to make it there`,
    );
    this.side = side;
    this.path = path;
  }
}

/** One death of a thread, or of the child process of `isolation: 'process'`, as the snapshot's `restarts` tell it. */
export interface DeathRecord {
  /** Whether it was the child process, with all its threads. */
  readonly process: boolean;
  /** The slot whose thread died; of a child process 0, or 1 for the one in which suspects run alone. */
  readonly slot: number;
  /** Which of the slot's threads it was, from 1. */
  readonly generation: number;
  /** Why it died. */
  readonly reason: string;
  /** The task that ran, or whose late error it was; null when none can be named. */
  readonly task: string | null;
  /** Its number. */
  readonly taskId: number | null;
  /** Wall-clock time, ISO 8601. */
  readonly at: string;
}

/** Threads kept dying without a single attempt going well in between; the supervisor gave up. */
export class RestartIntensityError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_RESTART_INTENSITY';
  /** The deaths that led to it, oldest first. */
  readonly deaths: readonly DeathRecord[];

  constructor(limit: string, deaths: readonly DeathRecord[]) {
    const last = deaths.at(-1);
    const culprit = last?.task === null || last?.task === undefined ? '' : `, while running ${last.task}`;
    super(
      `Threads keep dying (${limit}), so they are not restarted any more. The last one: ${last?.reason ?? 'unknown'}${culprit}`,
    );
    this.deaths = deaths;
  }
}

/** The circuit of a dependency is open: it failed too often, and is left alone for a while. The task, or this call of it, did not reach it. */
export class CircuitOpenError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_CIRCUIT_OPEN';
  /** Name of the dependency. */
  readonly dependency: string;
  /** When it is worth trying again: milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(dependency: string, retryAfterMs: number) {
    super(
      `The circuit of dependency ${dependency} is open: it failed too often. Try again in ${Math.ceil(retryAfterMs)} ms, or pass whenOpen: 'wait'`,
    );
    this.dependency = dependency;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A further attempt was refused because the retry budget is spent. `cause` is the error of the last attempt. */
export class RetryBudgetError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_RETRY_BUDGET';
  /** The dependency whose budget it was; null for that of the supervisor as a whole. */
  readonly dependency: string | null;

  constructor(dependency: string | null, cause: unknown) {
    const whose = dependency === null ? 'of the supervisor' : `of dependency ${dependency}`;
    super(
      `The retry budget ${whose} is spent, so this task was not tried again; raise retryBudget if its failures are no outage`,
      { cause },
    );
    this.dependency = dependency;
  }
}

/** An option has a wrong name, type, unit or range. */
export class BadOptionError extends PlustwoError {
  /** The same for every error of this class, in every version. */
  readonly code = 'PLUSTWO_BAD_OPTION';
  /** The option's name. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.option = option;
  }
}

/** Codes of all errors the supervisor makes, with their classes; docs/errors.md is checked against it. */
export const ERROR_CODES = {
  /** The task found the queue full and never ran. */
  PLUSTWO_QUEUE_FULL: QueueFullError,
  /** The supervisor is closing or closed. */
  PLUSTWO_CLOSED: ClosedError,
  /** A `timeout` or `deadline` has passed. */
  PLUSTWO_TIMED_OUT: TimedOutError,
  /** The thread died, or was ended, under the task. */
  PLUSTWO_THREAD_LOST: ThreadLostError,
  /** A task module or an export of it could not be loaded. */
  PLUSTWO_LOAD_FAILED: LoadFailedError,
  /** An input or a result cannot travel between threads. */
  PLUSTWO_NOT_CLONEABLE: NotCloneableError,
  /** The circuit of a dependency is open. */
  PLUSTWO_CIRCUIT_OPEN: CircuitOpenError,
  /** A retry was refused because the budget is spent. */
  PLUSTWO_RETRY_BUDGET: RetryBudgetError,
  /** Threads kept dying; the supervisor gave up. */
  PLUSTWO_RESTART_INTENSITY: RestartIntensityError,
  /** An option has a wrong name, type, unit or range. */
  PLUSTWO_BAD_OPTION: BadOptionError,
} as const;
