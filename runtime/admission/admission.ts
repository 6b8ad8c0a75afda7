import type { Task } from '../task.js';
import { admit } from './admit.js';

/** What admission needs to know and to tell. */
export interface AdmissionListener {
  /** Tasks accepted and not started, all lanes. */
  waiting(): number;
  accepted(task: Task): void;
  rejected(task: Task, why: 'full' | 'closed'): void;
  saturated(): void;
  unsaturated(): void;
}

/**
 * The gate before the lanes. Tasks that asked to wait stand before it, first come first served, and are not accepted yet: what bounds them
 * is their callers' own awaiting.
 */
export class Admission {
  readonly #maxQueue: number;
  readonly #listener: AdmissionListener;
  readonly #before = new Set<Task>();
  #state: 'open' | 'saturated' | 'closed' = 'open';

  constructor(maxQueue: number, listener: AdmissionListener) {
    this.#maxQueue = maxQueue;
    this.#listener = listener;
  }

  /** Tasks standing before the gate. */
  get standing(): number {
    return this.#before.size;
  }

  /** Takes the task, lets it stand before the gate, or rejects it. */
  offer(task: Task): void {
    // Who comes while others stand before the gate stands behind them.
    if (this.#before.size > 0 && task.plan.whenFull === 'wait' && this.#state !== 'closed') {
      this.#before.add(task);
      return;
    }
    const verdict = this.#verdict();
    if (verdict === 'accepted') this.#listener.accepted(task);
    else this.#turnAway(task, verdict);
  }

  /** Lets in who stands before the gate, as far as there is room; to be called when tasks have started or left. */
  roomMade(): void {
    if (this.#state === 'closed' || (this.#state === 'open' && this.#before.size === 0)) return;
    for (const task of this.#before) {
      if (this.#verdict() !== 'accepted') return;
      this.#before.delete(task);
      this.#listener.accepted(task);
    }
    if (this.#state === 'saturated' && this.#listener.waiting() < this.#maxQueue) {
      this.#state = 'open';
      this.#listener.unsaturated();
    }
  }

  /** A task leaves without having been taken. */
  leave(task: Task): void {
    this.#before.delete(task);
  }

  /** Nobody is taken any more; who stands before the gate is turned away. */
  close(): void {
    this.#state = 'closed';
    const standing = [...this.#before];
    this.#before.clear();
    for (const task of standing) this.#listener.rejected(task, 'closed');
  }

  #verdict(): 'accepted' | 'full' | 'closed' {
    return admit({ open: this.#state !== 'closed', waiting: this.#listener.waiting(), maxQueue: this.#maxQueue });
  }

  #turnAway(task: Task, verdict: 'full' | 'closed'): void {
    if (verdict === 'full' && this.#state === 'open') {
      this.#state = 'saturated';
      this.#listener.saturated();
    }
    if (verdict === 'full' && task.plan.whenFull === 'wait') this.#before.add(task);
    else this.#listener.rejected(task, verdict);
  }
}
