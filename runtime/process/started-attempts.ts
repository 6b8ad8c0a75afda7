import { markOf } from '../../workers/protocol/black-box.js';
import type { BlackBox } from './black-box.js';

/** Which attempt each task of a host is at, as far as is known here: without it a mark in the black box would not tell whose it is. */
export class StartedAttempts {
  /** Attempts that are over, by task; most tasks are at their first. */
  readonly #over = new Map<number, number>();

  /** So many attempts of a task are over, here or in hosts before. */
  over(id: number, attempts: number): void {
    if (attempts > 0) this.#over.set(id, attempts);
  }

  /** The task is done. */
  forget(id: number): void {
    if (this.#over.size > 0) this.#over.delete(id);
  }

  /**
   * Tells of each task that is not done whether the attempt it is at had begun when the host died. What cannot be read is taken for begun: it
   * may have been.
   */
  judge(box: BlackBox | undefined): (id: number) => boolean {
    let marks: Set<number> | undefined;
    try {
      marks = box?.marks() ?? new Set();
    } catch {
      return () => true;
    }
    const over = new Map(this.#over);
    return (id) => marks.has(markOf(id, (over.get(id) ?? 0) + 1));
  }
}
