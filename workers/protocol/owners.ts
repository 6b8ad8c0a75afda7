/**
 * The table of owners: which thread, and which task in it, holds which descriptor of the process. One for all threads of all supervisors in
 * the process, by
 * descriptor number; threads write it as they open and close, the supervisor reads it without asking, also when a thread is blocked or dead.
 *
 * A row is two words, the owner's stamp (a number of the thread, unique in the process; 0 is nobody) and the task's number. Whoever closes clears the row *before* the descriptor is free, and whoever
 * opens writes it *after* it has the number: so a number that went to another thread is never cleared by its former owner.
 */

/** Descriptors with higher numbers are in the threads' own ledgers, but not in the table. Untouched pages of it take no memory. */
export const MOST_DESCRIPTORS = 1 << 18;

/** Words of the header. */
export const OwnersWord = {
  /** Attempts running now in threads that have loaded native code. */
  nativeRunning: 0,
  /** Attempts started so far in such threads. */
  nativeStarted: 1,
} as const;

const HEADER_WORDS = 16;
const ROW_WORDS = 2;

/** Bytes the table takes. */
export const OWNERS_BYTES = (HEADER_WORDS + ROW_WORDS * MOST_DESCRIPTORS) * 4;

/** One side's view of the table. */
export class Owners {
  readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  /** Notes who has opened a descriptor. `task` is 0 when it is no task's. */
  claim(fd: number, stamp: number, task: number): void {
    if (fd < 0 || fd >= MOST_DESCRIPTORS) return;
    const row = HEADER_WORDS + fd * ROW_WORDS;
    this.words[row + 1] = task;
    Atomics.store(this.words, row, stamp);
  }

  /** Notes that a descriptor is about to be closed; nothing happens if it is somebody else's by now. */
  release(fd: number, stamp: number): void {
    if (fd < 0 || fd >= MOST_DESCRIPTORS) return;
    Atomics.compareExchange(this.words, HEADER_WORDS + fd * ROW_WORDS, stamp, 0);
  }

  /** Makes everything of one owner nobody's. */
  releaseAll(stamp: number): void {
    for (let fd = 0; fd < MOST_DESCRIPTORS; fd++) {
      if (this.words[HEADER_WORDS + fd * ROW_WORDS] === stamp) this.release(fd, stamp);
    }
  }

  /** The stamp of a descriptor's owner, 0 when it has none. */
  ownerOf(fd: number): number {
    return fd < MOST_DESCRIPTORS ? Atomics.load(this.words, HEADER_WORDS + fd * ROW_WORDS) : 0;
  }

  /** The number of the task that opened a descriptor, 0 when no task did. */
  taskOf(fd: number): number {
    return fd < MOST_DESCRIPTORS ? (this.words[HEADER_WORDS + fd * ROW_WORDS + 1] ?? 0) : 0;
  }
}
