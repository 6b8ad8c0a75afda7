import type { ResourceKind } from '../workers/protocol/ledger.js';
import type { Kind, Outcome } from '../workers/protocol/outcome.js';
import type { TraceContext } from '../workers/protocol/task-options.js';
import type { Estimate } from './attempts/estimate.js';
import type { RetryPolicy } from './attempts/retry.js';
import { Blame } from './blame.js';
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
  /** Whether its attempts need more than a thread: it has a limit, or uses dependencies. See {@link isGated}. */
  readonly gated: boolean;
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
  readonly whenOpen: 'reject' | 'wait';
  /** How many attempts of the task may run at once; Infinity for any number. */
  readonly limit: number;
  /** Names of the dependencies the whole attempt uses. */
  readonly uses: readonly string[];
  readonly trace: TraceContext | undefined;
}

/** Whether attempts of a task with such a plan need more than a thread to run in. */
export function isGated({ limit, uses }: Pick<TaskPlan, 'limit' | 'uses'>): boolean {
  return limit < Number.POSITIVE_INFINITY || uses.length > 0;
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
  /**
   * Attempts it took; 0 if none started. One that ended because something else in its thread did is not counted, if the task is tried again
   * for that.
   */
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
  /**
   * Asked when results enough wait to be read: whether the task, whose turn has come, is to wait for readers. It is offered again by who
   * says so. Without this method no task of it waits.
   */
  holdsBack?(task: Task): boolean;
}

/**
 * A task, from submission to settlement.
 *
 * | state | where it is | goes on to |
 * |---|---|---|
 * | `offered` | nowhere, or before a full queue (`whenFull: 'wait'`), or with its `map`, which holds it back | `queued`, `settled` (refused) |
 * | `queued` | in its lane | `dispatched`, `parked`, `settled` (stopped, or a circuit is open) |
 * | `parked` | at a gate: waits for its limit, a dependency or a circuit | `queued` (called), `settled` (stopped, or a circuit opened) |
 * | `dispatched` | its attempt is with a thread, started or not | `queued` (taken back), `parked` (it called what is down), `delayed` (another attempt), `settled` |
 * | `delayed` | waits before another attempt | `queued`, `settled` (stopped) |
 * | `settled` | done; its caller knows | – |
 *
 * Whatever arrives late finds a state, or a place, that is no longer the one it was sent for, and is dropped.
 */
export type TaskState = 'offered' | 'queued' | 'parked' | 'dispatched' | 'delayed' | 'settled';

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
  /** Deadline, grace, and the wait before another attempt. */
  readonly timers: Set<Timer>;
  /** The timeout of the attempt that is with a thread. */
  timeout: Timer | undefined;
  /** Takes the task off the caller's signal. */
  unlisten: (() => void) | undefined;
  /** What is held against it since a thread died under it. */
  blame: Blame | undefined;
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
  /** Whether gates have a say in its attempts: its type is gated, or it was parked for what one of them called. */
  gated: boolean;
  /** Whether an attempt of it was told that what it called is down, and is not counted for that. */
  hasTurnedBack = false;
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
    this.gated = type.gated;
  }

  get priority(): number {
    return this.plan.priority;
  }

  /** Why its running attempt is being stopped. */
  get stop(): StopCause | undefined {
    return this.extras?.stop;
  }

  /** Whether any attempt has begun, so that it may have had effects; also those that are not counted. */
  get hasStarted(): boolean {
    return this.attemptsStarted > 0 || this.hasTurnedBack || (this.extras?.blame?.cutShort ?? 0) > 0;
  }

  /** Whether its next attempt may have no other beside it in its thread. */
  get mustBeAlone(): boolean {
    return this.extras?.blame?.isSuspect === true;
  }

  /** What is held against it; made when first needed. */
  needBlame(): Blame {
    return (this.needExtras().blame ??= new Blame());
  }

  /** The extras, made when first needed. */
  needExtras(): TaskExtras {
    return (this.extras ??= {
      stop: undefined,
      heard: false,
      whenHeard: undefined,
      timers: new Set(),
      timeout: undefined,
      unlisten: undefined,
      blame: undefined,
    });
  }
}

/** Its input was transferred: it cannot be taken back from a thread, nor sent a second time. */
export function isMoved({ plan }: Task): boolean {
  return plan.transfer !== undefined && plan.transfer.length > 0;
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
