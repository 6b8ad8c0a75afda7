import type { Chance } from './seeded.js';
import type { VirtualClock } from './virtual-clock.js';

/** The ways from a fake thread to the supervisor. What has not arrived when they are closed never does. */
export class FakePorts {
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #latency: number;
  #bellAt = 0;
  #closed = false;

  constructor(clock: VirtualClock, chance: Chance, latency: number) {
    this.#clock = clock;
    this.#chance = chance;
    this.#latency = latency;
  }

  /** How long the next message takes, ms; one in ten takes its time. */
  delay(): number {
    const chance = this.#chance;
    return chance.happens(0.1) ? this.#latency * 5 * chance.next() : this.#latency * chance.next();
  }

  /** Something arrives, so much later. */
  deliver(ms: number, run: () => void): void {
    this.#clock.at(ms, () => {
      if (!this.#closed) run();
    });
  }

  /** Something arrives on the bell port, behind everything that was sent there before. */
  ring(run: () => void): void {
    this.#bellAt = Math.max(this.#bellAt, this.#clock.now() + this.delay());
    this.#clock.when(this.#bellAt, () => {
      if (!this.#closed) run();
    });
  }

  close(): void {
    this.#closed = true;
  }
}
