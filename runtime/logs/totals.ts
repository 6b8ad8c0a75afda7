import type { DaySummary } from './log-events.js';

/**
 * What a record stands for: something that came just now; something that was counted as suppressed; a summary, which stands for nothing that
 * came; these figures, which are not among them.
 */
export type Standing = 'new' | 'counted' | 'summary' | 'figures';

const DAY_MS = 86_400_000;

/** Adds up what came, and what became a record, by days of UTC. Bytes are those of records. */
export class Totals {
  #since: number;
  #day: number;
  #linesIn = 0;
  #linesOut = 0;
  #suppressed = 0;
  #dropped = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(now: number) {
    this.#since = now;
    this.#day = Math.floor(now / DAY_MS);
  }

  /** A record was written. */
  kept(bytes: number, standing: Standing): void {
    if (standing === 'figures') return;
    this.#bytesOut += bytes;
    if (standing === 'summary') return;
    this.#linesOut++;
    if (standing === 'new') {
      this.#linesIn++;
      this.#bytesIn += bytes;
    } else this.#suppressed--;
  }

  /** There would have been a record of this length. */
  suppressed(bytes: number): void {
    this.#linesIn++;
    this.#bytesIn += bytes;
    this.#suppressed++;
  }

  /** Lines that threads had no room for. */
  dropped(count: number): void {
    this.#dropped += count;
  }

  /** Whether another day has begun. */
  isOver(now: number): boolean {
    return Math.floor(now / DAY_MS) !== this.#day;
  }

  /** The figures so far, which begin anew; undefined where there are none. */
  end(now: number): DaySummary | undefined {
    const summary = {
      linesIn: this.#linesIn,
      linesOut: this.#linesOut,
      linesSuppressed: this.#suppressed,
      linesDropped: this.#dropped,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      windowMs: Math.max(0, now - this.#since),
    };
    this.#since = now;
    this.#day = Math.floor(now / DAY_MS);
    this.#linesIn = this.#linesOut = this.#suppressed = this.#dropped = this.#bytesIn = this.#bytesOut = 0;
    return summary.linesIn + summary.linesOut + summary.linesDropped === 0 ? undefined : summary;
  }
}
