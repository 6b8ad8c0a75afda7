import { movesBetween, nextMove } from '../../workers/protocol/circuit-word.js';
import type { CircuitChange } from '../../workers/protocol/dependencies.js';

/**
 * Tells the moves of one circuit, each once and in the order in which they were made. Several threads make them, and what they say comes in any
 * order: what was heard early waits for what was before it.
 */
export class CircuitNews {
  readonly #tell: (change: CircuitChange) => void;
  /** Number of the last move that was told. */
  #told = 0;
  readonly #early = new Map<number, CircuitChange>();
  /** Of moves up to this one some may never be heard of; see {@link CircuitNews.lookedUp}. */
  #doubtful: number | undefined;

  constructor(tell: (change: CircuitChange) => void) {
    this.#tell = tell;
  }

  /** Somebody says that he has moved it. */
  heard(change: CircuitChange): void {
    if (!this.#isNew(change)) return;
    this.#early.set(change.moves, change);
    // It has moved on since: who had said anything has been heard by now.
    if (this.#doubtful !== undefined && movesBetween(this.#doubtful, change.moves) > 0) this.#tellUpTo(this.#doubtful);
    this.#tellUpTo(this.#told);
  }

  /**
   * A thread is gone that may have moved it without a word, so it was looked up how the circuit stands. What is missing before that may still be
   * on its way. Answers whether the move was new.
   */
  lookedUp(last: CircuitChange): boolean {
    const isNew = this.#isNew(last);
    this.heard(last);
    this.#doubtful = last.moves;
    return isNew;
  }

  #isNew({ moves }: CircuitChange): boolean {
    return movesBetween(this.#told, moves) > 0 && !this.#early.has(moves);
  }

  /** Tells what there is up to a move, and what follows it without a gap. */
  #tellUpTo(moves: number): void {
    for (;;) {
      const next = nextMove(this.#told);
      const change = this.#early.get(next);
      if (change === undefined && movesBetween(next, moves) < 0) break;
      this.#told = next;
      this.#early.delete(next);
      // Who is told may move it.
      if (change !== undefined) this.#tell(change);
    }
    if (this.#doubtful !== undefined && movesBetween(this.#told, this.#doubtful) <= 0) this.#doubtful = undefined;
  }
}
