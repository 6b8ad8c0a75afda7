import type { DroppedLines } from '../../workers/protocol/log-ring.js';
import type { FromThread } from '../../workers/protocol/messages.js';
import type { Lines } from '../logs/read-line.js';
import type { Slot } from './slot.js';
import type { Death, OutcomeReader, Thread, ThreadListener } from './thread.js';

/** Who hears what threads say of tasks. */
export interface SaidListener {
  /** A thread may have outcomes to read. */
  outcomes(slot: Slot): void;
  /** The slot's thread says something, or one that the slot has left behind and that is not gone yet. */
  said(slot: Slot, message: Exclude<FromThread, { type: 'ring' | 'lines' | 'unsound' }>): void;
  /** What was printed and logged in a thread of the slot, of whichever generation, and what of that was dropped. */
  lines(slot: Slot, generation: number, lines: Lines, dropped: DroppedLines | undefined): void;
}

/** What is heard of a slot's threads. */
export interface Voices {
  cameUp(slot: Slot): void;
  successorUp(slot: Slot): void;
  unsound(slot: Slot, thread: Thread, message: Extract<FromThread, { type: 'unsound' }>): void;
  died(slot: Slot, death: Death): void;
  successorDied(slot: Slot, thread: Thread, death: Death): void;
  /** Something was found out about the present thread. */
  found(slot: Slot): void;
  isLeaving(thread: Thread): boolean;
}

/** Reads a thread that has left its slot with nothing in it: what it has still said is heard on the way. */
const NOBODY: OutcomeReader = { ok: () => undefined, failed: () => undefined, skipped: () => undefined };

/**
 * Listens to one thread. It has the slot's place, or waits for it, or has left it: of one that has left, only what it says about tasks is
 * still heard, until it is gone.
 */
export function listenTo(slot: Slot, self: () => Thread, voices: Voices, listener: SaidListener): ThreadListener {
  const isPresent = (): boolean => slot.thread === self();
  const isNext = (): boolean => slot.successor?.thread === self();
  return {
    ready: () => {
      if (isPresent() && slot.state === 'starting') voices.cameUp(slot);
      else if (isNext()) voices.successorUp(slot);
    },
    outcomes: () => {
      if (isPresent()) listener.outcomes(slot);
      else if (voices.isLeaving(self())) self().drain(NOBODY);
    },
    said: (message) => {
      if (message.type === 'unsound') {
        if (isPresent() || isNext()) voices.unsound(slot, self(), message);
      } else if (isPresent()) {
        listener.said(slot, message);
        if (message.type === 'left' || message.type === 'growth') voices.found(slot);
      } else if (message.type !== 'growth' && voices.isLeaving(self())) listener.said(slot, message);
    },
    lines: (lines, dropped) => {
      listener.lines(slot, self().generation, lines, dropped);
    },
    died: (death) => {
      if (isPresent()) voices.died(slot, death);
      else if (isNext()) voices.successorDied(slot, self(), death);
    },
  };
}
