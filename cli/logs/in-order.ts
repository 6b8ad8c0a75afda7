import { precedes } from './precedence.js';
import type { Found } from './search.js';

/** What was found, as it comes. */
export type Source = AsyncIterable<Found[]>;

/**
 * Merges sources by time; each is in order itself, or as good as. Of what is of the same time that of an earlier source comes first, unless
 * {@link precedes} knows better. One source is read at a time, so they may share a buffer, and of each no more is in memory than what it
 * gave last.
 */
export async function* inOrder(sources: readonly Source[]): AsyncGenerator<Found[]> {
  const cursors = sources.map((source) => new Cursor(source));
  try {
    for (const cursor of cursors) await cursor.fill();
    for (;;) {
      const open = cursors.filter(({ head }) => head !== undefined);
      const [only] = open;
      if (only === undefined) return;
      yield open.length === 1 ? only.takeAll() : merged(open);
      for (const cursor of open) await cursor.fill();
    }
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

/** What there is until the first of them has nothing in memory: what it has next may come before all the others have. */
function merged(cursors: readonly Cursor[]): Found[] {
  const all: Found[] = [];
  for (;;) {
    let first: Cursor | undefined;
    let head: Found | undefined;
    for (const cursor of cursors) {
      if (cursor.head === undefined) return all;
      if (head !== undefined && !precedes(cursor.head, head)) continue;
      first = cursor;
      head = cursor.head;
    }
    if (first === undefined || head === undefined) return all;
    all.push(head);
    first.next();
  }
}

/** How far a source was read. */
class Cursor {
  readonly #source: AsyncIterator<Found[]>;
  #batch: Found[] = [];
  #at = 0;

  constructor(source: Source) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** What comes next, if it is in memory. */
  get head(): Found | undefined {
    return this.#batch[this.#at];
  }

  next(): void {
    this.#at++;
  }

  /** All that is in memory. */
  takeAll(): Found[] {
    const rest = this.#batch.slice(this.#at);
    this.#at = this.#batch.length;
    return rest;
  }

  /** Gets more if nothing is left; there is no head afterwards only if the source has ended. */
  async fill(): Promise<void> {
    while (this.head === undefined) {
      const next = await this.#source.next();
      if (next.done === true) return;
      this.#batch = next.value;
      this.#at = 0;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
