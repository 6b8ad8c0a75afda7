import type { Clock, Timer } from '../clock.js';
import type { Slot } from '../threads/slot.js';

/** Work that has not moved for so long is looked at. */
export const LOOK_MS = 20;

/** What a look leads to. */
export interface WatchListener {
  /** Nothing has started in this thread since the last look. */
  unmoved(slot: Slot): void;
  /** What this thread has not started is to be taken back. */
  stuck(slot: Slot): void;
  /** A look is over; others may have become free meanwhile. Tells whether there is anything left to look after. */
  looked(): boolean;
}

/**
 * Looks after attempts that were posted and do not start: behind one that takes longer than expected, or in a thread that a stray timer
 * keeps busy. While another thread is idle they are taken back. The timer runs only while attempts are outstanding.
 */
export class Watch {
  readonly #slots: readonly Slot[];
  readonly #clock: Clock;
  readonly #listener: WatchListener;
  readonly #seen: number[];
  #timer: Timer | undefined;

  constructor(parts: { slots: readonly Slot[]; clock: Clock; listener: WatchListener }) {
    this.#slots = parts.slots;
    this.#clock = parts.clock;
    this.#listener = parts.listener;
    this.#seen = parts.slots.map(() => -1);
  }

  /** There is something outstanding. */
  arm(): void {
    this.#timer ??= this.#clock.timer(LOOK_MS, this.#look);
  }

  /** Looks no more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const isIdle = this.#slots.some((slot) => slot.open && slot.outstanding === 0);
    for (const slot of this.#slots) this.#lookAt(slot, isIdle);
    if (this.#listener.looked()) this.arm();
  };

  #lookAt(slot: Slot, isIdle: boolean): void {
    const started = slot.thread?.started() ?? 0;
    const moved = started !== this.#seen[slot.number];
    this.#seen[slot.number] = started;
    if (moved || slot.outstanding === 0) return;
    // What ended before the attempt that holds its thread may lie there untold.
    this.#listener.unmoved(slot);
    if (!isIdle || slot.state !== 'up' || slot.unstarted === 0) return;
    slot.stalled = true;
    this.#listener.stuck(slot);
  }
}
