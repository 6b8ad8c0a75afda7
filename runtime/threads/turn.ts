import type { Timer } from '../clock.js';
import type { RecycleFigures, RecycleRecord, RecycleWish } from './recycle.js';
import type { Slot } from './slot.js';
import type { Thread } from './thread.js';

/**
 * One thread's way out.
 *
 * | stage | meaning | goes on to |
 * |---|---|---|
 * | `succeeding` | it works; its successor is coming up | `withdrawn`, `given up` |
 * | `withdrawn` | it gets nothing any more; what runs may end | `going`, `given up` |
 * | `going` | it has left its slot, or leaves it, and is being ended | – |
 * | `given up` | it stays; its successor died, or is being ended | – |
 *
 * A thread that dies, or is ended for another reason, ends its turn as well: then the slot has another one. The turn is over when the slot
 * works and has one thread.
 */
export interface Turn {
  readonly slot: Slot;
  readonly thread: Thread;
  readonly wish: RecycleWish;
  readonly figures: RecycleFigures;
  readonly task: string | null;
  readonly overlap: boolean;
  stage: 'succeeding' | 'withdrawn' | 'going' | 'given up';
  /** Runs while it is withdrawn. */
  patience: Timer | undefined;
  /** How it is told, once the thread goes. */
  record: RecycleRecord | undefined;
}

/** Whether nothing of the turn is left to wait for; `leaving` threads are ending in the background. */
export function isThrough({ slot, thread, stage }: Turn, leaving: number): boolean {
  if (slot.state === 'ending' || slot.successor !== undefined || leaving > 0) return false;
  return slot.thread === thread ? stage === 'given up' : slot.state !== 'starting' && slot.state !== 'cold';
}

/** The record of a turn whose thread goes. */
export function recordOf({ slot, thread, wish, task, figures, overlap }: Turn, at: string): RecycleRecord {
  const { generation } = thread;
  return { slot: slot.number, generation, reason: wish.reason, task, figures, overlap, helped: null, at };
}
