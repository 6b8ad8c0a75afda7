import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Timer } from '../../runtime/clock.js';

interface Waiting {
  readonly at: number;
  readonly fire: () => void;
}

/** The date of this process, which passes when it is told to, and timers that go by it. What the system does takes its own time meanwhile. */
export class SimulatedTime {
  readonly #waiting = new Set<Waiting>();

  constructor(start: number) {
    mock.timers.enable({ apis: ['Date'], now: start });
  }

  readonly now = (): number => Date.now();

  readonly remind = (ms: number, fire: () => void): Timer => {
    const waiting = { at: this.now() + ms, fire };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  };

  /** Lets time pass; what is due meanwhile happens at its time, with what it leaves for the end of its turn. */
  async passTo(at: number): Promise<void> {
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.at > at) break;
      this.#waiting.delete(next);
      this.#set(next.at);
      next.fire();
      await turn();
    }
    this.#set(at);
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const waiting of this.#waiting) if (next === undefined || waiting.at < next.at) next = waiting;
    return next;
  }

  #set(at: number): void {
    if (at > this.now()) mock.timers.setTime(at);
  }
}
