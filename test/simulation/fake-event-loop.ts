import type { Chance } from './seeded.js';
import type { VirtualClock } from './virtual-clock.js';

/** The event loop of a fake thread: one thing at a time, and nothing while something keeps it busy. */
export class FakeEventLoop {
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #due: { readonly run: () => void; readonly cancel: () => void }[] = [];
  readonly #turns: (() => void)[] = [];
  /** Something keeps it busy. */
  blocked = false;
  /** Nothing happens in it any more. */
  stopped = false;

  constructor(clock: VirtualClock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Whether it is busy or gone. */
  isBusy(): boolean {
    return this.blocked || this.stopped;
  }

  /** Something happens in the thread, so much later; the supervisor may see it earlier, see {@link overtake}. */
  later(ms: number, run: () => void): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const due = {
      run: () => {
        this.#due.splice(this.#due.indexOf(due), 1);
        if (!this.stopped) run();
      },
      cancel: this.#clock.elsewhere(ms, () => {
        due.run();
      }),
    };
    this.#due.push(due);
  }

  /** The thread goes on while the supervisor's own code runs: something that is due happens now. */
  overtake(): void {
    if (this.#due.length === 0 || this.stopped) return;
    const due = this.#chance.pick(this.#due);
    due.cancel();
    due.run();
  }

  /** Runs when the event loop is free. */
  turn(run: () => void): void {
    if (this.stopped) return;
    if (this.blocked) this.#turns.push(run);
    else run();
  }

  /** Keeps the event loop busy, then goes on. */
  block(ms: number, then: () => void): void {
    this.blocked = true;
    this.later(ms, () => {
      this.blocked = false;
      then();
      while (!this.isBusy()) {
        const turn = this.#turns.shift();
        if (turn === undefined) return;
        turn();
      }
    });
  }
}
