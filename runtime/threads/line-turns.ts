import { performance } from 'node:perf_hooks';

/** Reads a part of what is there; says whether there is more. */
export type ReadPart = () => boolean;

/** What a turn is made with; the system's own unless said otherwise. */
export interface TurnTerms {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Calls `run` in the next turn of the event loop. */
  readonly next: (run: () => void) => void;
}

/** So long all threads together are read in one turn. */
export const READING_MS = 8;

const SYSTEM: TurnTerms = {
  now: () => performance.now(),
  next: (run) => void setImmediate(run),
};

/**
 * Reads what threads print, a little in each turn of the event loop, in which timers, sockets and outcomes have theirs as well. A thread can
 * print faster than its lines are read. Read to the end as soon as it asks, its next half is there by then, and it asks again: Node works
 * off what lies at a port before it lets anything else have a turn, so that would never end.
 */
export class LineTurns {
  readonly #terms: TurnTerms;
  /** Whose turn it is, first. */
  readonly #waiting = new Set<ReadPart>();
  #isPlanned = false;

  constructor(terms: TurnTerms = SYSTEM) {
    this.#terms = terms;
  }

  /** Has it called in turns until nothing is left. */
  add(part: ReadPart): void {
    this.#waiting.add(part);
    this.#plan();
  }

  /** Has it called no more. */
  delete(part: ReadPart): void {
    this.#waiting.delete(part);
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.size === 0) return;
    this.#isPlanned = true;
    this.#terms.next(this.#serve);
  }

  readonly #serve = (): void => {
    this.#isPlanned = false;
    const until = this.#terms.now() + READING_MS;
    try {
      // Who has more goes to the end, and is met there again.
      for (const part of this.#waiting) {
        this.#waiting.delete(part);
        if (part()) this.#waiting.add(part);
        if (this.#terms.now() >= until) break;
      }
    } finally {
      this.#plan();
    }
  };
}

/** Of this process: all its supervisors share the turns. */
export const lineTurns = new LineTurns();
