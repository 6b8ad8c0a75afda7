/** So many are remembered. */
const MOST = 100_000;

/** Tasks of which a line was kept: their end is, too. */
export class ToldTasks {
  readonly #ids = new Set<number>();
  #last: number | undefined;

  /** An attempt that was given up prints on after its task is settled, and nobody takes it away then: the oldest makes room. */
  add(taskId: number): void {
    // Lines come in runs of one task.
    if (taskId === this.#last) return;
    this.#last = taskId;
    this.#ids.add(taskId);
    if (this.#ids.size <= MOST) return;
    const [oldest = taskId] = this.#ids;
    this.#ids.delete(oldest);
  }

  /** Says whether it is one, which it is no more. */
  take(taskId: number): boolean {
    if (taskId === this.#last) this.#last = undefined;
    return this.#ids.delete(taskId);
  }
}
