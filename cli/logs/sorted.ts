import type { Source } from './in-order.js';
import { compareTimes } from './precedence.js';
import type { Found } from './search.js';

/** More than a minute of a million lines an hour: after so long the noise gate writes lines that it had counted and that stayed alone. */
const window = 20_000;

/**
 * Puts a source in order that is nearly so, as a log is: threads are heard one after the other, and some lines are written when a window
 * of the gate is over. So many records are held back; one that comes later than that stays where it is, since memory must not grow with
 * the files. What is of the same time keeps its order, but for the heads of incidents, which are written before what they sum up.
 */
export async function* sorted(source: Source, held = window): AsyncGenerator<Found[]> {
  let pending: Found[] = [];
  for await (const found of source) {
    pending = together(pending, found);
    if (pending.length > held) yield pending.splice(0, pending.length - held);
  }
  if (pending.length > 0) yield pending;
}

/** `pending` is in order. */
function together(pending: readonly Found[], found: readonly Found[]): Found[] {
  const all = [...pending, ...found];
  let before = pending.at(-1);
  // Most come as they should; to find that out is cheaper than to sort.
  for (const one of found) {
    if (before !== undefined && compareTimes(before, one) > 0) return all.sort(compareTimes);
    before = one;
  }
  return all;
}
