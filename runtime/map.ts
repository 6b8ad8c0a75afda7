import type { Outcome } from '../workers/protocol/outcome.js';
import type { MapPlan } from './call-options.js';
import type { Engine } from './engine.js';
import { ClosedError, RestartIntensityError } from './errors.js';
import type { MapItem } from './handles.js';
import { type Inputs, type Intake, MapSource } from './map-source.js';
import { Backlog } from './results/backlog.js';
import { KeptResults } from './results/kept-results.js';
import type { Holder } from './results/result-bytes.js';
import { type Sink, type Task, type TaskType, usageOf } from './task.js';

type Item = MapItem<unknown, unknown>;
type Next = IteratorResult<Item, undefined>;

/** What one iteration needs of its supervisor. */
export interface MapHost {
  readonly engine: Pick<Engine, 'submit' | 'stop' | 'hold' | 'readmit' | 'results'>;
  newTask(type: TaskType, plan: MapPlan['task'], input: unknown, sink: Sink): Task;
}

/** Inputs are pulled an eighth of the window at a time, so that they travel in parcels and not one by one. */
const REFILL_SHARE = 8;
/** While others' results leave no room, one that has none itself and is being waited for has so many tasks under way. */
const LENT = 64;

/**
 * One iteration of `map`: pulls inputs while fewer than `concurrency` are pulled and not yet yielded, submits them, and yields what comes
 * of them. Its memory is that window, whatever the number of inputs.
 *
 * Results may be large, so their bytes are counted as well, over all iterations. What is submitted is no more than there is room for,
 * judged by the results so far; and what comes to its turn while there is none leaves its lane again. Both wait in the backlog.
 * Whatever the others have, the one that is yielded next always goes, and so does an iteration that has nothing for the reader who waits:
 * or two loops, one inside the other, would wait for each other.
 */
export class MapIteration implements AsyncIterableIterator<Item>, Sink, Holder, Intake {
  readonly #host: MapHost;
  readonly #type: TaskType;
  readonly #plan: MapPlan;
  readonly #source: MapSource;
  readonly #refill: number;
  /** By index, or as they come. */
  readonly #results: KeptResults<Item>;
  /** Tasks that are not settled; those of the backlog are among them. */
  readonly #running = new Set<Task>();
  readonly #backlog = new Backlog<Task>();
  #isResuming = false;
  readonly #waiting: { resolve: (next: Next) => void; reject: (error: unknown) => void }[] = [];
  #pulled = 0;
  #settled = 0;
  #yielded = 0;

  constructor(host: MapHost, type: TaskType, plan: MapPlan, inputs: Inputs) {
    this.#host = host;
    this.#type = type;
    this.#plan = plan;
    this.#refill = Math.max(1, Math.floor(plan.concurrency / REFILL_SHARE));
    this.#results = new KeptResults(plan.concurrency, host.engine.results);
    this.#source = new MapSource(inputs, this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    this.#pull();
    if (this.#waiting.length === 0) {
      const ready = this.#take();
      if (ready !== undefined) {
        this.resume();
        return Promise.resolve(ready);
      }
      if (this.#isOver()) return this.#over();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.resume();
    });
  }

  /** Leaves the iteration: what runs is cancelled, what waits is dropped, the source is closed. */
  return(): Promise<Next> {
    this.#source.leave();
    const error = new DOMException('The iteration over the results was left', 'AbortError');
    for (const task of [...this.#running])
      this.#host.engine.stop(task, { outcome: 'cancelled', errorFor: () => error, ends: 'task' });
    this.#backlog.clear();
    this.#host.engine.results.leave(this);
    this.#results.clear();
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    return this.#over();
  }

  ok(task: Task, value: unknown): void {
    this.#put(task, { index: task.index, input: task.input, status: 'ok', value, usage: usageOf(task) }, value);
  }

  bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    // A closed supervisor takes nothing more, so there is no use in pulling on.
    const isOver = error instanceof ClosedError || error instanceof RestartIntensityError;
    if (isOver) this.#source.close();
    // The reason of a signal is the caller's own, and one for all.
    const content = outcome === 'cancelled' ? undefined : error;
    this.#put(task, { index: task.index, input: task.input, status: outcome, error, usage: usageOf(task) }, content);
  }

  /** Whether a task whose turn has come waits instead, in the backlog, because results enough wait to be read. */
  holdsBack(task: Task): boolean {
    if (this.#isNext(task) || this.#lacks()) return false;
    this.#addToBacklog(task);
    return true;
  }

  /** Submits of the backlog what may go. */
  resume(): void {
    if (this.#backlog.size === 0 || this.#isResuming) return;
    this.#isResuming = true;
    for (let next = this.#backlog.first; next !== undefined && this.#mayGo(next); next = this.#backlog.first) {
      this.#backlog.delete(next);
      this.#host.engine.readmit(next);
    }
    if (this.#backlog.size === 0) this.#host.engine.results.leave(this);
    this.#isResuming = false;
  }

  #put(task: Task, item: Item, content: unknown): void {
    this.#running.delete(task);
    if (this.#backlog.size > 0) this.#backlog.delete(task);
    if (this.#source.state === 'left') return;
    const place = this.#plan.ordered ? item.index : this.#settled;
    this.#results.put(place, item, content);
    this.#settled++;
    this.#handOver();
    this.#pull();
    this.resume();
  }

  #take(): Next | undefined {
    const item = this.#results.take(this.#yielded);
    if (item === undefined) return undefined;
    this.#yielded++;
    return { done: false, value: item };
  }

  #isNext(task: Task): boolean {
    return this.#plan.ordered && task.index === this.#yielded;
  }

  /** Whether a reader waits for whom nothing is there, nor anything that has to wait for its turn. */
  #lacks(): boolean {
    return this.#waiting.length > 0 && this.#results.bytes === 0;
  }

  #mayGo(next: Task): boolean {
    const underWay = this.#running.size - this.#backlog.size;
    const { room, mostUnknown } = this.#host.engine.results;
    const { meanBytes } = this.#results;
    if (meanBytes === 0 ? room > 0 && underWay < mostUnknown : underWay * meanBytes < room) return true;
    return this.#isNext(next) || (underWay < LENT && this.#lacks());
  }

  #addToBacklog(task: Task): void {
    this.#backlog.add(task);
    this.#host.engine.results.enter(this);
  }

  /** An aborted signal ends the source here, so that no input is pulled and then not yielded. */
  wantsMore(): boolean {
    if (this.#plan.task.signal?.aborted !== true) return this.#pulled - this.#yielded < this.#plan.concurrency;
    this.#source.close();
    return false;
  }

  accept(input: unknown): void {
    const task = this.#host.newTask(this.#type, this.#plan.task, input, this);
    task.index = this.#pulled++;
    const goes = this.#backlog.size === 0 && this.#mayGo(task);
    this.#running.add(task);
    if (goes) {
      this.#host.engine.submit(task);
      return;
    }
    this.#addToBacklog(task);
    this.#host.engine.hold(task);
  }

  ended(): void {
    this.#handOver();
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
    const { state } = this.#source;
    return state === 'left' || (state === 'ended' && this.#yielded === this.#pulled);
  }

  async #over(): Promise<Next> {
    await this.#source.over();
    return { done: true, value: undefined };
  }

  #pull(): void {
    if (this.#pulled - this.#yielded <= this.#plan.concurrency - this.#refill) this.#source.pull();
  }
}
