import { DEFAULT_BUDGET } from '../../runtime/dependencies/budgets.js';
import { type BudgetTerms, SPAN_S } from '../../runtime/dependencies/retry-budget.js';

/** Whether the retries of a run stay within what its first attempts and the floor allow, and nobody is refused who could have been paid for. */
export class RetryOracle {
  readonly #now: () => number;
  readonly #violated: (what: string) => void;
  /** Undefined where retries are not limited. */
  #terms: BudgetTerms | undefined;
  #calls = 0;
  #retries = 0;
  readonly tally = { refused: 0 };

  constructor(parts: { now: () => number; violated: (what: string) => void }) {
    this.#now = parts.now;
    this.#violated = parts.violated;
  }

  /** The terms of the supervisor's budget. */
  limit(given: Partial<BudgetTerms> | false | undefined): void {
    this.#terms = given === false ? undefined : { ...DEFAULT_BUDGET, ...given };
  }

  /** A task's first attempt has started. */
  called(): void {
    this.#calls++;
  }

  /** A task gets another attempt. */
  retried(): void {
    this.#retries++;
    if (this.#terms === undefined) return;
    const { ratio, floorPerSecond } = this.#terms;
    const most = ratio * this.#calls + floorPerSecond * (this.#now() / 1_000 + SPAN_S);
    if (this.#retries > most + 1e-6)
      this.#violated(`P8: ${this.#retries} retries of ${this.#calls} calls, ${most.toFixed(1)} are allowed`);
  }

  /** A task is told that there is no budget for it. */
  refused(task: number): void {
    this.tally.refused++;
    const kept = (this.#terms?.floorPerSecond ?? Number.POSITIVE_INFINITY) * SPAN_S;
    if (this.#retries + 1 <= kept)
      this.#violated(`P8: task ${task} was refused its retry after ${this.#retries} of ${kept} that are always there`);
  }
}
