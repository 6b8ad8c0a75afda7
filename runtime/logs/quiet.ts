import { isOver, type Unwritten } from './incident-pace.js';

/** One of a kind about the same is told in so long. */
export const QUIET_MS = 600_000;

interface Told {
  readonly kind: string;
  readonly about: string;
  at: number;
  untold: number;
  untoldAt: number;
}

/** Lets one of a kind about the same pass in {@link QUIET_MS}, and counts the others. */
export class Quiet {
  readonly #told = new Map<string, Told>();

  /** How many were counted since the last that passed or was said; undefined where this one is counted as well. */
  pass(kind: string, about: string, at: number): number | undefined {
    const key = `${kind} ${about}`;
    const told = this.#told.get(key);
    if (told === undefined) {
      this.#told.set(key, { kind, about, at, untold: 0, untoldAt: at });
      return 0;
    }
    if (!isOver(told.at, QUIET_MS, at)) {
      told.untold++;
      told.untoldAt = at;
      return undefined;
    }
    const { untold } = told;
    told.at = at;
    told.untold = 0;
    return untold;
  }

  /** Whether there is something that was counted and has not been said. */
  get isCounting(): boolean {
    for (const { untold } of this.#told.values()) if (untold > 0) return true;
    return false;
  }

  /** What was counted in times that are over, and is said with this; with `all`, up to now. */
  due(at: number, all = false): readonly Unwritten[] {
    const due: Unwritten[] = [];
    for (const [key, told] of this.#told) {
      const over = isOver(told.at, QUIET_MS, at);
      if (!over && !all) continue;
      const { kind, about, at: since, untold, untoldAt } = told;
      if (untold > 0) due.push({ kind, about, count: untold, windowMs: Math.max(0, untoldAt - since) });
      told.untold = 0;
      if (over) this.#told.delete(key);
    }
    return due;
  }
}
