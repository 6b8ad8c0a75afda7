import type { Kind } from '../../workers/protocol/outcome.js';
import type { Task } from '../task.js';
import type { LanesInUse } from '../threads/placement.js';
import { PriorityQueue } from './queue.js';

/** A lane counts as in use for so long after it last had work, so that threads do not change sides between two calls. */
export const IN_USE_MS = 2_000;

/** The queues of both kinds: the only place where accepted tasks wait for a thread. */
export class Lanes {
  readonly cpu = new PriorityQueue<Task>();
  readonly io = new PriorityQueue<Task>();
  #lastUse = { cpu: Number.NEGATIVE_INFINITY, io: Number.NEGATIVE_INFINITY };

  /** Tasks waiting, both lanes. */
  get size(): number {
    return this.cpu.size + this.io.size;
  }

  of(kind: Kind): PriorityQueue<Task> {
    return kind === 'cpu' ? this.cpu : this.io;
  }

  /** Puts a task at the end of its lane's queue. */
  push(task: Task, now: number): void {
    task.state = 'queued';
    this.#lastUse[task.type.plan.kind] = now;
    this.of(task.type.plan.kind).push(task, now);
  }

  /** Puts a task back that had been dispatched and did not start. */
  putBack(task: Task): void {
    task.state = 'queued';
    this.of(task.type.plan.kind).unshift(task);
  }

  remove(task: Task): void {
    this.of(task.type.plan.kind).remove(task);
  }

  /** Which lanes have work, or had some within {@link IN_USE_MS}. */
  inUse(now: number, running: { readonly cpu: number; readonly io: number }): LanesInUse {
    return { cpu: this.#isInUse('cpu', now, running.cpu), io: this.#isInUse('io', now, running.io) };
  }

  #isInUse(kind: Kind, now: number, running: number): boolean {
    if (running > 0 || this.of(kind).size > 0) this.#lastUse[kind] = now;
    return now - this.#lastUse[kind] < IN_USE_MS;
  }
}
