/** A source of a `map`: counts to `end` and keeps books of itself. */
export class CountingSource implements Iterable<number>, AsyncIterable<number> {
  readonly end: number;
  pulled = 0;
  closed = 0;

  constructor(end = Number.POSITIVE_INFINITY) {
    this.end = end;
  }

  *[Symbol.iterator](): Generator<number, void> {
    try {
      while (this.pulled < this.end) yield this.pulled++;
    } finally {
      this.closed++;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void> {
    try {
      while (this.pulled < this.end) {
        if (this.pulled % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
        yield this.pulled++;
      }
    } finally {
      this.closed++;
    }
  }

  /** As a source of one kind alone. */
  as(kind: 'sync' | 'async'): Iterable<number> | AsyncIterable<number> {
    return kind === 'sync'
      ? { [Symbol.iterator]: () => this[Symbol.iterator]() }
      : { [Symbol.asyncIterator]: () => this[Symbol.asyncIterator]() };
  }
}

/** What a source can be. */
export const KINDS = ['sync', 'async'] as const;
