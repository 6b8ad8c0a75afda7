/** How many retries there may be: a share of the calls, and some however few calls there are. */
export interface BudgetTerms {
  readonly ratio: number;
  readonly floorPerSecond: number;
}

/** How far back calls and the floor are worth anything. */
export const SPAN_S = 10;
const SLICE_MS = 1_000;
/** A tenth added ten times is less than one. */
const ROUNDING = 1e-9;

/**
 * What retries are paid from: each call puts `ratio` in, `floorPerSecond` flows in, a retry takes one out. What is not used within ten
 * seconds is gone, so that a quiet hour does not pay for a storm; and at the start there are ten seconds of the floor.
 *
 * So the retries of any t seconds are at most `ratio` x the calls of these and of the ten seconds before, plus `floorPerSecond` x (t + 10).
 */
export class RetryBudget {
  readonly #terms: BudgetTerms;
  #balance: number;
  #flowedAt: number;
  /** Calls of the last seconds, a place for each; the present one is among them, so that they never reach further back than the span. */
  readonly #slices = new Float64Array(SPAN_S);
  #slice = 0;
  #sliceEndsAt: number;
  #calls = 0;

  constructor(terms: BudgetTerms, now: number) {
    this.#terms = terms;
    this.#balance = terms.floorPerSecond * SPAN_S;
    this.#flowedAt = now;
    this.#sliceEndsAt = now + SLICE_MS;
  }

  /** There were so many calls that are no retries. */
  called(count: number, now: number): void {
    if (now >= this.#sliceEndsAt) this.#advance(now);
    this.#slices[this.#slice] = (this.#slices[this.#slice] ?? 0) + count;
    this.#calls += count;
    this.#balance += count * this.#terms.ratio;
  }

  /** Whether there is enough for a retry. */
  has(now: number): boolean {
    this.#flow(now);
    return this.#balance >= 1 - ROUNDING;
  }

  /** Pays for a retry; false, and nothing is taken, when there is not enough. */
  take(now: number): boolean {
    if (!this.has(now)) return false;
    this.#balance--;
    return true;
  }

  #flow(now: number): void {
    if (now >= this.#sliceEndsAt) this.#advance(now);
    const { ratio, floorPerSecond } = this.#terms;
    const flown = (floorPerSecond * Math.max(0, now - this.#flowedAt)) / 1_000;
    this.#flowedAt = Math.max(this.#flowedAt, now);
    this.#balance = Math.min(this.#balance + flown, floorPerSecond * SPAN_S + ratio * this.#calls);
  }

  #advance(now: number): void {
    const slices = Math.floor((now - this.#sliceEndsAt) / SLICE_MS) + 1;
    for (let count = Math.min(slices, SPAN_S); count > 0; count--) {
      this.#slice = (this.#slice + 1) % SPAN_S;
      this.#calls -= this.#slices[this.#slice] ?? 0;
      this.#slices[this.#slice] = 0;
    }
    this.#sliceEndsAt += slices * SLICE_MS;
  }
}
