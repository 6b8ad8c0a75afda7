import type { DependencySnapshot } from '../dependencies/dependencies.js';

/** Dependencies by name, as a host tells them. */
type Rows = Readonly<Record<string, DependencySnapshot>>;

interface Totals {
  readonly callsTotal: number;
  readonly failuresTotal: number;
}

const NONE: Totals = { callsTotal: 0, failuresTotal: 0 };

/** Adds up the calls of dependencies over all hosts, of which each counts its own. What one did after it last told of them died with it. */
export class CallTotals {
  /** What each host told last. */
  readonly #last = new WeakMap<object, Rows>();
  readonly #all = new Map<string, Totals>();

  /** A host tells how its dependencies stand. */
  told(host: object, rows: Rows): void {
    const last = this.#last.get(host);
    for (const [name, row] of Object.entries(rows)) this.#add(name, row, last?.[name] ?? NONE);
    this.#last.set(host, rows);
  }

  /** The same rows, with the calls of all hosts. */
  of(rows: Rows): Rows {
    const all = Object.entries(rows).map(([name, row]) => [name, { ...row, ...(this.#all.get(name) ?? NONE) }]);
    return Object.fromEntries(all) as Rows;
  }

  #add(name: string, now: Totals, before: Totals): void {
    const { callsTotal, failuresTotal } = this.#all.get(name) ?? NONE;
    this.#all.set(name, {
      callsTotal: callsTotal + now.callsTotal - before.callsTotal,
      failuresTotal: failuresTotal + now.failuresTotal - before.failuresTotal,
    });
  }
}
