import type { DependencySnapshot } from '../dependencies/dependencies.js';

/** Dependencies by name, as a host tells them. */
type Rows = Readonly<Record<string, DependencySnapshot>>;

interface Totals {
  callsTotal: number;
  failuresTotal: number;
}

/** Adds up the calls of dependencies over all hosts, of which each counts its own. What one did after it last told of them died with it. */
export class CallTotals {
  /** What the host of each line told last. */
  readonly #now = new Map<number, { readonly generation: number; readonly rows: Rows }>();
  /** Of those before them. */
  readonly #before = new Map<string, Totals>();

  /** A host tells how its dependencies stand. */
  told({ number, generation }: { readonly number: number; readonly generation: number }, rows: Rows): void {
    const last = this.#now.get(number);
    if (last !== undefined && last.generation !== generation) {
      for (const [name, row] of Object.entries(last.rows)) this.#before.set(name, sum(row, this.#before.get(name)));
    }
    this.#now.set(number, { generation, rows });
  }

  /** The same rows, with the calls of all hosts. */
  of(rows: Rows): Rows {
    const all = Object.entries(rows).map(([name, row]) => {
      const lines = [...this.#now.values()].map(({ rows }) => rows[name]);
      return [
        name,
        { ...row, ...lines.reduce<Totals>(sum, this.#before.get(name) ?? { callsTotal: 0, failuresTotal: 0 }) },
      ];
    });
    return Object.fromEntries(all) as Rows;
  }
}

function sum(one: Totals, other: Totals | undefined): Totals {
  return {
    callsTotal: one.callsTotal + (other?.callsTotal ?? 0),
    failuresTotal: one.failuresTotal + (other?.failuresTotal ?? 0),
  };
}
