import type { Task } from '../task.js';
import { type BudgetTerms, RetryBudget, SPAN_S } from './retry-budget.js';

/** A budget as it was asked for: `false` is none, and what is not given follows from the defaults. */
export type BudgetWish = { readonly ratio?: number; readonly floorPerSecond?: number } | false | undefined;

/** Finagle's numbers. */
export const DEFAULT_BUDGET: BudgetTerms = { ratio: 0.2, floorPerSecond: 10 };

/** How often the calls of dependencies are read at most: what a slice of a budget is long. */
const READ_MS = 1_000;

/** A dependency's budget, and how much of its table's count of calls is in it. */
interface Account {
  readonly name: string;
  readonly budget: RetryBudget;
  /** Its place in the table. */
  readonly index: number;
  seen: number;
  /** Retries that were allowed and whose own calls are still to come: these pay nothing in. */
  ahead: number;
}

/**
 * The retry budgets: one of the supervisor as a whole, into which every first attempt pays when it ends, and one for each dependency, into
 * which the calls it gets pay. A retry is paid from the supervisor's and from that of each dependency the task uses, or its attempt called.
 */
export class Budgets {
  readonly #own: RetryBudget | undefined;
  readonly #accounts = new Map<string, Account>();
  readonly #names: readonly string[];
  readonly #calls: (dependency: number) => number;
  #readAt: number;

  constructor(parts: {
    own: BudgetWish;
    /** In the order of the table. */
    dependencies: readonly { readonly name: string; readonly retryBudget: BudgetWish }[];
    /** Calls a dependency was sent so far; wraps at 32 bits. */
    calls: (dependency: number) => number;
    now: number;
  }) {
    const { now } = parts;
    this.#own = parts.own === false ? undefined : new RetryBudget({ ...DEFAULT_BUDGET, ...parts.own }, now);
    this.#names = parts.dependencies.map(({ name }) => name);
    this.#calls = parts.calls;
    this.#readAt = now;
    for (const [index, { name, retryBudget }] of parts.dependencies.entries()) {
      if (retryBudget === false) continue;
      const budget = new RetryBudget({ ...DEFAULT_BUDGET, ...retryBudget }, now);
      this.#accounts.set(name, { name, budget, index, seen: parts.calls(index), ahead: 0 });
    }
  }

  /** A task's first attempt has ended. */
  called(task: Task): void {
    // The clock is not asked: this is told of every task there is.
    const endedAt = task.submittedAt + (task.last?.waitMs ?? 0) + (task.last?.runMs ?? 0);
    this.#own?.called(1, endedAt);
    if (this.#accounts.size > 0 && endedAt >= this.#readAt + READ_MS) this.#read(endedAt);
  }

  /**
   * Pays for another attempt of a task. Undefined when it is paid; else whose budget is spent, null being the supervisor's, and nothing has
   * been taken from any.
   *
   * @param called - dependencies the attempt that failed called, by their place in the table
   */
  pay(task: Task, called: readonly number[], now: number): { readonly refusedBy: string | null } | undefined {
    if (this.#accounts.size > 0) this.#read(now);
    if (this.#own?.has(now) === false) return { refusedBy: null };
    const accounts = this.#accountsOf(task, called);
    const spent = accounts.find(({ budget }) => !budget.has(now));
    if (spent !== undefined) return { refusedBy: spent.name };
    this.#own?.take(now);
    for (const account of accounts) {
      account.budget.take(now);
      account.ahead++;
    }
    return undefined;
  }

  #accountsOf({ plan }: Task, called: readonly number[]): Account[] {
    if (this.#accounts.size === 0) return [];
    const names = new Set([...plan.uses, ...called.map((index) => this.#names[index] ?? '')]);
    return [...names].flatMap((name) => this.#accounts.get(name) ?? []);
  }

  /**
   * Takes in what dependencies were called since the last time. After a long time without a task that ended, when in it the calls were is not
   * known: they are taken to have come evenly, and what is older than the span pays nothing in.
   */
  #read(now: number): void {
    const recent = Math.min(1, (SPAN_S * 1_000) / Math.max(1, now - this.#readAt));
    this.#readAt = Math.max(this.#readAt, now);
    for (const account of this.#accounts.values()) {
      const calls = this.#calls(account.index);
      const fresh = (calls - account.seen) >>> 0;
      account.seen = calls;
      const again = Math.min(fresh, account.ahead);
      account.ahead -= again;
      account.budget.called((fresh - again) * recent, now);
    }
  }
}
