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

/** Why a task is being stopped: the first cause wins. `error` is what its caller gets. */
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
  /** Descriptors the task opened and left open; `opened` is null until they are tracked. */
  descriptors: { opened: number | null; leaked: { resource: string; path: string | null; openedAt: string | null }[] };
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

/** See {@link TaskState}. The fields are the supervisor's; nothing outside the attempts room writes them. */
export class Task implements Queued {
  readonly id: number;
  readonly type: TaskType;
  readonly plan: TaskPlan;
  readonly submittedAt: number;
  readonly priority: number;
  state: TaskState = 'offered';
  input: unknown;
  sink: Sink | undefined;
  /** The attempt it is at, from 1. */
  attempt = 1;
  /** Where its attempt is. */
  slot = -1;
  entry = -1;
  expectedMs = 0;
  /** Why its running attempt is being stopped. */
  stop: StopCause | undefined;
  /** Its thread has confirmed that it was asked to stop; a thread that has not is blocked. */
  heard = false;
  /** Deadline, and the wait before another attempt. */
  timers: Set<Timer> | undefined;
  /** Takes the abort listener off the caller's signal. */
  unlisten: (() => void) | undefined;
  /** Its place in a `map`. */
  index = -1;
  // Figures of the last attempt.
  attemptsStarted = 0;
  lastSlot: number | null = null;
  waitMs = 0;
  runMs = 0;
  cpuMs = 0;
  heapBytes = 0;
  measured = false;
  // Queued.
  queuedAt = 0;
  list: List<this> | undefined = undefined;
  next: this | undefined = undefined;
  previous: this | undefined = undefined;

  constructor(id: number, type: TaskType, plan: TaskPlan, input: unknown, sink: Sink, now: number) {
    this.id = id;
    this.type = type;
    this.plan = plan;
    this.priority = plan.priority;
    this.input = input;
    this.sink = sink;
    this.submittedAt = now;
  }
}

/** A task's cost as plain data. */
export function usageOf(task: Task): Usage {
  const known = !Number.isNaN(task.cpuMs);
  return {
    attempts: task.attemptsStarted,
    slot: task.lastSlot,
    estimated: !task.measured,
    waitMs: task.waitMs,
    runMs: task.runMs,
    cpuMs: known ? task.cpuMs : null,
    heapDeltaBytes: task.heapBytes,
    descriptors: { opened: null, leaked: [] },
  };
}
