import type { Clock } from '../clock.js';

/** Who holds tasks back until there is room for their results. */
export interface Holder {
  /** There is room again. */
  resume(): void;
}

/**
 * How many bytes of results wait for their readers, over all iterations of `map` of a supervisor. What a plain call resolves to is its
 * caller's, and is not counted: nor does a call wait for readers, or one made in the loop over a `map` would wait for that very loop.
 */
export class ResultBytes {
  readonly max: number;
  /** How many tasks of one iteration may be under way while the size of none of its results is known. */
  readonly mostUnknown: number;
  readonly #soon: Clock['soon'];
  #held = 0;
  readonly #holders = new Set<Holder>();
  #isPlanned = false;

  /**
   * `max` is Infinity for any number; nothing is counted then. Where tasks that were submitted cannot be held back any more, `mostUnknown`
   * keeps an iteration from submitting too many before anything is known of their results.
   */
  constructor(max: number, soon: Clock['soon'], mostUnknown = Number.POSITIVE_INFINITY) {
    this.max = max;
    this.#soon = soon;
    this.mostUnknown = max === Number.POSITIVE_INFINITY ? max : mostUnknown;
  }

  get held(): number {
    return this.#held;
  }

  /** Bytes that may still come; below zero when what ran has brought more than that. */
  get room(): number {
    return this.max - this.#held;
  }

  /** Whether nothing more is to be dispatched whose results would wait here as well. */
  get isFull(): boolean {
    return this.#held >= this.max;
  }

  add(bytes: number): void {
    this.#held += bytes;
  }

  /** Results have been read, or given up. */
  free(bytes: number): void {
    const before = this.#held;
    this.#held = before - bytes;
    if (before >= this.max && this.#held < this.max) this.#planResume();
  }

  /** Tells of `holder` that it holds tasks back. */
  enter(holder: Holder): void {
    this.#holders.add(holder);
  }

  leave(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** Not at once: who frees something is in the middle of handing it over. */
  #planResume(): void {
    if (this.#isPlanned || this.#holders.size === 0) return;
    this.#isPlanned = true;
    this.#soon(() => {
      this.#isPlanned = false;
      this.#resume();
    });
  }

  /** In turns: who had its turn comes last the next time. */
  #resume(): void {
    for (const holder of [...this.#holders]) {
      if (this.isFull) return;
      if (!this.#holders.delete(holder)) continue;
      this.#holders.add(holder);
      holder.resume();
    }
  }
}
