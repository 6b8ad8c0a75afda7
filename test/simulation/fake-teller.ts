import type { FakeEventLoop } from './fake-event-loop.js';
import type { Chance } from './seeded.js';
import type { VirtualClock } from './virtual-clock.js';

/** Decides when a fake thread tells of what it has written: at going idle, or by the bell. */
export class FakeTeller {
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #loop: FakeEventLoop;
  readonly #listener: { ring(): void; answer(): void };
  readonly #isIdle: () => boolean;
  #ringPlanned = false;
  /** Wake-ups that wait for an answer. */
  #sleepers = 0;
  /** Outcomes written and not told. */
  unrung = 0;
  /** When it was last told. */
  rungAt = 0;

  constructor(parts: {
    clock: VirtualClock;
    chance: Chance;
    loop: FakeEventLoop;
    listener: { ring(): void; answer(): void };
    isIdle: () => boolean;
  }) {
    this.#clock = parts.clock;
    this.#chance = parts.chance;
    this.#loop = parts.loop;
    this.#listener = parts.listener;
    this.#isIdle = parts.isIdle;
  }

  /** A wake-up came in; it is answered when nothing is left to do. */
  woken(): void {
    this.#sleepers++;
    if (this.unrung === 0) this.rungAt = this.#clock.now();
  }

  /** Rings once the event loop comes round, unless that is planned already. */
  planRing(): void {
    if (this.#ringPlanned) return;
    this.#ringPlanned = true;
    this.#loop.later(this.#chance.happens(0.5) ? 0 : this.#chance.between(0, 1), () => {
      this.#loop.turn(() => {
        this.#ringPlanned = false;
        this.answerIfIdle();
        if (this.unrung > 0) this.ring();
      });
    });
  }

  answerIfIdle(): void {
    if (this.#sleepers === 0 || !this.#isIdle()) return;
    this.#sleepers = 0;
    this.#told();
    this.#listener.answer();
  }

  ring(): void {
    this.#told();
    this.#listener.ring();
  }

  #told(): void {
    this.unrung = 0;
    this.rungAt = this.#clock.now();
  }
}
