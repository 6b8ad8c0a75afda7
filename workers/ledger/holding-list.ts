import type { Holding } from './holding.js';

/** Holdings in the order of their opening, linked through themselves: opening a file takes a microsecond, and a Set would be a tenth of that. */
export class HoldingList {
  #first: Holding | undefined;
  #last: Holding | undefined;

  add(holding: Holding): void {
    holding.previous = this.#last;
    if (this.#last === undefined) this.#first = holding;
    else this.#last.next = holding;
    this.#last = holding;
  }

  remove(holding: Holding): void {
    const { previous, next } = holding;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    holding.previous = holding.next = undefined;
  }

  /** All of them, apart from the list: what is done with one may strike it out. */
  all(): Holding[] {
    const all: Holding[] = [];
    for (let holding = this.#first; holding !== undefined; holding = holding.next) all.push(holding);
    return all;
  }
}
