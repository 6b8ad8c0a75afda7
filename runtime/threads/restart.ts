/** A resolved restart policy. */
export interface RestartLimits {
  /** Deaths one slot may have within the period. */
  readonly intensity: number;
  /** Milliseconds. */
  readonly period: number;
  /** Deaths all slots together may have within the period. */
  readonly total: number;
}

/** What follows a death. */
export type Verdict =
  | { readonly next: 'restart' }
  /** `slot` is the one whose deaths were too many, undefined when it was all of them together; `deaths` is how many. */
  | { readonly next: 'give-up'; readonly why: string; readonly slot: number | undefined; readonly deaths: number };

/**
 * Restart intensity, as OTP's supervisors have it: more deaths than so many in so long, and restarting is no cure. Only deaths nobody asked
 * for are told to it; an attempt that goes well shows that the thread works and clears the record.
 */
export class RestartIntensity {
  readonly #limits: RestartLimits;
  readonly #bySlot = new Map<number, number[]>();
  #all: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** Takes in a death and says what follows. */
  died(slot: number, now: number): Verdict {
    const { intensity, period, total } = this.#limits;
    const recent = (times: readonly number[]): number[] => [...times.filter((at) => at > now - period), now];
    const own = recent(this.#bySlot.get(slot) ?? []);
    this.#bySlot.set(slot, own);
    this.#all = recent(this.#all);
    if (own.length > intensity)
      return {
        next: 'give-up',
        why: `${own.length} deaths in slot ${slot} within ${period} ms, ${intensity} are allowed`,
        slot,
        deaths: own.length,
      };
    if (this.#all.length > total)
      return {
        next: 'give-up',
        why: `${this.#all.length} deaths in all within ${period} ms, ${total} are allowed`,
        slot: undefined,
        deaths: this.#all.length,
      };
    return { next: 'restart' };
  }

  /** An attempt in the slot ended ok. */
  worked(slot: number): void {
    if (this.#all.length === 0 && this.#bySlot.size === 0) return;
    this.#bySlot.delete(slot);
    this.#all = [];
  }
}
