import { clear, type TaskHolder } from './clear.js';
import { type EndedThread, Ends, QUIESCE_MS } from './ends.js';
import type { Slot } from './slot.js';
import type { MakeThread, Thread, ThreadEnd } from './thread.js';
import { listenTo, type SaidListener, type Voices } from './voices.js';

/** What succession is made with. */
interface SuccessionParts {
  readonly slots: readonly Slot[];
  readonly make: MakeThread;
  readonly voices: Omit<Voices, 'isLeaving'>;
  readonly listener: SaidListener & TaskHolder;
  /** A thread that had left its slot is gone. */
  readonly gone: () => void;
}

/**
 * One thread after another in each slot: makes them, gives the slot to the next, lets them leave and sees to their end. When a thread has to
 * leave, and whether the next may have its slot, is decided by `Threads`.
 */
export class Succession {
  readonly #slots: readonly Slot[];
  readonly #make: MakeThread;
  readonly #voices: Voices;
  readonly #listener: SaidListener & TaskHolder;
  readonly #ends: Ends;
  #isOver = false;

  constructor({ slots, make, voices, listener, gone }: SuccessionParts) {
    this.#slots = slots;
    this.#make = make;
    this.#voices = { ...voices, isLeaving: (thread) => this.#ends.isLeaving(thread) };
    this.#listener = listener;
    this.#ends = new Ends(gone);
  }

  /** Whether a slot that its thread has left stays without one for good. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Threads that have left their slots and are not gone yet. */
  get leaving(): number {
    return this.#ends.leaving;
  }

  /** Gives a `cold` slot its next thread: the successor that waits for it, or a new one. Any other slot stays as it is. */
  fill(slot: Slot): void {
    if (slot.state !== 'cold') return;
    const { successor } = slot;
    slot.successor = undefined;
    slot.state = 'starting';
    slot.assign(successor?.thread ?? this.#makeThread(slot));
    if (successor === undefined) slot.thread?.start();
    // It has said so when it was not its turn.
    else if (successor.isUp) this.#voices.cameUp(slot);
  }

  /** Starts a second thread for the slot, beside the one that has it. */
  prepare(slot: Slot): void {
    const thread = this.#makeThread(slot);
    slot.successor = { thread, isUp: false };
    thread.start();
  }

  /** Ends the successor, if there is one: it never had the slot. */
  dismissSuccessor(slot: Slot): void {
    const { successor } = slot;
    slot.successor = undefined;
    if (successor !== undefined) this.#ends.leaveBehind(slot, successor.thread);
  }

  /**
   * Lets a thread leave that has nothing left to do; `left` is called if the slot is to have another. Where a successor waits that is at once,
   * and the old thread ends in the background; otherwise once it has ended.
   */
  leave(slot: Slot, left: () => void): void {
    const { thread, successor } = slot;
    if (thread === undefined) return;
    const leave = (): void => {
      this.vacate(slot);
      if (!this.#isOver) left();
    };
    if (successor === undefined) {
      void this.end(slot, QUIESCE_MS).then(() => {
        if (slot.thread === thread) leave();
      });
      return;
    }
    slot.heldBehind = thread.gauges().descriptorsHeld ?? 0;
    this.#ends.leaveBehind(slot, thread);
    leave();
  }

  /** Ends the slot's thread, and clears up after it. The slot is not vacant yet. */
  async end(slot: Slot, quiesceMs: number): Promise<ThreadEnd | undefined> {
    const { thread } = slot;
    if (thread === undefined) return undefined;
    const end = await this.#ends.end(slot, thread, quiesceMs);
    if (slot.thread === thread) clear(slot, this.#listener, 'ended');
    return end;
  }

  /** The slot's thread is gone, or is the slot's no more. */
  vacate(slot: Slot): void {
    slot.thread = undefined;
    slot.state = this.#isOver ? 'stopped' : 'cold';
  }

  /** No slot gets another thread from now on. */
  stop(): void {
    this.#isOver = true;
  }

  /** {@link Succession.stop}, and how threads end until `close` is remembered for it. */
  windDown(): void {
    this.stop();
    this.#ends.keep();
  }

  /** Ends all threads for good, those that wait for a slot and those that have left one included. */
  async close(): Promise<EndedThread[]> {
    this.stop();
    const kept = this.#ends.kept();
    const ends = this.#slots.map(async (slot) => {
      const { thread, state } = slot;
      slot.state = state === 'cold' || state === 'stopped' ? 'stopped' : 'ending';
      this.dismissSuccessor(slot);
      const end = await this.end(slot, QUIESCE_MS);
      slot.state = 'stopped';
      return thread === undefined || end === undefined
        ? []
        : [{ slot: slot.number, generation: thread.generation, end }];
    });
    const left = this.#ends.allLeft();
    return [...kept, ...(await Promise.all(ends)).flat(), ...(await left)];
  }

  #makeThread(slot: Slot): Thread {
    const listener = listenTo(slot, () => thread, this.#voices, this.#listener);
    const thread = this.#make(slot.number, ++slot.made, listener);
    return thread;
  }
}
