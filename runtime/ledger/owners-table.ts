import { nativeMark } from '../../workers/protocol/native-mark.js';
import { OWNERS_BYTES, Owners, OwnersWord } from '../../workers/protocol/owners.js';

/** The table of owners, and which of its stamps are those of living threads. One for all supervisors: descriptors are the process's. */
class OwnersTable {
  readonly memory = new SharedArrayBuffer(OWNERS_BYTES);
  readonly #owners = new Owners(this.memory);
  readonly #living = new Map<number, number>();
  #last = 0;

  /** A stamp for a new thread of a slot. */
  register(slot: number): number {
    this.#last = (this.#last % 0x7fff_ffff) + 1;
    this.#living.set(this.#last, slot);
    return this.#last;
  }

  /** The thread is gone, and with it what it had opened; whoever gets one of its numbers now does not inherit its rows. */
  retire(stamp: number): void {
    if (!this.#living.delete(stamp)) return;
    this.#owners.releaseAll(stamp);
  }

  /** Number of the handler during which native code opened a descriptor, -1 when that is not known. */
  nativeHandlerOf(fd: number, link: string): number {
    return this.#owners.ownerOf(fd) === nativeMark(link) ? this.#owners.taskOf(fd) : -1;
  }

  /** Attempts in a thread that had loaded native code have ended with it, untold. */
  nativeLost(running: number): void {
    Atomics.sub(this.#owners.words, OwnersWord.nativeRunning, running);
  }

  /** The living thread that has opened a descriptor; undefined when none has. `task` is 0 when none of its tasks did. */
  ownerOf(fd: number): { readonly stamp: number; readonly slot: number; readonly task: number } | undefined {
    const stamp = this.#owners.ownerOf(fd);
    const slot = this.#living.get(stamp);
    return slot === undefined ? undefined : { stamp, slot, task: this.#owners.taskOf(fd) };
  }
}

export const owners = new OwnersTable();
