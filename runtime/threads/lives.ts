import type { Clock } from '../clock.js';
import {
  drawThresholds,
  type RecycleFigures,
  type RecycleLimits,
  type RecyclePace,
  type RecycleRecord,
  type RecycleWish,
  wishOf,
} from './recycle.js';
import { RecycleHistory } from './recycle-history.js';
import type { Slot } from './slot.js';
import type { Thread } from './thread.js';

/**
 * A thread's gauges are read once in so long, not with every outcome: that costs some microseconds. What happens in between the thread sees
 * itself, and declines what would be too much.
 */
const LOOK_MS = 1;

/** What lives are measured by. */
export interface LivesParts {
  readonly limits: RecycleLimits;
  readonly pace: RecyclePace;
  readonly clock: Clock;
}

/** What the present thread of a slot is measured by. */
interface Life {
  readonly thread: Thread;
  readonly upAt: number;
  readonly thresholds: RecycleLimits;
  lookedAt: number;
}

/** A thread that ought to be recycled. */
export interface Candidate {
  readonly slot: Slot;
  readonly wish: RecycleWish;
  readonly figures: RecycleFigures;
}

/** The lives of the threads in all slots, one after another: what each has come to, and whether it ought to be recycled. */
export class Lives {
  readonly #slots: readonly Slot[];
  readonly #parts: LivesParts;
  readonly #cameOut: (record: RecycleRecord, helped: boolean) => void;
  readonly #histories: readonly RecycleHistory[];
  readonly #lives: (Life | undefined)[] = [];

  /** `cameOut` is told once it is known whether a recycle helped. */
  constructor(slots: readonly Slot[], parts: LivesParts, cameOut: (record: RecycleRecord, helped: boolean) => void) {
    this.#slots = slots;
    this.#parts = parts;
    this.#cameOut = cameOut;
    this.#histories = slots.map(() => new RecycleHistory(parts.pace));
  }

  /** A thread takes attempts from now on; `after` is the recycle it came by, if it did. */
  began(slot: Slot, thread: Thread, after: RecycleRecord | undefined): void {
    const { clock, limits } = this.#parts;
    const thresholds = drawThresholds(limits, () => clock.random());
    this.#lives[slot.number] = { thread, upAt: clock.now(), thresholds, lookedAt: Number.NEGATIVE_INFINITY };
    this.historyOf(slot).began(after);
  }

  /** Whether the last look at a slot's thread is long enough ago. */
  isToBeSeen(slot: Slot): boolean {
    const life = this.#lives[slot.number];
    return life !== undefined && this.#parts.clock.now() >= life.lookedAt + LOOK_MS;
  }

  /** The next look is worth taking at once. */
  lookAgain(slot: Slot): void {
    const life = this.#lives[slot.number];
    if (life !== undefined) life.lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** What recycling has come to in a slot so far. */
  historyOf(slot: Slot): RecycleHistory {
    const history = this.#histories[slot.number];
    if (history === undefined) throw new Error(`slot ${slot.number} has no history`);
    return history;
  }

  /** Takes in what a slot's thread holds, and says what it has come to; undefined if it is not up. */
  look(slot: Slot): RecycleFigures | undefined {
    const life = this.#lives[slot.number];
    const { thread } = slot;
    if (life === undefined || thread !== life.thread) return undefined;
    const { descriptorsHeld, retainedBytes } = thread.gauges();
    slot.held = descriptorsHeld ?? 0;
    const now = this.#parts.clock.now();
    life.lookedAt = now;
    // The sum is what a reminder was set to; a difference may fall short of the age by a rounding.
    const isOfAge = now >= life.upAt + life.thresholds.age;
    const ageMs = Math.max(now - life.upAt, isOfAge ? life.thresholds.age : 0);
    return { heapGrowthBytes: retainedBytes, descriptorsHeld, tasks: slot.doneHere, ageMs };
  }

  /** Whether a slot's thread with such figures ought to be recycled, and why. */
  wish(slot: Slot, figures: RecycleFigures): RecycleWish | undefined {
    const life = this.#lives[slot.number];
    if (life === undefined || slot.state !== 'up') return undefined;
    const { limits, pace, clock } = this.#parts;
    const { thresholds } = life;
    const history = this.historyOf(slot);
    const now = clock.now();
    const known = history.look(figures, thresholds, now);
    if (known !== undefined) this.#cameOut(known.record, known.helped);
    if (now < history.notBefore) return undefined;
    return wishOf({ figures, limits, thresholds, pace, now, pausedUntil: (reason) => history.pausedUntil(reason) });
  }

  /** Who is to be recycled next: who starts nothing any more first, then the longest-lived. */
  next(): Candidate | undefined {
    let best: Candidate | undefined;
    for (const slot of this.#slots) {
      const figures = this.look(slot);
      const wish = figures === undefined ? undefined : this.wish(slot, figures);
      if (figures === undefined || wish === undefined) continue;
      const isFirst =
        best === undefined || (wish.urgent === best.wish.urgent ? figures.ageMs > best.figures.ageMs : wish.urgent);
      if (isFirst) best = { slot, wish, figures };
    }
    return best;
  }

  /** When the next thread comes of age; Infinity when none does. */
  nextOfAge(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots) {
      const life = this.#lives[slot.number];
      if (life === undefined || slot.thread !== life.thread || slot.state !== 'up') continue;
      due = Math.min(due, Math.max(life.upAt + life.thresholds.age, this.historyOf(slot).notBefore));
    }
    return due;
  }
}
