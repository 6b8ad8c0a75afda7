import type { Task } from '../task.js';
import { OWN_DESCRIPTORS } from '../threads/recycle.js';
import type { Slot } from '../threads/slot.js';
import type { DescriptorCount } from './descriptor-count.js';

/** What the budget is made with. */
export interface DescriptorBudgetParts {
  readonly slots: readonly Slot[];
  /** Descriptors to be kept free; undefined for the usual share of the limit. */
  readonly reserve: number | undefined;
  /** Counts what is open; null where that cannot be told. */
  readonly count: () => DescriptorCount | null;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** At least so many are kept free, */
const LEAST_RESERVE = 16;
/** and so great a share of the limit. */
const RESERVE_SHARE = 0.05;
/** A count is believed for so long while things are changing, milliseconds, */
const FRESH_MS = 20;
/** and for so long while it is far from mattering. */
const STALE_MS = 1_000;
/** Counting takes the longer the more is open; no more than this share of the time is spent on it. */
const COUNTING_SHARE = 0.01;

/**
 * The process's descriptors, as a budget for io attempts: they wait rather than run into EMFILE, and the supervisor can always write its
 * log and end its threads. cpu attempts go on; there are few of them at a time.
 *
 * An attempt that has just been dispatched has opened nothing yet, so what is open now says little about what will be. Each io attempt is
 * therefore taken to need as many as its like have had open at once (`Estimate.descriptors`), from its dispatch to its end; what is open
 * besides is counted by the kernel's list, again whenever it matters and the last count is old.
 *
 *     what is open besides + what the io attempts need + the reserve <= the limit
 *
 * What is open besides is the count less what attempts that run have open: by the gauges of their threads, or by the table of owners, or what
 * they need, whichever is least. Gauges count a connection from the call on, which is before there is a descriptor; the table tells less of
 * what attempts that have ended have left behind.
 */
export class DescriptorBudget {
  readonly #parts: DescriptorBudgetParts;
  #limit = Number.POSITIVE_INFINITY;
  #reserve = 0;
  #besides = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #tookMs = 0;
  #isOff = false;
  #isShort = false;
  /** Slots without a thread at the last count. */
  #comingUp = 0;

  constructor(parts: DescriptorBudgetParts) {
    this.#parts = parts;
    this.#isOff = parts.reserve === 0;
  }

  /** How many are kept free; null where nothing is known of a limit, and before that was asked. */
  get reserve(): number | null {
    if (this.#countedAt === Number.NEGATIVE_INFINITY && !this.#isOff) this.#count();
    return this.#isOff ? (this.#parts.reserve === 0 ? 0 : null) : this.#reserve;
  }

  /** Whether the last io attempt that was to be dispatched found too few free. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Whether an io attempt is to wait until descriptors are free. One at a time may always go, or nothing would ever free any. */
  holdsBack({ type }: Task): boolean {
    if (this.#isOff) return false;
    const need = type.estimate.descriptors;
    if (this.#isStale()) this.#count();
    this.#isShort = this.#left() < need;
    return this.#isShort && this.#parts.slots.some(({ io }) => io > 0);
  }

  /** A thread that has come up has taken descriptors that were set aside for it; there is no telling how many. */
  #isStale(): boolean {
    if (this.#comingUp !== countComingUp(this.#parts.slots)) return true;
    const ageMs = this.#parts.now() - this.#countedAt;
    const isNear = this.#left() < this.#limit / 2;
    return ageMs >= Math.max(isNear ? FRESH_MS : STALE_MS, this.#tookMs / COUNTING_SHARE);
  }

  /** How many more attempts may need. */
  #left(): number {
    let needed = this.#comingUp * OWN_DESCRIPTORS;
    for (const { needs } of this.#parts.slots) needed += needs;
    return this.#limit - this.#reserve - this.#besides - needed;
  }

  #count(): void {
    const { slots, reserve, count, now } = this.#parts;
    const began = now();
    const counted = count();
    this.#countedAt = now();
    this.#tookMs = this.#countedAt - began;
    this.#isOff = counted === null;
    if (counted === null) return;
    let running = 0;
    let held = 0;
    let needed = 0;
    for (const { thread, needs } of slots) {
      const gauges = thread?.gauges();
      running += gauges?.descriptorsRunning ?? 0;
      held += gauges?.descriptorsHeld ?? 0;
      needed += needs;
    }
    this.#comingUp = countComingUp(slots);
    this.#limit = counted.limit;
    this.#reserve = reserve ?? Math.max(LEAST_RESERVE, Math.ceil(RESERVE_SHARE * counted.limit));
    this.#besides = counted.open - Math.min(running, needed, Math.max(0, counted.tasks - held));
  }
}

function countComingUp(slots: readonly Slot[]): number {
  let count = 0;
  for (const { isComingUp } of slots) if (isComingUp) count++;
  return count;
}
