import type { TestContext } from 'node:test';
import type { Timer } from '../../runtime/clock.js';

/** Time that passes when a test says so: the machine's date, and the timers that were asked for here. */
export class SetClock {
  readonly #t: TestContext;
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  #now = 0;

  /** `date` is read as one of UTC. The date is everybody's in this process, until the test has ended. */
  constructor(t: TestContext, date: string) {
    this.#t = t;
    t.mock.timers.enable({ apis: ['Date'], now: Date.parse(`${date}Z`) });
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** In how many milliseconds the next one fires; Infinity for none. */
  get next(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at - this.#now));
  }

  readonly now = (): number => this.#now;

  readonly wallNow = (): number => Date.now();

  readonly remind = (ms: number, fire: () => void): Timer => {
    const timer = { at: this.#now + ms, fire };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  };

  /** Sets the date alone, as somebody who corrects it. */
  setDate(date: string): void {
    this.#t.mock.timers.setTime(Date.parse(`${date}Z`));
  }

  /** Lets time pass; timers fire at their time. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      this.#step((next?.at ?? end) - this.#now);
      if (next === undefined) return;
      this.#timers.delete(next);
      next.fire();
    }
  }

  #step(ms: number): void {
    this.#now += ms;
    this.#t.mock.timers.setTime(Date.now() + ms);
  }
}
