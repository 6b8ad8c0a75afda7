import type { CheckedDependency } from '../../runtime/settings.js';
import type { TaskPlan } from '../../runtime/task.js';
import { Chance } from './seeded.js';

/** Keeps what is drawn here apart from the rest of a run: without dependencies it is the same run. */
const OWN = 0x5eed;

/** The dependencies of one run, who uses them, and how. */
export class DependencyScenario {
  readonly #chance: Chance;
  readonly dependencies: Readonly<Record<string, CheckedDependency>>;
  /** How often a call fails whose attempt does not mind. */
  readonly flaky: number;
  /** How often an attempt calls one through `ctx.call`. */
  readonly #calls: number;
  /** How often a task waits for a circuit instead of being turned away. */
  readonly #waits: number;

  constructor(seed: number) {
    const chance = new Chance(seed ^ OWN);
    this.#chance = chance;
    const count = chance.pick([0, 0, 1, 1, 2, 3]);
    const names = ['a', 'b', 'c'].slice(0, count);
    this.dependencies = Object.fromEntries(names.map((name) => [name, drawDependency(chance)]));
    this.#calls = count > 0 && chance.happens(0.6) ? chance.between(0.2, 1) : 0;
    this.flaky = chance.pick([0, 0.3, 0.8]);
    this.#waits = chance.pick([0, 0.5, 1, 1]);
  }

  /** Chance of its own for what calls come to. */
  get chance(): Chance {
    return this.#chance;
  }

  /** What a task type needs beside a thread. */
  drawNeeds(): Pick<TaskPlan, 'limit' | 'uses'> {
    const chance = this.#chance;
    const share = chance.pick([0, 0.5, 1]);
    return {
      limit: chance.happens(0.3) ? chance.whole(1, 3) : Number.POSITIVE_INFINITY,
      uses: Object.keys(this.dependencies).filter(() => chance.happens(share)),
    };
  }

  /** What a task wants while a circuit is open. */
  drawWhenOpen(): TaskPlan['whenOpen'] {
    return this.#waits > 0 && this.#chance.happens(this.#waits) ? 'wait' : 'reject';
  }

  /** The dependency an attempt calls, by its place in the table; undefined when it calls none. */
  drawCall(): number | undefined {
    if (this.#calls === 0 || !this.#chance.happens(this.#calls)) return undefined;
    return this.#chance.whole(0, Object.keys(this.dependencies).length - 1);
  }
}

function drawDependency(chance: Chance): CheckedDependency {
  const most = chance.pick([0, 1, 1, 2, 4]);
  const first = chance.pick([1, 10, 40]);
  return {
    ...(most === 0 ? {} : { concurrency: most }),
    breaker: chance.happens(0.3)
      ? false
      : {
          threshold: chance.pick([0.2, 0.5, 1]),
          minimumCalls: chance.whole(1, 4),
          window: chance.pick([10, 100, 1_000]),
          break: first,
          maxBreak: first * chance.pick([1, 4]),
        },
    // Budgets have an oracle of their own, which knows the supervisor's.
    retryBudget: false,
  };
}
