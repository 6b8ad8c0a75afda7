import { setImmediate as nextTurn } from 'node:timers';
import type { Attempt } from '../attempt.js';
import type { HoldingNote } from '../protocol/ledger.js';
import { bindDirectories } from './directories.js';
import type { Holding } from './holding.js';
import type { Ledger } from './ledger.js';

/**
 * Decides what ended attempts have left behind. It looks when an attempt ends, and again, at most once a turn of the event loop, at what was
 * at work then; it has no timer.
 */
export class Judge {
  readonly #ledger: Ledger;
  readonly #say: (notes: HoldingNote[]) => void;
  /** Open when their attempts ended, and not decided yet; some may have been closed since. */
  readonly #undecided = new Set<Holding>();
  #isLookPlanned = false;

  /** `say` gets what was found to be left behind. */
  constructor(ledger: Ledger, say: (notes: HoldingNote[]) => void) {
    this.#ledger = ledger;
    this.#say = say;
  }

  /** Judges an attempt that is about to end; after one turn of the event loop, in which streams and handles close. */
  async settle(attempt: Attempt): Promise<void> {
    await turn();
    if (attempt.opening > 0) {
      await this.#ledger.calls.through(attempt);
      await turn();
    }
    this.#mark(attempt);
    this.look();
  }

  /** An attempt has ended: another look at what was undecided, and at what it still has if it was not settled. Nobody waits for it. */
  ended(attempt: Attempt): void {
    if (attempt.holdings > 0) this.#mark(attempt);
    if (this.#undecided.size === 0 || this.#isLookPlanned) return;
    this.#isLookPlanned = true;
    nextTurn(() => {
      this.#isLookPlanned = false;
      this.look();
    });
  }

  /** Sorts what is undecided into leaked, retained and neither, as far as can be told now, and says what was left. */
  look(): void {
    const left = [...this.#undecided].filter((holding) => this.#isLeft(holding));
    if (left.length === 0) return;
    bindDirectories(this.#ledger, left);
    this.#say(left.map((holding) => holding.note()));
  }

  #mark(attempt: Attempt): void {
    if (attempt.holdings === 0) return;
    for (const holding of this.#ledger.all()) {
      if (holding.attempt === attempt && holding.state === 'open') this.#undecided.add(holding);
    }
  }

  #isLeft(holding: Holding): boolean {
    const { attempt } = holding;
    if (holding.state !== 'open' || attempt === undefined || !holding.isOpen()) {
      this.#undecided.delete(holding);
      this.#ledger.remove(holding);
      return false;
    }
    const use = holding.use();
    if (use === 'busy') return false;
    this.#undecided.delete(holding);
    // What is once in a pool is the pool's for good, whoever takes it out next.
    if (use === 'pooled' || holding.site?.isModules() === true) {
      this.#ledger.disown(holding);
      return false;
    }
    // From now on the task is looked at closely.
    attempt.handler.openings = Number.NEGATIVE_INFINITY;
    this.#ledger.hold(holding);
    return true;
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
