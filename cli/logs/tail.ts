import type { Found } from './search.js';

/** The last few of what is put in, by time. */
export class Tail {
  readonly #length: number;
  readonly #last: { at: number; found: Found }[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  get isFull(): boolean {
    return this.#last.length === this.#length;
  }

  add(found: Found): void {
    const at = found.kind === 'record' ? found.record.at : found.file.hour;
    const place = this.#last.findLastIndex((one) => one.at <= at) + 1;
    this.#last.splice(place, 0, { at, found });
    if (this.#last.length > this.#length) this.#last.shift();
  }

  /** The oldest first. */
  get all(): Found[] {
    return this.#last.map(({ found }) => found);
  }
}
