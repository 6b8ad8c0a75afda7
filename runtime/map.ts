import type { Outcome } from '../workers/protocol/outcome.js';
import type { MapPlan } from './call-options.js';
import { refuse } from './checks.js';
import type { Core } from './core.js';
import { ClosedError, RestartIntensityError } from './errors.js';
import type { MapItem } from './handles.js';
import { type Sink, type Task, type TaskType, usageOf } from './task.js';

type Item = MapItem<unknown, unknown>;
type Next = IteratorResult<Item, undefined>;
type Inputs = Iterable<unknown> | AsyncIterable<unknown>;
type Source =
  | { readonly kind: 'sync'; readonly iterator: Iterator<unknown> }
  | { readonly kind: 'async'; readonly iterator: AsyncIterator<unknown> };

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
 * | state | the source | goes on to |
 * |---|---|---|
 * | `open` | is not asked: enough is pulled | `pulling`, `ended`, `left` |
 * | `pulling` | is being asked | `open`, `ended`, `left` |
 * | `ended` | gives nothing more: exhausted, failed, aborted, or the supervisor closed; what was pulled is still yielded | `left` |
 * | `left` | gives nothing more, and nothing is yielded | – |
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
  /** The closing of a source that had more to give: whoever comes to the end waits for it. */
  #closing: Promise<unknown> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #pulled = 0;
  #settled = 0;
  #yielded = 0;

  constructor(host: MapHost, type: TaskType, plan: MapPlan, inputs: Inputs) {
    this.#host = host;
    this.#type = type;
    this.#plan = plan;
    this.#refill = Math.max(1, Math.floor(plan.concurrency / REFILL_SHARE));
    this.#results = new Array<Item | undefined>(plan.concurrency).fill(undefined);
    this.#source = openSource(inputs);
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
  return(): Promise<Next> {
    if (this.#givesMore()) this.#closeSource();
    this.#state = 'left';
    this.#failure = undefined;
    const error = new DOMException('The iteration over the results was left', 'AbortError');
    for (const task of [...this.#running])
      this.#host.core.stop.stop(task, { outcome: 'cancelled', errorFor: () => error, ends: 'task' });
    this.#results.fill(undefined);
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    return this.#over();
  }

  ok(task: Task, value: unknown): void {
    this.#put(task, { index: task.index, input: task.input, status: 'ok', value, usage: usageOf(task) });
  }

  bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    // A closed supervisor takes nothing more, so there is no use in pulling on.
    const isOver = error instanceof ClosedError || error instanceof RestartIntensityError;
    if (isOver && this.#givesMore()) this.#closeSource();
    this.#put(task, { index: task.index, input: task.input, status: outcome, error, usage: usageOf(task) });
  }

  #put(task: Task, item: Item): void {
    this.#running.delete(task);
    if (this.#state === 'left') return;
    const place = this.#plan.ordered ? item.index : this.#settled;
    this.#results[place % this.#results.length] = item;
    this.#settled++;
    this.#handOver();
    this.#pull();
  }

  #take(): Next | undefined {
    const place = this.#yielded % this.#results.length;
    const item = this.#results[place];
    if (item === undefined) return undefined;
    this.#results[place] = undefined;
    this.#yielded++;
    return { done: false, value: item };
  }

  /** Answers those who wait, as far as there is something to tell. */
  #handOver(): void {
    for (let waiter = this.#waiting[0]; waiter !== undefined; waiter = this.#waiting[0]) {
      const ready = this.#take();
      if (ready !== undefined) waiter.resolve(ready);
      else if (this.#isOver()) this.#over().then(waiter.resolve, waiter.reject);
      else return;
      this.#waiting.shift();
    }
  }

  #isOver(): boolean {
    return this.#state === 'left' || (this.#state === 'ended' && this.#yielded === this.#pulled);
  }

  /** The source's own error comes last, after everything that was pulled before it, and once. */
  async #over(): Promise<Next> {
    const closing = this.#closing;
    this.#closing = undefined;
    await closing;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }

  #pull(): void {
    const open = this.#pulled - this.#yielded;
    if (this.#state !== 'open' || open > this.#plan.concurrency - this.#refill) return;
    this.#state = 'pulling';
    if (this.#source.kind === 'sync') this.#pullSync(this.#source.iterator);
    else void this.#pullAsync(this.#source.iterator);
  }

  #pullSync(iterator: Iterator<unknown>): void {
    try {
      while (this.#wantsMore()) this.#accept(iterator.next());
    } catch (error) {
      this.#fail(error);
    }
    this.#pulledEnough();
  }

  async #pullAsync(iterator: AsyncIterator<unknown>): Promise<void> {
    try {
      while (this.#wantsMore()) this.#accept(await iterator.next());
    } catch (error) {
      this.#fail(error);
    }
    this.#pulledEnough();
  }

  #givesMore(): boolean {
    return this.#state === 'open' || this.#state === 'pulling';
  }

  /** Whether another input is to be pulled. An aborted signal ends the source here, so that no input is pulled and then not yielded. */
  #wantsMore(): boolean {
    if (this.#state !== 'pulling') return false;
    if (this.#plan.task.signal?.aborted !== true) return this.#pulled - this.#yielded < this.#plan.concurrency;
    this.#closeSource();
    return false;
  }

  #pulledEnough(): void {
    if (this.#state === 'pulling') this.#state = 'open';
    else this.#handOver();
  }

  #accept(next: IteratorResult<unknown>): void {
    if (this.#state !== 'pulling') return;
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
    this.#failure = { error };
    this.#state = 'ended';
  }

  /** Pulls no more, and lets the source go. */
  #closeSource(): void {
    this.#state = 'ended';
    const { iterator } = this.#source;
    this.#closing = (async () => iterator.return?.())();
    // The end tells it; until somebody comes there, an error of the source is not one that nobody handles.
    this.#closing.catch(() => undefined);
  }
}

/** As `for await` does it: which method gives the iterator tells its kind, not what its steps look like. */
function openSource(inputs: unknown): Source {
  const methods = (inputs ?? {}) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  const { [Symbol.asyncIterator]: openAsync, [Symbol.iterator]: openSync } = methods;
  if (typeof openAsync === 'function') {
    return { kind: 'async', iterator: openAsync.call(inputs as AsyncIterable<unknown>) };
  }
  if (typeof openSync === 'function') return { kind: 'sync', iterator: openSync.call(inputs as Iterable<unknown>) };
  return refuse('inputs', 'an iterable or an async iterable', inputs);
}

/** An iteration that could not begin: a handle never throws, so its first step rejects. */
export async function* failedIteration(error: unknown): AsyncGenerator<Item, undefined> {
  await Promise.reject(error);
}
