const GOLDEN = 0x9e3779b9;
const TWO_32 = 4_294_967_296;

/** Chance that repeats itself: the same seed gives the same numbers, in every run and on every machine. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ (seed >>> 16), GOLDEN) | 0;
  }

  /** An even number from 0 to 1: a counter with a large odd step, its bits mixed thoroughly (splitmix, Steele et al., 2014). */
  next(): number {
    this.#state = (this.#state + GOLDEN) | 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / TWO_32;
  }

  /** True with such a probability. */
  happens(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next());
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(items.length * this.next())];
    if (item === undefined) throw new RangeError('Expected something to pick from, got nothing');
    return item;
  }
}
