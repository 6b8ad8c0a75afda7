import type { Attempt } from './attempt.js';
import { current } from './current.js';

/** Cleanups of attempts that did not get to run them themselves. */
export class Cleanups {
  readonly #underWay = new Set<Promise<void>>();

  /** Runs those of an attempt that was failed from outside. Their errors have nowhere to go but the uncaught path. */
  runLate(attempt: Attempt): void {
    const done = clean(attempt).then((broken) => {
      this.#underWay.delete(done);
      if (broken !== undefined) throw broken.error;
    });
    this.#underWay.add(done);
  }

  /** Runs those of abandoned attempts, waits for all under way, and answers with what went wrong in the former. */
  async runAll(abandoned: readonly Attempt[]): Promise<unknown[]> {
    const cleaned = abandoned.map(clean);
    await Promise.allSettled(this.#underWay);
    return (await Promise.all(cleaned)).flatMap((broken) => (broken === undefined ? [] : [broken.error]));
  }
}

/** In the attempt's own context, so that what goes wrong in it is charged to it. */
function clean(attempt: Attempt): Promise<{ error: unknown } | undefined> {
  return current.run(attempt, () => attempt.cleanUp());
}
