import type { ThreadEnd } from '../../runtime/threads/thread.js';
import type { FakeEventLoop } from './fake-event-loop.js';
import type { FakePorts } from './fake-ports.js';
import type { FakeRunner } from './fake-runner.js';
import type { FakeParts } from './fake-thread.js';

/** The end of a fake thread that was asked for: quiesce, terminate, await the exit, each with its limit. */
export class FakeEnd {
  readonly #parts: FakeParts;
  readonly #loop: FakeEventLoop;
  readonly #runner: FakeRunner;
  readonly #ports: FakePorts;
  readonly #refuse: () => void;
  /** Its last event is behind it; the exit may not have been seen yet. */
  exited = false;
  /** Told once its exit was seen, or is waited for no longer, before anything is made of it. */
  gone: () => void = () => undefined;
  /** How it came out. */
  outcome: ThreadEnd | undefined;
  #exitSeen: () => void = () => undefined;

  constructor(
    parts: FakeParts,
    inside: { loop: FakeEventLoop; runner: FakeRunner; ports: FakePorts },
    /** Tells of the wake-ups that were not answered and are refused as the pool goes. */
    refuse: () => void,
  ) {
    this.#parts = parts;
    this.#loop = inside.loop;
    this.#runner = inside.runner;
    this.#ports = inside.ports;
    this.#refuse = refuse;
  }

  /** The exit has been seen. */
  seen(): void {
    this.exited = true;
    this.gone();
    this.#exitSeen();
  }

  /** Ends it; without quiescing when `quiesceMs` is 0. */
  begin(quiesceMs: number, exitMs: number): Promise<ThreadEnd> {
    this.#parts.clock.promised = true;
    return new Promise((resolve) => {
      const terminate = (quiesced: boolean): void => {
        this.#terminate(exitMs, (exited) => {
          this.outcome = { quiesced, exited, errors: [], closed: [], left: [] };
          if (exited) this.#ports.close();
          resolve(this.outcome);
          this.#parts.clock.promised = true;
        });
      };
      if (quiesceMs > 0 && !this.exited) this.#quiesce(quiesceMs, terminate);
      else terminate(false);
    });
  }

  #terminate(exitMs: number, over: (exited: boolean) => void): void {
    const { clock, chance, faults } = this.#parts;
    if (this.exited) {
      over(true);
      return;
    }
    this.#loop.stopped = true;
    this.#ports.deliver(0, this.#refuse);
    const isStuck = this.#loop.blocked && chance.happens(faults.stuck);
    clock.at(isStuck ? exitMs : chance.between(0, 5), () => {
      this.exited = !isStuck;
      this.gone();
      over(this.exited);
    });
  }

  /** Asks for teardowns, and goes on when they are through, time is up, or the thread has died meanwhile. */
  #quiesce(quiesceMs: number, then: (quiesced: boolean) => void): void {
    const { clock, chance, faults } = this.#parts;
    let isOver = false;
    const once = (quiesced: boolean): void => {
      if (isOver) return;
      isOver = true;
      forgets();
      then(quiesced);
    };
    const forgets = clock.at(quiesceMs, () => {
      once(false);
    });
    this.#exitSeen = () => {
      once(false);
    };
    const teardownMs = chance.happens(faults.teardown) ? Number.POSITIVE_INFINITY : chance.between(0, 4);
    this.#loop.later(this.#ports.delay(), () => {
      this.#loop.turn(() => {
        this.#runner.close();
        this.#loop.later(teardownMs, () => {
          this.#ports.deliver(this.#ports.delay(), () => {
            once(true);
          });
        });
      });
    });
  }
}
