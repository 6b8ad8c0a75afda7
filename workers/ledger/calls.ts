import { setTimeout as startTimer } from 'node:timers';
import type { Attempt } from '../attempt.js';

/** What a call returns that comes after the gate was shut: nothing, ever. Its thread is about to end, and refusing would only make it try again. */
export const NEVER = new Promise<never>(() => undefined);

/** An attempt that returns while it opens something is waited for so long; the opening of a FIFO that nobody writes to never comes back. */
const OPENING_MS = 1_000;

/** Asynchronous calls that open, close or write files: those under way, and the gate before them. */
export class Calls {
  /** Attempts that are about to end and still have calls under way. */
  readonly #awaited = new Map<Attempt, () => void>();
  readonly #late: (attempt: Attempt) => void;
  /** Calls that have begun and not ended. */
  pending = 0;
  /** Whether calls are let through; once the thread is about to end they never return, so that none is cut off half done. */
  gate: 'open' | 'shut' = 'open';

  /** `late` hears of attempts whose last call ended after they had. */
  constructor(late: (attempt: Attempt) => void) {
    this.#late = late;
  }

  /** A call has begun: an attempt's, or one that is nobody's to wait for. */
  began(attempt: Attempt | undefined): void {
    this.pending++;
    if (attempt !== undefined) attempt.opening++;
  }

  /** It has ended, well or not. */
  ended(attempt: Attempt | undefined): void {
    this.pending--;
    if (attempt === undefined) return;
    attempt.opening--;
    if (attempt.opening > 0) return;
    if (attempt.state === 'ended') this.#late(attempt);
    else if (this.#awaited.size > 0) this.#awaited.get(attempt)?.();
  }

  /** Waits until none of the attempt's is under way any more, but not for ever. */
  through(attempt: Attempt): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#awaited.delete(attempt);
        resolve();
      };
      const timer = startTimer(done, OPENING_MS);
      this.#awaited.set(attempt, done);
    });
  }

  /** Counts an opening until it is through, then enters what was opened. Answers with what the caller gets. */
  opening<Opened>(
    attempt: Attempt | undefined,
    opened: Promise<Opened>,
    enter: (opened: Opened) => void,
  ): Promise<Opened> {
    this.began(attempt);
    return opened.then(
      (value) => {
        this.ended(attempt);
        enter(value);
        return value;
      },
      (error: unknown) => {
        this.ended(attempt);
        throw error;
      },
    );
  }

  /** The same for a callback: what is to be handed over in its place. To be followed by `began`, once the call was accepted. */
  openingBack<Opened>(
    attempt: Attempt | undefined,
    done: (error: Error | null, opened: Opened) => void,
    enter: (opened: Opened) => void,
  ): (error: Error | null, opened: Opened) => void {
    return (error, opened) => {
      this.ended(attempt);
      if (error === null) enter(opened);
      done(error, opened);
    };
  }

  /** Counts a closing until it is through. What the caller gets is what it answers with: a rejection stays theirs to handle. */
  closing<Closed>(closed: Promise<Closed>): Promise<Closed> {
    this.began(undefined);
    return closed.finally(() => {
      this.ended(undefined);
    });
  }
}
