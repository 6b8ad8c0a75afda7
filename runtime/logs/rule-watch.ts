import type { RuleNote } from './gate-note.js';

/** How many windows say what is usual. */
const HISTORY = 10;
const JUMP_TIMES = 5;
const LEAST_JUMP = 50;

/**
 * Who drops heartbeats has to watch for their absence. Counts, per window, how often each rule matches, and compares with the
 * ten windows before.
 */
export class RuleWatch {
  readonly #rules: readonly Watched[];

  constructor(names: readonly string[]) {
    this.#rules = names.map((name) => new Watched(name));
  }

  /** A line matched the rule of this place. */
  count(rule: number): void {
    const watched = this.#rules[rule];
    if (watched !== undefined) watched.matches++;
  }

  /** Whether a rule would be said to be silent if nothing came any more. */
  get isExpecting(): boolean {
    return this.#rules.some((rule) => rule.isRegular);
  }

  /**
   * Ends a window. `passed` is how many began since it did; of all but the first nothing was seen. `wasWatched` says that it
   * was ended in time: a process that was suspended, or a clock that was set, makes no silence.
   */
  endWindow(passed: number, wasWatched: boolean): RuleNote[] {
    return this.#rules.flatMap((rule) => {
      const note = rule.end(wasWatched);
      rule.pass(passed - 1);
      return note ?? [];
    });
  }
}

class Watched {
  readonly #name: string;
  /** The counts of the last windows, the oldest first. */
  #history: number[] = [];
  /** A window without a match that is not in the history yet, because it may be drift. */
  #isMissed = false;
  matches = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Whether it matched in each of the last windows. */
  get isRegular(): boolean {
    return this.#history.length === HISTORY && !this.#history.includes(0);
  }

  end(wasWatched: boolean): RuleNote | undefined {
    const count = this.matches;
    this.matches = 0;
    if (count === 0 && wasWatched && this.isRegular) return this.#miss();
    const usual = this.#usual();
    const isJump = count >= LEAST_JUMP && usual > 0 && count > JUMP_TIMES * usual;
    this.#isMissed = false;
    this.#push(count);
    return isJump ? { type: 'jump', rule: this.#name, count, usual } : undefined;
  }

  /** Windows went by unseen. */
  pass(windows: number): void {
    for (let left = Math.min(windows, HISTORY); left > 0; left--) this.#push(0);
  }

  #miss(): RuleNote | undefined {
    const usual = this.#usual();
    const windows = this.#isMissed ? 2 : 1;
    this.#isMissed = usual < 2 && windows === 1;
    if (this.#isMissed) return undefined;
    for (let left = windows; left > 0; left--) this.#push(0);
    return { type: 'silent', rule: this.#name, windows, usual };
  }

  #push(count: number): void {
    // Until it has matched there is nothing to remember: most rules never do.
    if (count === 0 && this.#history.length === 0) return;
    this.#history.push(count);
    if (this.#history.length > HISTORY) this.#history.shift();
  }

  /** The median of a full history; 0 before. */
  #usual(): number {
    if (this.#history.length < HISTORY) return 0;
    const sorted = this.#history.toSorted((one, other) => one - other);
    return ((sorted[HISTORY / 2 - 1] ?? 0) + (sorted[HISTORY / 2] ?? 0)) / 2;
  }
}
