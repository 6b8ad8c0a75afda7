/** How much one new sample weighs against all before. */
const WEIGHT = 1 / 4;

/**
 * What an attempt of one task is expected to take. Fed with the average of the attempts that came back together, so that one of a thousand
 * that lost its core for a while does not make the others look slow.
 *
 * Mean plus twice the mean deviation, in the manner of a retransmission timer (RFC 6298): tasks whose times scatter get smaller parcels.
 */
export class Estimate {
  #mean = 0;
  #deviation = 0;
  #known = false;

  /** Milliseconds; Infinity until something is known. */
  get expectedMs(): number {
    return this.#known ? this.#mean + 2 * this.#deviation : Number.POSITIVE_INFINITY;
  }

  /** Takes in how long attempts took, on average, milliseconds. */
  learn(averageMs: number): void {
    if (!this.#known) {
      this.#known = true;
      this.#mean = averageMs;
      this.#deviation = averageMs / 2;
      return;
    }
    this.#deviation += WEIGHT * (Math.abs(averageMs - this.#mean) - this.#deviation);
    this.#mean += WEIGHT * (averageMs - this.#mean);
  }
}
