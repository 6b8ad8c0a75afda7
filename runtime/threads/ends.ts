import type { Slot } from './slot.js';
import type { Thread, ThreadEnd } from './thread.js';

/** How long teardowns and resource closings may take before a thread is terminated all the same; OTP gives its workers as long. */
export const QUIESCE_MS = 5_000;
/** How long a terminated thread may take to exit before it is left behind and reported: it sits in a native call then. */
export const EXIT_MS = 5_000;

/** How one thread ended. */
export interface EndedThread {
  readonly slot: number;
  readonly generation: number;
  readonly end: ThreadEnd;
}

/** Ends threads, each once: those in their slots, and those that their slots have left behind and that end in the background. */
export class Ends {
  readonly #begun = new WeakMap<Thread, Promise<ThreadEnd>>();
  readonly #gone: () => void;
  #kept: EndedThread[] | undefined;
  readonly #leaving = new Map<Thread, { readonly slot: Slot; readonly end: Promise<ThreadEnd> }>();

  /** `gone` is told of each thread that was left behind and is gone. */
  constructor(gone: () => void) {
    this.#gone = gone;
  }

  /** From now on it is remembered how threads end. */
  keep(): void {
    this.#kept ??= [];
  }

  /** How they ended since; not remembered any more. */
  kept(): EndedThread[] {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    return kept;
  }

  /** Threads that their slots have left behind and that are not gone yet. */
  get leaving(): number {
    return this.#leaving.size;
  }

  /** Whether it is one of them. */
  isLeaving(thread: Thread): boolean {
    return this.#leaving.has(thread);
  }

  /** Ends a thread; an end that is under way is awaited instead of cut short by a second one. */
  end(slot: Slot, thread: Thread, quiesceMs: number): Promise<ThreadEnd> {
    let end = this.#begun.get(thread);
    if (end === undefined) {
      end = thread.end(quiesceMs, EXIT_MS).then((how) => {
        this.#kept?.push({ slot: slot.number, generation: thread.generation, end: how });
        return how;
      });
      this.#begun.set(thread, end);
    }
    return end;
  }

  /** Ends a thread that has nothing left to do in the background. */
  leaveBehind(slot: Slot, thread: Thread): void {
    const end = this.end(slot, thread, QUIESCE_MS);
    this.#leaving.set(thread, { slot, end });
    void end.then(() => {
      this.#leaving.delete(thread);
      this.#gone();
    });
  }

  /** Awaits the threads that are left behind. */
  allLeft(): Promise<EndedThread[]> {
    const ends = [...this.#leaving].map(async ([{ generation }, { slot, end }]) => ({
      slot: slot.number,
      generation,
      end: await end,
    }));
    return Promise.all(ends);
  }
}
