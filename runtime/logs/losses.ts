import type { Timer } from '../clock.js';
import type { Remind } from '../threads/reminder.js';
import type { LostLines } from './read-line.js';

/** How often losses of one thread are said. */
const SAY_MS = 1_000;

/** Lines that threads had no room for. A flood loses some at every turn: the first are said at once, what follows is added up for a second. */
export class Losses {
  readonly #remind: Remind;
  readonly #say: (lost: LostLines) => void;
  readonly #unsaid = new Map<string, LostLines>();
  #timer: Timer | undefined;

  constructor(remind: Remind, say: (lost: LostLines) => void) {
    this.#remind = remind;
    this.#say = say;
  }

  add(lost: LostLines): void {
    const { slot, generation } = lost;
    const thread = `${slot} ${generation}`;
    const { count = 0, bytes = 0 } = this.#unsaid.get(thread) ?? {};
    this.#unsaid.set(thread, { ...lost, count: count + lost.count, bytes: bytes + lost.bytes });
    if (this.#timer === undefined) this.#tell();
  }

  /** Says what is left, and waits for nothing more. */
  close(): void {
    this.#timer?.cancel();
    this.#sayAll();
  }

  #tell(): void {
    this.#timer = this.#remind(SAY_MS, () => {
      this.#timer = undefined;
      if (this.#unsaid.size > 0) this.#tell();
    });
    this.#sayAll();
  }

  #sayAll(): void {
    const unsaid = [...this.#unsaid.values()];
    this.#unsaid.clear();
    for (const lost of unsaid) this.#say(lost);
  }
}
