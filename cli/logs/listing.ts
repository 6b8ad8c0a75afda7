import { Faults } from './faults.js';
import type { Filter } from './filter.js';
import type { LogFile } from './log-files.js';
import { identityOf } from './record.js';
import { type Found, Search } from './search.js';

/**
 * What is asked for in all these files, each record once: the lines of a task that failed stand in the app log and in the incidents. The
 * files come one after the other, the oldest hour first, so memory does not grow with them; only of what the incident logs hold of it
 * the names are kept. They are read before everything else for that: what has a second copy must be known at the first.
 */
export async function* listRecords(files: readonly LogFile[], filter: Filter, faults: Faults): AsyncGenerator<Found[]> {
  const copies = new Copies();
  const incidents = files.filter(({ kind }) => kind === 'incidents');
  if (incidents.length > 0) {
    // What is wrong with a file is noted when it is read for good.
    const first = new Search(filter, new Faults());
    for (const file of incidents) for await (const found of first.in(file)) copies.expect(found);
  }
  const search = new Search(filter, faults);
  for (const file of files) {
    for await (const found of search.in(file)) yield copies.passFirst(found);
  }
}

/** The records of which there may be several copies, and which of them have been told. */
class Copies {
  readonly #told = new Map<string, boolean>();

  expect(found: readonly Found[]): void {
    for (const one of found) {
      const identity = one.kind === 'record' ? identityOf(one.record) : undefined;
      if (identity !== undefined) this.#told.set(identity, false);
    }
  }

  passFirst(found: Found[]): Found[] {
    if (this.#told.size === 0) return found;
    return found.filter((one) => {
      const identity = one.kind === 'record' ? identityOf(one.record) : undefined;
      if (identity === undefined || !this.#told.has(identity)) return true;
      if (this.#told.get(identity) === true) return false;
      this.#told.set(identity, true);
      return true;
    });
  }
}
