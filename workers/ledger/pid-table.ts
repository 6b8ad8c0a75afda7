/** Process ids of a thread's children, in memory that the supervisor can read when the thread is dead. */
export class PidTable {
  readonly #rows: Int32Array;

  constructor(rows: Int32Array) {
    this.#rows = rows;
  }

  /** Writes a process id down; the answer strikes it out. Undefined if the table is full: then the thread alone can end the child. */
  enter(pid: number): (() => void) | undefined {
    for (let row = 0; row < this.#rows.length; row++) {
      // A thread's own nested threads write into the same table.
      if (Atomics.compareExchange(this.#rows, row, 0, pid) === 0) {
        return () => {
          Atomics.compareExchange(this.#rows, row, pid, 0);
        };
      }
    }
    return undefined;
  }
}
