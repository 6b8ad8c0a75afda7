import type { RecycleReason, RecycleRecord } from './recycle.js';
import { exceeded, pauseAfter, type RecycleFigures, type RecycleLimits, type RecyclePace } from './recycle.js';

/** What came of recycling one slot so far: whether it helped, and how long to wait before it is tried again. */
export class RecycleHistory {
  readonly #pace: RecyclePace;
  /** Recycles in a row that did not help, and until when no further one is tried. */
  readonly #inVain = new Map<RecycleReason, { readonly times: number; readonly until: number }>();
  /** How the present thread came to its slot, as long as it is open whether that helped. */
  #open: RecycleRecord | undefined;
  #setbacks = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  /** The last successor did not come up, maybe for want of something: the next one is not started beside the thread. */
  endsFirst = false;

  constructor(pace: RecyclePace) {
    this.#pace = pace;
  }

  /** The slot has another thread now; undefined when it was not recycled. */
  began(record: RecycleRecord | undefined): void {
    // A number of tasks or an age is reached again whatever a recycle did.
    this.#open = record?.reason === 'heapGrowth' || record?.reason === 'descriptors' ? record : undefined;
    if (record === undefined) return;
    this.#setbacks = 0;
    this.endsFirst = false;
  }

  /** Looks at how the present thread does. Answers the record it came by once it is known whether that helped, and how it came out. */
  look(
    figures: RecycleFigures,
    thresholds: RecycleLimits,
    now: number,
  ): { readonly record: RecycleRecord; readonly helped: boolean } | undefined {
    const record = this.#open;
    if (record === undefined) return undefined;
    const { reason } = record;
    const isYoung = figures.ageMs < this.#pace.minimumLife;
    const helped = !isYoung || !exceeded(figures, thresholds).includes(reason);
    if (isYoung && helped) return undefined;
    this.#open = undefined;
    if (helped) this.#inVain.delete(reason);
    else {
      const times = (this.#inVain.get(reason)?.times ?? 0) + 1;
      this.#inVain.set(reason, { times, until: now + pauseAfter(times, this.#pace) });
    }
    return { record, helped };
  }

  /** A turn came to nothing: something ran on for too long, or the successor did not come up. */
  cameToNothing(now: number): void {
    this.#notBefore = now + pauseAfter(++this.#setbacks, this.#pace);
  }

  /** Until when the slot is left alone, whatever the reason. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** Until when the slot is not recycled for this reason. */
  pausedUntil(reason: RecycleReason): number {
    return this.#inVain.get(reason)?.until ?? Number.NEGATIVE_INFINITY;
  }
}
