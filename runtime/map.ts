import type { Outcome } from '../workers/protocol/outcome.js';
import type { MapPlan } from './call-options.js';
import type { Core } from './core.js';
import { ClosedError, RestartIntensityError } from './errors.js';
import type { MapItem } from './handles.js';
import { type Sink, type Task, type TaskType, usageOf } from './task.js';

type Item = MapItem<unknown, unknown>;
type Next = IteratorResult<Item, undefined>;
type Source = Iterator<unknown> | AsyncIterator<unknown>;

/** What one iteration needs of its supervisor. */
export interface MapHost {
  readonly core: Core;
  newTask(type: TaskType, plan: MapPlan['task'], input: unknown, sink: Sink): Task;
}

/** Inputs are pulled an eighth of the window at a time, so that they travel in parcels and not one by one. */
const REFILL_SHARE = 8;

/**
 * One iteration of `map`: pulls inputs while fewer than `concurrency` are pulled and not yet yielded, submits them, and yields what comes
 * of them. Its memory is that window, whatever the number of inputs.
 *
 * The source is `open` until it is exhausted, throws, or the loop is left.
 */
export class MapIteration implements AsyncIterableIterator<Item>, Sink {
  readonly #host: MapHost;
  readonly #type: TaskType;
  readonly #plan: MapPlan;
  readonly #source: Source;
  readonly #refill: number;
  /** Results by place: an input's place is its index modulo the window. Unordered results are queued as they come. */
  readonly #results: (Item | undefined)[];
  readonly #running = new Set<Task>();
  readonly #waiting: { resolve: (next: Next) => void; reject: (error: unknown) => void }[] = [];
  #state: 'open' | 'pulling' | 'ended' | 'left' = 'open';
  #sourceError: { error: unknown } | undefined;
  #pulled = 0;
  #settled = 0;
  #yielded = 0;

  constructor(host: MapHost, type: TaskType, plan: MapPlan, inputs: Iterable<unknown> | AsyncIterable<unknown>) {
    this.#host = host;
    this.#type = type;
    this.#plan = plan;
    this.#refill = Math.max(1, Math.floor(plan.concurrency / REFILL_SHARE));
    this.#results = new Array<Item | undefined>(plan.concurrency).fill(undefined);
    this.#source = Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    this.#pull();
    if (this.#waiting.length === 0) {
      const ready = this.#take();
      if (ready !== undefined) return Promise.resolve(ready);
      if (this.#isOver()) return this.#over();
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Leaves the iteration: what runs is cancelled, what waits is dropped, the source is closed. */
  async return(): Promise<Next> {
    const source = this.#state === 'ended' || this.#state === 'left' ? undefined : this.#source;
    this.#state = 'left';
    const error = new DOMException('The iteration over the results was left', 'AbortError');
    for (const task of [...this.#running])
      this.#host.core.stop.stop(task, { outcome: 'cancelled', error, ends: 'task' });
    this.#results.fill(undefined);
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    await source?.return?.();
    return { done: true, value: undefined };
  }

  ok(task: Task, value: unknown): void {
    this.#put(task, { index: task.index, input: task.input, status: 'ok', value, usage: usageOf(task) });
  }

  bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    // A closed supervisor takes nothing more, so there is no use in pulling on.
    const isOver = error instanceof ClosedError || error instanceof RestartIntensityError;
    if (isOver && this.#state !== 'left') this.#endSource();
    this.#put(task, { index: task.index, input: task.input, status: outcome, error, usage: usageOf(task) });
  }

  #put(task: Task, item: Item): void {
    this.#running.delete(task);
    if (this.#state === 'left') return;
    const place = this.#plan.ordered ? item.index : this.#settled;
    this.#results[place % this.#results.length] = item;
    this.#settled++;
    this.#serve();
  }

  #take(): Next | undefined {
    const place = this.#yielded % this.#results.length;
    const item = this.#results[place];
    if (item === undefined) return undefined;
    this.#results[place] = undefined;
    this.#yielded++;
    return { done: false, value: item };
  }

  #serve(): void {
    for (let waiter = this.#waiting[0]; waiter !== undefined; waiter = this.#waiting[0]) {
      const ready = this.#take();
      if (ready !== undefined) waiter.resolve(ready);
      else if (this.#isOver()) this.#over().then(waiter.resolve, waiter.reject);
      else break;
      this.#waiting.shift();
    }
    this.#pull();
  }

  #isOver(): boolean {
    return (this.#state === 'ended' || this.#state === 'left') && this.#yielded === this.#pulled;
  }

  /** The source's own error comes last, after everything that was pulled before it. */
  #over(): Promise<Next> {
    const failed = this.#sourceError;
    this.#sourceError = undefined;
    return failed === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failed.error);
  }

  #pull(): void {
    const open = this.#pulled - this.#yielded;
    if (this.#state !== 'open' || open > this.#plan.concurrency - this.#refill) return;
    if (this.#plan.task.signal?.aborted === true) {
      this.#endSource();
      return;
    }
    this.#state = 'pulling';
    try {
      while (this.#isPulling() && this.#pulled - this.#yielded < this.#plan.concurrency) {
        const next = this.#source.next();
        if (next instanceof Promise) {
          void this.#pullAsync(next);
          return;
        }
        this.#accept(next);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#pulledEnough();
  }

  async #pullAsync(first: Promise<IteratorResult<unknown>>): Promise<void> {
    try {
      this.#accept(await first);
      while (this.#isPulling() && this.#pulled - this.#yielded < this.#plan.concurrency) {
        this.#accept(await (this.#source.next() as Promise<IteratorResult<unknown>>));
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#pulledEnough();
    this.#serve();
  }

  /** The state may have changed over an await, which the compiler does not follow. */
  #isPulling(): boolean {
    return this.#state === 'pulling';
  }

  #pulledEnough(): void {
    if (this.#state === 'pulling') this.#state = 'open';
  }

  #accept(next: IteratorResult<unknown>): void {
    if (this.#state === 'left') return;
    if (next.done === true) {
      this.#state = 'ended';
      return;
    }
    const task = this.#host.newTask(this.#type, this.#plan.task, next.value, this);
    task.index = this.#pulled++;
    this.#running.add(task);
    this.#host.core.submit(task);
  }

  #fail(error: unknown): void {
    if (this.#state === 'left') return;
    this.#sourceError = { error };
    this.#state = 'ended';
  }

  /** Pulls no more, and lets the source go. */
  #endSource(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    const closing = this.#source.return?.();
    if (closing instanceof Promise) {
      closing.catch((error: unknown) => {
        this.#sourceError ??= { error };
      });
    }
  }
}

/** An iteration that could not begin: a handle never throws, so its first step rejects. */
export async function* failedIteration(error: unknown): AsyncGenerator<Item, undefined> {
  throw error;
}
