import type { Timer } from '../clock.js';
import type { Remind } from '../threads/reminder.js';
import { type LostLines, threadOf } from './read-line.js';

/** How often losses of one thread are said. */
const SAY_MS = 1_000;

/** What becomes of the next loss: said at once, and a second begins; kept until that is over; or said at once, and nobody waits any more. */
type State = 'idle' | Timer | 'closed';

/** Lines that threads had no room for. A flood loses some at every turn: the first are said at once, what follows is added up for a second. */
export class Losses {
  readonly #remind: Remind;
  readonly #say: (lost: LostLines) => void;
  readonly #unsaid = new Map<string, LostLines>();
  #state: State = 'idle';

  constructor(remind: Remind, say: (lost: LostLines) => void) {
    this.#remind = remind;
    this.#say = say;
  }

  add(lost: LostLines): void {
    const thread = threadOf(lost);
    const { count = 0, bytes = 0 } = this.#unsaid.get(thread) ?? {};
    this.#unsaid.set(thread, { ...lost, count: count + lost.count, bytes: bytes + lost.bytes });
    if (this.#state === 'idle') this.#tell();
    else if (this.#state === 'closed') this.#sayAll();
  }

  /** Says what is left, and from now on everything at once. */
  close(): void {
    if (typeof this.#state === 'object') this.#state.cancel();
    this.#state = 'closed';
    this.#sayAll();
  }

  #tell(): void {
    this.#state = this.#remind(SAY_MS, () => {
      this.#state = 'idle';
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
