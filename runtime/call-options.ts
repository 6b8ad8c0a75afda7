import type { Duration, RetryOptions, TraceContext } from '../workers/protocol/task-options.js';
import { NO_RETRY, retryFrom } from './attempts/retry.js';
import { checkOptions } from './check-options.js';
import type { TaskPlan } from './task.js';

/** Options of one call. What a task declares beside its code holds where a call says nothing. */
export interface CallOptions {
  /** Cancels the task: it leaves the queue at once, or its `ctx.signal` is aborted. The promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** The longest an attempt may run, counted from its start. */
  timeout?: Duration;
  /** The longest from submission to settlement, waiting and retries included. */
  deadline?: Duration;
  /**
   * How long a running attempt has to end by itself after its signal was aborted, before its thread is ended.
   * @defaultValue '1s', or the supervisor's
   */
  grace?: Duration;
  /**
   * Higher first; first come first served inside a priority.
   * @defaultValue 0
   */
  priority?: number;
  /** When and how often it is tried again. */
  retry?: RetryOptions;
  /** Moved with the input instead of copied. Such a task has one attempt: its input is gone afterwards. */
  transfer?: readonly object[];
  /** Called when the handler calls `ctx.progress`. */
  onProgress?: (fraction: number, note?: string) => void;
  /** `ctx.args` of the handler. */
  args?: unknown;
  /**
   * Whether a task that finds the queue full is rejected with `PLUSTWO_QUEUE_FULL`, or waits before it.
   * @defaultValue 'reject'
   */
  whenFull?: 'reject' | 'wait';
  /**
   * What becomes of a task while the circuit of a dependency it uses is open: rejected at once with `PLUSTWO_CIRCUIT_OPEN`, or it waits
   * until the dependency is back. `map` waits unless told otherwise.
   * @defaultValue 'reject'
   */
  whenOpen?: 'reject' | 'wait';
  /** The caller's trace: its log records carry it, and the handler has it as `ctx.trace`. */
  trace?: TraceContext;
}

/** Options of `map`: those of a call, for every item, and its own two. */
export interface MapOptions extends Omit<CallOptions, 'transfer'> {
  /**
   * Whether items are yielded in the order of the inputs, or as results come.
   * @defaultValue true
   */
  ordered?: boolean;
  /**
   * How many inputs are pulled and not yet yielded at most; memory depends on this, never on how many inputs there are.
   * @defaultValue 1024 x threads
   */
  concurrency?: number;
}

/** `map`'s own options, checked. */
export interface MapPlan {
  readonly task: TaskPlan;
  readonly ordered: boolean;
  readonly concurrency: number;
}

/** A task's plan with a call's options laid over it. */
export function planCall(base: TaskPlan, options: CallOptions): TaskPlan {
  return overlay(base, checkOptions(options, 'call'));
}

/** What a `map` is to do. */
export function planMap(base: TaskPlan, options: MapOptions, concurrency: number): MapPlan {
  const checked = checkOptions(options, 'map');
  return {
    task: overlay({ ...base, whenFull: 'wait', whenOpen: 'wait' }, checked),
    ordered: (checked.ordered as boolean | undefined) ?? true,
    concurrency: (checked.concurrency as number | undefined) ?? concurrency,
  };
}

function overlay(base: TaskPlan, { args, retry, ...rest }: Record<string, unknown>): TaskPlan {
  const own = rest as Partial<TaskPlan>;
  const policy = retryFrom(retry, base.retry);
  return {
    ...base,
    ...own,
    args: args === undefined ? base.args : { value: args },
    // A transferred input cannot be sent a second time.
    retry: own.transfer === undefined || own.transfer.length === 0 ? policy : { ...policy, attempts: 1 },
  };
}

/** What holds for tasks that say nothing about themselves. */
export function basePlan({ kind, grace, limit, uses }: Pick<TaskPlan, 'kind' | 'grace'> & Partial<TaskPlan>): TaskPlan {
  return {
    kind,
    grace,
    timeout: undefined,
    deadline: undefined,
    priority: 0,
    retry: NO_RETRY,
    signal: undefined,
    transfer: undefined,
    args: undefined,
    onProgress: undefined,
    whenFull: 'reject',
    whenOpen: 'reject',
    limit: limit ?? Number.POSITIVE_INFINITY,
    uses: uses ?? [],
    trace: undefined,
  };
}
