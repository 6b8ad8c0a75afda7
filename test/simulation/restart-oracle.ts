import type { Core } from '../../runtime/core.js';
import type { RestartLimits } from '../../runtime/threads/restart.js';
import type { Books } from './books.js';

/** P5, said a second time: counts deaths and successes on its own, and knows when the supervisor has to give up, and when it may not. */
export class RestartOracle {
  readonly #books: Books;
  readonly #limits: RestartLimits;
  readonly #now: () => number;
  #deaths: { readonly slot: number; readonly at: number; readonly inAll: boolean }[] = [];
  #isOver = false;

  constructor(books: Books, limits: RestartLimits, now: () => number) {
    this.#books = books;
    this.#limits = limits;
    this.#now = now;
  }

  /** Listens to the core's own list of deaths, and to what goes well in between. */
  listen(core: Core): void {
    const { threads } = core;
    const worked = threads.worked.bind(threads);
    threads.worked = (slot) => {
      this.#deaths = this.#deaths
        .filter((death) => death.slot !== slot.number)
        .map((death) => ({ ...death, inAll: false }));
      worked(slot);
    };
    const { deaths } = threads;
    deaths.push = (...records) => {
      for (const { slot } of records) this.#died(slot);
      return Array.prototype.push.apply(deaths, records);
    };
  }

  /** After a step: it gave up if it had to, and only then. */
  agrees(broken: boolean): void {
    if (this.#isOver !== broken)
      this.#books.violated(`P5: the supervisor ${broken ? 'gave up too early' : 'should have given up'}`);
  }

  #died(slot: number): void {
    const { intensity, period, total } = this.#limits;
    const now = this.#now();
    this.#deaths.push({ slot, at: now, inAll: true });
    const recent = this.#deaths.filter(({ at }) => at > now - period);
    const own = recent.filter((death) => death.slot === slot).length;
    const all = recent.filter(({ inAll }) => inAll).length;
    if (this.#books.noMoreThreads || this.#isOver) return;
    this.#isOver = own > intensity || all > total;
  }
}
