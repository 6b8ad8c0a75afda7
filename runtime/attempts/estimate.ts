/** How much one new sample weighs against all before. */
const WEIGHT = 1 / 4;

/** What an attempt is taken to have open at once while nothing is known: a connection, a file to read, one to write, and one to spare. */
const UNKNOWN_DESCRIPTORS = 4;
/** A peak is forgotten slowly: by a step like this for each attempt that stayed below. */
const FORGETTING = 1 / 32;

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
  #descriptors: number | undefined;

  /** Milliseconds; Infinity until something is known. */
  get expectedMs(): number {
    return this.#known ? this.#mean + 2 * this.#deviation : Number.POSITIVE_INFINITY;
  }

  /** Descriptors an attempt has open at once. One at least: what Node opens for it inside of itself, to read a file in one go, is not seen. */
  get descriptors(): number {
    return this.#descriptors ?? UNKNOWN_DESCRIPTORS;
  }

  /** Takes in how many an attempt had open at once. What some of its like need all of them may: it is the peak that counts, not the mean. */
  learnDescriptors(peak: number): void {
    const before = this.#descriptors ?? 1;
    const seen = Math.max(1, peak);
    this.#descriptors = seen >= before ? seen : before - FORGETTING * (before - seen);
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
