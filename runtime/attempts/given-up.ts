import type { Clock, Timer } from '../clock.js';
import type { Task } from '../task.js';
import type { Slot } from '../threads/slot.js';

/** A thread that does not answer for so long is blocked. Neighbours may block it for a while, and nobody is ended for that. */
export const BLOCKED_MS = 5_000;

/**
 * Attempts that did not stop and were given up, while neighbours still run in their threads. One that blocks its thread afterwards would have
 * these wait for it for ever: nobody stops it a second time.
 */
export class GivenUp {
  readonly #clock: Clock;
  readonly #blocked: (slot: Slot) => void;
  readonly #timers = new Set<Timer>();

  /** @param blocked - the thread of a slot does not answer any more */
  constructor(clock: Clock, blocked: (slot: Slot) => void) {
    this.#clock = clock;
    this.#blocked = blocked;
  }

  /** Asks the thread whether the attempt still runs, again and again, until it does not, the thread is gone, or nobody else is in it. */
  watch(slot: Slot, { entry, id }: Pick<Task, 'entry' | 'id'>, reason: unknown): void {
    const { thread } = slot;
    let answer: 'none' | 'runs' | 'ended' = 'none';
    thread?.cancel(entry, id, reason).then(
      (runs) => {
        answer = runs ? 'runs' : 'ended';
      },
      // The thread died over it, and its death tells.
      () => undefined,
    );
    const timer = this.#clock.timer(BLOCKED_MS, () => {
      this.#timers.delete(timer);
      if (slot.thread !== thread || slot.outstanding === 0 || answer === 'ended') return;
      if (answer === 'none') this.#blocked(slot);
      else this.watch(slot, { entry, id }, reason);
    });
    this.#timers.add(timer);
  }

  /** Asks no more. */
  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
