import { setTimeout as wait } from 'node:timers/promises';
import { ratePerSecond, type Terms } from './terms.js';

/**
 * The numbers of the tasks, as they come: evenly over the drill. Who does not take them for a while gets what has come in the meantime at
 * once.
 */
export async function* comingTasks(terms: Terms): AsyncGenerator<number> {
  const begin = performance.now();
  const between = 1_000 / ratePerSecond(terms);
  for (let task = 0; task < terms.tasks; task++) {
    const early = begin + task * between - performance.now();
    if (early >= 1) await wait(early);
    yield task;
  }
}
