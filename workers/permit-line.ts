import { outside } from './current.js';
import { type DependencyTable, NO_PERMIT } from './protocol/dependencies.js';

/** What a line stands before. */
export interface LineParts {
  readonly table: DependencyTable;
  /** Index of the dependency. */
  readonly index: number;
  /** This thread. */
  readonly holder: number;
  /** Why waiting has no point now; undefined when it has. */
  readonly refusal: () => Error | undefined;
}

interface Waiter {
  readonly grant: (permit: number) => void;
  readonly refuse: (why: Error) => void;
}

/**
 * The calls of this thread that wait for a permit of one dependency. First come, first served in here; which thread gets the next permit is
 * decided by who looks first, since a line for all threads would stand still whenever the thread at its head is blocked.
 *
 * One wait in shared memory stands for the whole line. It is nothing that keeps a thread's event loop alive, and need not be: the ports of a
 * thread do, and inline the tasks of the supervisor.
 */
export class PermitLine {
  readonly #parts: LineParts;
  readonly #waiters: Waiter[] = [];
  #isServed = false;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  /** A permit at once, unless there is none or others have come before. */
  take(): number {
    const { table, index, holder } = this.#parts;
    return this.#waiters.length > 0 ? NO_PERMIT : table.take(index, holder);
  }

  /** A permit, when it is this one's turn; rejects with the signal's reason, or when waiting has lost its point. */
  wait(signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        grant: (permit) => {
          leave();
          resolve(permit);
        },
        refuse: (why) => {
          leave();
          reject(why);
        },
      };
      const abort = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        this.#tell();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#tell();
      if (this.#isServed) return;
      this.#isServed = true;
      // The line outlives the attempt that came first.
      outside(() => void this.#serve());
    });
  }

  async #serve(): Promise<void> {
    const { table, index } = this.#parts;
    for (;;) {
      const freed = table.freed(index);
      this.#look();
      if (this.#waiters.length === 0) break;
      await table.whenFreed(index, freed);
    }
    this.#isServed = false;
  }

  #look(): void {
    const { table, index, holder, refusal } = this.#parts;
    const why = refusal();
    if (why !== undefined) {
      for (const waiter of this.#waiters.splice(0)) waiter.refuse(why);
    }
    while (this.#waiters.length > 0) {
      const permit = table.take(index, holder);
      if (permit === NO_PERMIT) break;
      this.#waiters.shift()?.grant(permit);
    }
    this.#tell();
  }

  #tell(): void {
    const { table, index, holder } = this.#parts;
    table.setWaiting(index, holder, this.#waiters.length);
  }
}
