/** So many tasks are told apart, by their numbers, which follow one another. */
const MOST = 1_024;
const BITS = 32;

/**
 * Counts the tasks that something comes from, a window at a time. More than {@link MOST} are as many as that: a set of their numbers would
 * grow with them, and to know that there are very many is enough.
 */
export class TaskMarks {
  readonly #marks = new Int32Array(MOST / BITS);
  #count = 0;

  add(task: number): void {
    const place = Math.floor((task % MOST) / BITS);
    const marks = this.#marks[place] ?? 0;
    const mark = 1 << (task % BITS);
    if ((marks & mark) !== 0) return;
    this.#marks[place] = marks | mark;
    this.#count++;
  }

  /** Whether it has been added, or one that many numbers away. */
  has(task: number): boolean {
    return ((this.#marks[Math.floor((task % MOST) / BITS)] ?? 0) & (1 << (task % BITS))) !== 0;
  }

  /** Gives how many there were, and begins anew. */
  take(): number {
    const count = this.#count;
    if (count > 0) this.#marks.fill(0);
    this.#count = 0;
    return count;
  }
}
