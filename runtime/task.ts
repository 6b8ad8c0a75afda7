import type { ResourceKind } from '../workers/protocol/ledger.js';
import type { Kind, Outcome } from '../workers/protocol/outcome.js';
import type { Estimate } from './attempts/estimate.js';
import type { RetryPolicy } from './attempts/retry.js';
import type { Timer } from './clock.js';
import type { List, Queued } from './lanes/queue.js';

/** One exported handler of a loaded module, as the supervisor knows it. */
export interface TaskType {
  /** Number on the wire. */
  readonly number: number;
  readonly href: string;
  /** The export's name. */
  readonly name: string;
  /** How it is called in reports: the export's name, or `module#export` where that is ambiguous. */
  label: string;
  readonly plan: TaskPlan;
  readonly estimate: Estimate;
  /** Whether descriptors are tracked where it runs. */
  readonly tracked: boolean;
}

/** Resolved options of a task; durations in milliseconds, undefined for no limit. */
export interface TaskPlan {
  readonly kind: Kind;
  readonly timeout: number | undefined;
  readonly deadline: number | undefined;
  readonly grace: number;
  readonly priority: number;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal | undefined;
  readonly transfer: readonly object[] | undefined;
  readonly args: { readonly value: unknown } | undefined;
  readonly onProgress: ((fraction: number, note: string | undefined) => void) | undefined;
  readonly whenFull: 'reject' | 'wait';
}

/** A wish to stop a task. What its caller gets depends on whether it had started, which is known only when it has been stopped. */
export interface StopWish {
  readonly outcome: Exclude<Outcome, 'ok'>;
  readonly errorFor: (started: boolean) => unknown;
  readonly ends: 'task' | 'attempt';
}

/** Why a running attempt is being stopped: the first cause wins. `error` is what the caller gets. */
export interface StopCause {
  readonly outcome: Exclude<Outcome, 'ok'>;
  readonly error: unknown;
  /** Whether the task ends with it, or only the attempt. */
  readonly ends: 'task' | 'attempt';
}

/** What a task cost, as `map` yields it and the `settled` event tells it. Units are in the names. */
export interface Usage {
  /** Attempts it took; 0 if none started. */
  attempts: number;
  /** The slot that ran the last attempt; null if none did. */
  slot: number | null;
  /** Whether `cpuMs` and `heapDeltaBytes` are shares of a longer reading: attempts under a millisecond have no reading of their own. */
  estimated: boolean;
  /** From submission to the start of the last attempt. */
  waitMs: number;
  /** How long the last attempt ran. */
  runMs: number;
  /** CPU the last attempt used in its thread; null where the platform does not tell. */
  cpuMs: number | null;
  /** How the thread's heap changed over the last attempt. */
  heapDeltaBytes: number | null;
  /** Descriptors the task opened and left open, over all its attempts. */
  descriptors: {
    /** How many it opened; null where they are not tracked. */
    opened: number | null;
    /** Files and directories it left open. */
    leaked: LeakedDescriptor[];
  };
}

/** A file or directory that a task left open. */
export interface LeakedDescriptor {
  /** What was opened. */
  resource: ResourceKind;
  /** Its path; null for what has none. */
  path: string | null;
  /** `file:line:column` of the code that opened it; null when it was not noted. */
  openedAt: string | null;
}

/** Who is told when a task settles. Exactly one of the two is called, once. */
export interface Sink {
  ok(task: Task, value: unknown): void;
  bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void;
}

/**
 * A task, from submission to settlement.
 *
 * | state | where it is | goes on to |
 * |---|---|---|
 * | `offered` | nowhere, or before a full queue (`whenFull: 'wait'`) | `queued`, `settled` (refused) |
 * | `queued` | in its lane | `dispatched`, `settled` (stopped) |
 * | `dispatched` | its attempt is with a thread, started or not | `queued` (taken back), `delayed` (another attempt), `settled` |
 * | `delayed` | waits before another attempt | `queued`, `settled` (stopped) |
 * | `settled` | done; its caller knows | – |
 *
 * Whatever arrives late finds a state, or a place, that is no longer the one it was sent for, and is dropped.
 */
export type TaskState = 'offered' | 'queued' | 'dispatched' | 'delayed' | 'settled';

/** Figures of a task's last attempt. */
export interface LastAttempt {
  readonly slot: number;
  readonly waitMs: number;
  readonly runMs: number;
  /** NaN where the platform does not tell. */
  readonly cpuMs: number;
  readonly heapBytes: number;
  /** Whether the last two were read for this attempt alone. */
  readonly measured: boolean;
  readonly loopMs: number;
  /** Descriptors opened so far, over all attempts. */
  readonly opened: number;
}

/** What only some tasks need: kept apart, since a hundred thousand tasks may be waiting and each is a burden to the garbage collector. */
export interface TaskExtras {
  /** Why its running attempt is being stopped. */
  stop: StopCause | undefined;
  /** Its thread has confirmed that the attempt was asked to stop; one that has not is blocked. */
  heard: boolean;
  /** What follows when it does, once its grace is over. */
  whenHeard: (() => void) | undefined;
  /** Deadline, timeout, grace, and the wait before another attempt. */
  readonly timers: Set<Timer>;
  /** Takes the task off the caller's signal. */
  unlisten: (() => void) | undefined;
}

/** See {@link TaskState}. The fields are the supervisor's; nothing outside its rooms writes them. */
export class Task implements Queued {
  readonly id: number;
  readonly type: TaskType;
  readonly plan: TaskPlan;
  readonly submittedAt: number;
  state: TaskState = 'offered';
  input: unknown;
  sink: Sink | undefined;
  /** The attempt it is at, from 1. */
  attempt = 1;
  /** Attempts that started. */
  attemptsStarted = 0;
  /** Where its attempt is; -1 while with no thread. */
  slot = -1;
  entry = -1;
  /** Its place in a `map`. */
  index = -1;
  extras: TaskExtras | undefined = undefined;
  last: LastAttempt | undefined = undefined;
  /** What its attempts left open. */
  leaked: LeakedDescriptor[] | undefined = undefined;
  queuedAt = 0;
  list: List<this> | undefined = undefined;
  next: this | undefined = undefined;
  previous: this | undefined = undefined;

  constructor(id: number, type: TaskType, plan: TaskPlan, input: unknown, sink: Sink, now: number) {
    this.id = id;
    this.type = type;
    this.plan = plan;
    this.input = input;
    this.sink = sink;
    this.submittedAt = now;
  }

  get priority(): number {
    return this.plan.priority;
  }

  /** Why its running attempt is being stopped. */
  get stop(): StopCause | undefined {
    return this.extras?.stop;
  }

  /** The extras, made when first needed. */
  needExtras(): TaskExtras {
    return (this.extras ??= {
      stop: undefined,
      heard: false,
      whenHeard: undefined,
      timers: new Set(),
      unlisten: undefined,
    });
  }
}

/** A task's cost as plain data. */
export function usageOf({ attemptsStarted, last, leaked, type }: Task): Usage {
  return {
    attempts: attemptsStarted,
    slot: last?.slot ?? null,
    estimated: last?.measured !== true,
    waitMs: last?.waitMs ?? 0,
    runMs: last?.runMs ?? 0,
    cpuMs: last === undefined ? 0 : Number.isNaN(last.cpuMs) ? null : last.cpuMs,
    heapDeltaBytes: last?.heapBytes ?? 0,
    descriptors: { opened: type.tracked ? (last?.opened ?? 0) : null, leaked: leaked ?? [] },
  };
}
