import type { Ended } from './fake-memory.js';

/** What goes on in a thread, as the books need to know it. */
export interface ThreadWitness {
  /** Somebody compares what it sees with what it is told; nothing may move meanwhile. */
  readonly comparing: boolean;
  /** An attempt begins to run. Answers how long such a task typically takes, ms. */
  started(id: number, attempt: number): number;
  /** An attempt has ended in its thread. */
  ended(id: number, attempt: number, written: Ended): void;
  /** The thread hands an attempt back unstarted. */
  declined(id: number): void;
  /** It hands one back because its deadline has passed. */
  late(id: number): void;
  /** The dependency an attempt calls now; undefined for none. */
  calls(): number | undefined;
  /** It has begun to. */
  called(dependency: number): void;
  /** The thread dies unasked, or asks to be replaced. */
  accident(): void;
  violated(what: string): void;
}
