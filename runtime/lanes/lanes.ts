import type { Kind } from '../../workers/protocol/outcome.js';
import type { Task } from '../task.js';
import type { LanesInUse } from '../threads/placement.js';
import { PriorityQueue } from './queue.js';

/** A lane counts as in use for so long after it last had work, so that threads do not change sides between two calls. */
export const IN_USE_MS = 2_000;

/** The queues of both kinds: the only place where accepted tasks wait for a thread. Who waits for something else is parked, see `Gates`. */
export class Lanes {
  readonly cpu = new PriorityQueue<Task>();
  readonly io = new PriorityQueue<Task>();
  /** Tasks of either kind that must have a thread to themselves, and so are not in the queues of the others. */
  readonly alone = { cpu: new PriorityQueue<Task>(), io: new PriorityQueue<Task>() };
  #lastUse = { cpu: Number.NEGATIVE_INFINITY, io: Number.NEGATIVE_INFINITY };

  /** Tasks waiting, both lanes. */
  get size(): number {
    return this.cpu.size + this.io.size + this.alone.cpu.size + this.alone.io.size;
  }

  /** All queues. */
  get queues(): readonly PriorityQueue<Task>[] {
    return [this.cpu, this.io, this.alone.cpu, this.alone.io];
  }

  /** How many of a kind wait, and since when the longest does. */
  waiting(kind: Kind): { readonly size: number; readonly oldest: number | undefined } {
    const queues = [this.of(kind), this.alone[kind]];
    const since = queues.map((queue) => queue.oldest()).filter((at) => at !== undefined);
    return {
      size: queues.reduce((size, queue) => size + queue.size, 0),
      oldest: since.length === 0 ? undefined : Math.min(...since),
    };
  }

  of(kind: Kind): PriorityQueue<Task> {
    return kind === 'cpu' ? this.cpu : this.io;
  }

  /** Puts a task at the end of its lane's queue. */
  push(task: Task, now: number): void {
    task.state = 'queued';
    this.#lastUse[task.type.plan.kind] = now;
    this.#queueOf(task).push(task, now);
  }

  /** Puts a task back that had been dispatched and did not start. */
  putBack(task: Task): void {
    task.state = 'queued';
    this.#queueOf(task).insert(task);
  }

  /** Puts a task back that had been parked, where it would stand had it waited here. */
  rejoin(task: Task, now: number): void {
    task.state = 'queued';
    this.#lastUse[task.type.plan.kind] = now;
    this.#queueOf(task).insert(task);
  }

  remove(task: Task): void {
    this.#queueOf(task).remove(task);
  }

  #queueOf(task: Task): PriorityQueue<Task> {
    const { kind } = task.type.plan;
    return task.mustBeAlone ? this.alone[kind] : this.of(kind);
  }

  /** Which lanes have work, or had some within {@link IN_USE_MS}. */
  inUse(now: number, running: { readonly cpu: number; readonly io: number }): LanesInUse {
    return { cpu: this.#isInUse('cpu', now, running.cpu), io: this.#isInUse('io', now, running.io) };
  }

  #isInUse(kind: Kind, now: number, running: number): boolean {
    if (running > 0 || this.of(kind).size > 0 || this.alone[kind].size > 0) this.#lastUse[kind] = now;
    return now - this.#lastUse[kind] < IN_USE_MS;
  }
}
