import type { Task } from '../task.js';
import { admit } from './admit.js';

/** What admission needs to know and to tell. */
export interface AdmissionListener {
  /** Tasks accepted and not started, all lanes. */
  waiting(): number;
  /** Those of them that are with no thread: so many at least, and known without asking every thread. */
  queued(): number;
  accepted(task: Task): void;
  rejected(task: Task, why: 'full' | 'closed'): void;
  saturated(): void;
  unsaturated(): void;
}

/** Once the queue was full, it is told to have room again when it has come down to this share of its limit. */
const LOW_SHARE = 0.75;

/**
 * The gate before the lanes. Tasks that asked to wait stand before it, first come first served, and are not accepted yet: what bounds them
 * is their callers' own awaiting. Those that their `map` holds back, because it has results enough that nobody has read, are not accepted
 * either; they are known here so that they are turned away with the others.
 *
 * The queue is *saturated* from the moment it is full until it has come down to three quarters of its limit and nobody stands before it. The
 * gap keeps the two from being told over and over while tasks come as fast as they leave: a producer that stops at one and goes on at the
 * other does not stutter. The end of admission changes nothing about it, so whoever waits for the second is not left waiting by `close()`.
 */
export class Admission {
  readonly #maxQueue: number;
  readonly #low: number;
  readonly #listener: AdmissionListener;
  readonly #before = new Set<Task>();
  readonly #held = new Set<Task>();
  #isOpen = true;
  #isSaturated = false;
  /** What was told last. */
  #toldSaturated = false;
  #isTelling = false;

  constructor(maxQueue: number, listener: AdmissionListener) {
    this.#maxQueue = maxQueue;
    this.#low = Math.min(maxQueue - 1, Math.floor(LOW_SHARE * maxQueue));
    this.#listener = listener;
  }

  /** Whether tasks are taken at all. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Tasks standing before the gate. */
  get standing(): number {
    return this.#before.size;
  }

  /** Tasks that are held back. */
  get held(): number {
    return this.#held.size;
  }

  /** Takes the task, lets it stand before the gate, or rejects it. */
  offer(task: Task): void {
    this.#offer(task, task.plan.whenFull === 'wait');
  }

  /** Keeps a task that is to be offered later, by {@link Admission.readmit}. */
  hold(task: Task): void {
    if (this.#isOpen) this.#held.add(task);
    else this.#listener.rejected(task, 'closed');
  }

  /** Offers a task that was held back. Whether it would have waited for room was for its first offer: it stands before the gate now. */
  readmit(task: Task): void {
    this.#held.delete(task);
    this.#offer(task, true);
  }

  /** Lets in who stands before the gate, as far as there is room; to be called when tasks have started or left. */
  roomMade(): void {
    if (!this.#isSaturated && this.#before.size === 0) return;
    for (const task of this.#before) {
      if (this.#verdict() !== 'accepted') break;
      this.#before.delete(task);
      this.#listener.accepted(task);
    }
    // Most of the time what waits in the lanes alone is too much, and the threads need not be asked.
    if (this.#before.size > 0 || this.#listener.queued() > this.#low || this.#listener.waiting() > this.#low) return;
    this.#isSaturated = false;
    this.#tell();
  }

  /** A task leaves without having been taken. */
  leave(task: Task): void {
    this.#before.delete(task);
    this.#held.delete(task);
  }

  /** Nobody is taken any more; who stands before the gate, or is held back, is turned away. */
  close(): void {
    this.#isOpen = false;
    // One by one: who is told may offer what else is here, which is turned away then.
    for (const tasks of [this.#before, this.#held]) {
      for (const task of tasks) {
        tasks.delete(task);
        this.#listener.rejected(task, 'closed');
      }
    }
    this.roomMade();
  }

  #offer(task: Task, waits: boolean): void {
    // Who comes while others stand before the gate stands behind them.
    if (this.#before.size > 0 && waits && this.#isOpen) {
      this.#before.add(task);
      return;
    }
    const waiting = this.#listener.waiting();
    const verdict = this.#verdict(waiting);
    if (verdict === 'accepted') this.#listener.accepted(task);
    else if (verdict === 'full' && waits) this.#before.add(task);
    if (verdict === 'full' || (verdict === 'accepted' && waiting + 1 >= this.#maxQueue)) {
      this.#isSaturated = true;
      this.#tell();
    }
    if (verdict === 'closed' || (verdict === 'full' && !waits)) this.#listener.rejected(task, verdict);
  }

  #verdict(waiting = this.#listener.waiting()): 'accepted' | 'full' | 'closed' {
    return admit({ open: this.#isOpen, waiting, maxQueue: this.#maxQueue });
  }

  /**
   * Tells what has changed, one after the other. Whoever is told may submit or close at once, and what that changes is told when everybody
   * has heard this: in between, those told last would hear the later first.
   */
  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#toldSaturated !== this.#isSaturated) {
        this.#toldSaturated = this.#isSaturated;
        if (this.#toldSaturated) this.#listener.saturated();
        else this.#listener.unsaturated();
      }
    } finally {
      this.#isTelling = false;
    }
  }
}
