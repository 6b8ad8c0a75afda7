/** How much of an incident is written. */
export type Share = 'whole' | 'head' | 'counted';

/** Incidents of one kind that were only counted. */
export interface Unwritten {
  readonly kind: string;
  /** The task's name, or what else they were about. */
  readonly about: string;
  readonly count: number;
  /** In how long they came: from the minute's beginning to the last that was counted. */
  readonly windowMs: number;
}

/** Of one kind about the same, so many a minute are written whole, */
export const WHOLE_PER_MINUTE = 20;
/** and of so many more the heads; the rest is counted. */
export const HEADS_PER_MINUTE = 40;
/** So many bytes a day go into whole stories; beyond, there are heads. */
export const WHOLE_PER_DAY = 16 * 2 ** 20;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Books {
  readonly kind: string;
  readonly about: string;
  minuteAt: number;
  written: number;
  counted: number;
  countedAt: number;
  dayAt: number;
  bytes: number;
}

/**
 * How much of which incident is written. In an outage every task fails, thousands a second, and all for the same reason: the first twenty
 * stories tell it. Kept whole, all of them would fill the disk, or, since the folder's size is capped, push out the incidents of the weeks
 * before, which nobody can get back. Twenty a minute for days would do the same, hence the day's limit. What is not written is counted and
 * said.
 */
export class IncidentPace {
  readonly #books = new Map<string, Books>();

  /** How much of the next incident is written, and what of earlier ones is to be said before it. With `isFull` there is no room for any. */
  next(
    kind: string,
    about: string,
    at: number,
    isFull = false,
  ): { readonly share: Share; readonly past: Unwritten | undefined } {
    const books = this.#booksOf(kind, about, at);
    const past = isOver(books.minuteAt, MINUTE_MS, at) ? turn(books, at) : undefined;
    if (isOver(books.dayAt, DAY_MS, at)) {
      books.dayAt = at;
      books.bytes = 0;
    }
    if (isFull || books.written >= WHOLE_PER_MINUTE + HEADS_PER_MINUTE) {
      books.counted++;
      books.countedAt = at;
      return { share: 'counted', past };
    }
    const isWhole = books.written < WHOLE_PER_MINUTE && books.bytes < WHOLE_PER_DAY;
    books.written++;
    return { share: isWhole ? 'whole' : 'head', past };
  }

  /** So many bytes were written for it. */
  wrote(kind: string, about: string, bytes: number): void {
    const books = this.#books.get(keyOf(kind, about));
    if (books !== undefined) books.bytes += bytes;
  }

  /** Whether there is something that was counted and has not been told. */
  get isCounting(): boolean {
    for (const { counted } of this.#books.values()) if (counted > 0) return true;
    return false;
  }

  /** What was counted in minutes that are over; `all` for those that are not, too. */
  due(at: number, all = false): readonly Unwritten[] {
    const due: Unwritten[] = [];
    for (const [key, books] of this.#books) {
      if (!all && !isOver(books.minuteAt, MINUTE_MS, at)) continue;
      const past = turn(books, at);
      if (past !== undefined) due.push(past);
      if (isOver(books.dayAt, DAY_MS, at)) this.#books.delete(key);
    }
    return due;
  }

  #booksOf(kind: string, about: string, at: number): Books {
    const key = keyOf(kind, about);
    let books = this.#books.get(key);
    if (books === undefined) {
      books = { kind, about, minuteAt: at, written: 0, counted: 0, countedAt: at, dayAt: at, bytes: 0 };
      this.#books.set(key, books);
    }
    return books;
  }
}

const keyOf = (kind: string, about: string): string => `${kind} ${about}`;

/** Whether a time of such a length is over. It is, too, where the clock was set back: nothing must be silent for longer than it went back. */
export function isOver(since: number, length: number, at: number): boolean {
  return at < since || at - since >= length;
}

function turn(books: Books, at: number): Unwritten | undefined {
  const { kind, about, counted } = books;
  const windowMs = Math.max(0, books.countedAt - books.minuteAt);
  books.minuteAt = at;
  books.written = 0;
  books.counted = 0;
  return counted === 0 ? undefined : { kind, about, count: counted, windowMs };
}
