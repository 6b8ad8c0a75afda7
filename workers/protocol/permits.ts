/**
 * The permits of one dependency, in memory that all threads share: one place for each call that may be under way, 0 while it is free, else
 * its holder, so that the places of a thread that died can be found. A place is taken and left by compare-exchange only.
 *
 * Who finds no place waits for `freed`, a number that grows whenever a place has become free. No wake-up is lost, by this order:
 *
 * 1. who wants a place reads `freed`, then looks at the places, then waits, unless `freed` has changed since it was read;
 * 2. who leaves a place frees it, then changes `freed`, then wakes all who wait.
 *
 * A place that became free before step 1 read `freed` is seen when the places are looked at; one that becomes free later changes `freed`
 * after that, and the wait does not begin or is woken. And all are woken, not one: a wake-up that went to a thread which is blocked, or which
 * dies over it, would be lost for everybody else.
 */

/** `take()` found no place. */
export const NO_PERMIT = -1;
/** The dependency has no limit: nothing was taken, and releasing it does nothing. */
export const NEEDS_NONE = -2;

/** A dependency has at most so many places; a permit is its holder times this, plus its place. */
export const MOST_PERMITS = 65_536;

const FREED = 0;
const PLACES = 1;
const FREE = 0;

/** `Atomics.waitAsync`, which the language version we compile for does not name. */
const atomics = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { async: boolean; value: Promise<string> | string };
};

/** Words that so many permits take. */
export function permitWords(concurrency: number): number {
  return PLACES + concurrency;
}

/** One side's view of a dependency's permits. */
export class Permits {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** A permit, or {@link NO_PERMIT}. */
  take(holder: number): number {
    const words = this.#words;
    // Searching reads plainly; without this a search might be done before what was stored ahead of it is seen by others.
    Atomics.load(words, FREED);
    for (let place = words.indexOf(FREE, PLACES); place !== -1; place = words.indexOf(FREE, place + 1)) {
      if (Atomics.compareExchange(words, place, FREE, holder) === FREE) return holder * MOST_PERMITS + place - PLACES;
    }
    return NO_PERMIT;
  }

  /** Gives a permit back; nothing happens if its holder was retired meanwhile, whoever has the place now. */
  release(permit: number): void {
    const place = PLACES + (permit % MOST_PERMITS);
    const holder = Math.floor(permit / MOST_PERMITS);
    if (Atomics.compareExchange(this.#words, place, holder, FREE) === holder) this.wake();
  }

  /** Gives back what a holder has. */
  retire(holder: number): void {
    const words = this.#words;
    let hadSome = false;
    for (let place = words.indexOf(holder, PLACES); place !== -1; place = words.indexOf(holder, place + 1)) {
      if (Atomics.compareExchange(words, place, holder, FREE) === holder) hadSome = true;
    }
    if (hadSome) this.wake();
  }

  /** How many are held. */
  get held(): number {
    let held = 0;
    for (let place = PLACES; place < this.#words.length; place++) if (this.#words[place] !== FREE) held++;
    return held;
  }

  /** What to hand to {@link Permits.whenFreed}, read before looking for a place. */
  get freed(): number {
    return Atomics.load(this.#words, FREED);
  }

  /** Resolves when a place has become free, or there is something else to look at; undefined when that has happened since `freed` was read. */
  whenFreed(freed: number): Promise<unknown> | undefined {
    const wait = atomics.waitAsync(this.#words, FREED, freed);
    return wait.async ? (wait.value as Promise<string>) : undefined;
  }

  /** Has everybody who waits look again. */
  wake(): void {
    Atomics.add(this.#words, FREED, 1);
    Atomics.notify(this.#words, FREED);
  }
}
