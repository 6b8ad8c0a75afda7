import type { ResultBytes } from './result-bytes.js';
import { sizeOf } from './size-of.js';

/** The mean size follows the last results; so many of them weigh as much as all before. */
const MEMORY = 64;

/** Results of one `map` that wait for their turn or for their reader, by place, and how many bytes they are. */
export class KeptResults<Item> {
  readonly #counter: ResultBytes;
  /** A place is an index modulo the window. */
  readonly #items: (Item | undefined)[];
  readonly #sizes: Float64Array;
  #bytes = 0;
  #known = 0;
  #mean = 0;

  constructor(window: number, counter: ResultBytes) {
    this.#counter = counter;
    this.#items = new Array<Item | undefined>(window).fill(undefined);
    this.#sizes = new Float64Array(counter.max === Number.POSITIVE_INFINITY ? 0 : window);
  }

  /** Bytes of what waits here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What one result took on average lately; 0 as long as nothing is known. */
  get meanBytes(): number {
    return this.#mean;
  }

  put(index: number, item: Item, content: unknown): void {
    const place = index % this.#items.length;
    this.#items[place] = item;
    if (this.#sizes.length === 0) return;
    const bytes = sizeOf(content);
    this.#sizes[place] = bytes;
    this.#bytes += bytes;
    this.#counter.add(bytes);
    if (this.#known < MEMORY) this.#known++;
    this.#mean += (bytes - this.#mean) / this.#known;
  }

  /** What is to be yielded as number `index`, if it is here. Its room is free from then on. */
  take(index: number): Item | undefined {
    const place = index % this.#items.length;
    const item = this.#items[place];
    if (item === undefined) return undefined;
    this.#items[place] = undefined;
    if (this.#sizes.length > 0) this.#free(this.#sizes[place] ?? 0);
    return item;
  }

  /** Nobody is going to read them. */
  clear(): void {
    this.#items.fill(undefined);
    this.#free(this.#bytes);
  }

  #free(bytes: number): void {
    this.#bytes -= bytes;
    this.#counter.free(bytes);
  }
}
