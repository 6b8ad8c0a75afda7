import type { Core } from '../../runtime/core.js';
import { MOST_VAIN } from '../../runtime/dependencies/precedence.js';
import { CircuitOpenError, TimedOutError } from '../../runtime/errors.js';
import type { Task } from '../../runtime/task.js';
import type { Account, Books } from './books.js';

/**
 * Says what may run at once and whose turn it is, from what really runs in the threads: limits and permits are never exceeded, a circuit lets
 * one call try it, nobody enters past his elders, and in the end nothing is held and nobody is forgotten.
 */
export class GateOracle {
  readonly #books: Books;
  readonly #core: Core;
  /** By dependency: who has the probe. */
  readonly #probes: (number | undefined)[] = [];
  /** By task: how often it was refused. */
  readonly #refused = new Map<Task, number>();
  /** How often it came to that. */
  readonly tally = { parked: 0, 'turned away': 0, 'turned back': 0, probes: 0, 'given up inside': 0, late: 0 };

  constructor(books: Books, core: Core) {
    this.#books = books;
    this.#core = core;
    this.#watchTable();
    this.#watchGates();
  }

  /** An attempt starts: with it no more than may are in the threads. */
  starts(task: Task): void {
    const { limit, uses } = task.type.plan;
    if (limit < Number.POSITIVE_INFINITY) {
      const running = 1 + this.#count((other) => other.type === task.type);
      if (running > limit) this.#books.violated(`limit: ${running} attempts of ${task.type.label} run, ${limit} may`);
    }
    for (const name of uses) this.#placesHold(name, 1);
  }

  /** An attempt has begun a call. */
  called(dependency: number): void {
    this.#placesHold(this.#core.dependencies.nameOf(dependency), 0);
  }

  /** Its caller is told. */
  told({ task, started }: Account, error: unknown): void {
    if (error instanceof TimedOutError && error.limit === 'deadline' && error.started !== started > 0)
      this.#books.violated(`task ${task.id} is told started: ${error.started} by its deadline, which is wrong`);
    if (!(error instanceof CircuitOpenError)) return;
    this.tally['turned away']++;
    const isMoved = task.plan.transfer !== undefined;
    if (task.plan.whenOpen === 'wait' && !isMoved)
      this.#books.violated(`task ${task.id} wanted to wait for ${error.dependency}, and was turned away`);
  }

  /** Its thread found that its deadline had passed. */
  late(task: Task, now: number): void {
    this.tally.late++;
    if (now < task.submittedAt + (task.plan.deadline ?? Number.POSITIVE_INFINITY))
      this.#books.violated(`task ${task.id} was too late before its deadline`);
  }

  /** Nothing is going to happen any more. */
  atRest(): void {
    const { gates, dependencies } = this.#core;
    if (gates.size > 0) this.#books.violated(`lost wake-up: at rest with ${gates.size} tasks parked`);
    if (gates.granted > 0) this.#books.violated(`at rest ${gates.granted} attempts hold something`);
    for (const [index, { name }] of dependencies.table.terms.entries()) {
      const { running } = dependencies.table.figures(index, 0);
      if (running > 0) this.#books.violated(`at rest ${running} permits of ${name} are held`);
    }
  }

  /** A dependency has no more attempts and calls inside than may be. */
  #placesHold(name: string, more: number): void {
    const { table } = this.#core.dependencies;
    const index = table.indexOf(name);
    const most = table.terms[index]?.concurrency ?? 0;
    if (most === 0) return;
    const inside = more + this.#count((task, calling) => calling === index || task.type.plan.uses.includes(name));
    if (inside > most) this.#books.violated(`permits: ${inside} attempts use ${name}, ${most} may`);
  }

  /** Attempts that run in threads that do, whether anybody still wants them or not. */
  #count(isOne: (task: Task, calling: number | undefined) => boolean): number {
    let count = 0;
    for (const { loop, runner } of this.#books.threads) {
      if (loop.stopped) continue;
      for (const { id, call } of runner.attempts()) {
        const task = this.#books.accounts.get(id)?.task;
        if (task !== undefined && isOne(task, call?.index)) count++;
      }
    }
    return count;
  }

  #watchTable(): void {
    const { table } = this.#core.dependencies;
    const admit = table.admit.bind(table);
    table.admit = (index, holder, now) => {
      const verdict = admit(index, holder, now);
      const { state } = table.circuit(index, now);
      if (verdict === 'go' && state !== 'closed')
        this.#books.violated(`circuit: a call of dependency ${index} goes while it is ${state}`);
      if (verdict === 'probe') {
        this.tally.probes++;
        if (this.#probes[index] !== undefined) this.#books.violated(`circuit: dependency ${index} has two probes`);
        this.#probes[index] = holder;
      }
      return verdict;
    };
    const record = table.record.bind(table);
    table.record = (index, how, isProbe, now, random, holder) => {
      if (isProbe && this.#probes[index] === holder) this.#probes[index] = undefined;
      return record(index, how, isProbe, now, random, holder);
    };
    const retire = table.retire.bind(table);
    table.retire = (holder, now) => {
      for (const [index, probe] of this.#probes.entries()) if (probe === holder) this.#probes[index] = undefined;
      retire(holder, now);
    };
  }

  #watchGates(): void {
    const { gates } = this.#core;
    const enter = gates.enter.bind(gates);
    gates.enter = (task, slot, now) => {
      const entered = enter(task, slot, now);
      if (entered) this.#isItsTurn(task);
      else if (task.state === 'parked') this.tally.parked++;
      if (!entered) this.#refused.set(task, (this.#refused.get(task) ?? 0) + 1);
      return entered;
    };
    const park = gates.park.bind(gates);
    gates.park = (task, dependency) => {
      this.tally['turned back']++;
      this.#books.turnedBack(task);
      park(task, dependency);
    };
    const giveUp = gates.giveUp.bind(gates);
    gates.giveUp = (task, how) => {
      const before = gates.granted;
      giveUp(task, how);
      if (task.type.gated && before > 0 && before === gates.granted) this.tally['given up inside']++;
    };
  }

  /**
   * Of tasks alike the one that has waited longest enters first. Those that were dispatched before have a history of their own, and one that was
   * refused often may go before all others.
   */
  #isItsTurn(task: Task): void {
    if (!isFresh(this.#books.accounts.get(task.id)) || (this.#refused.get(task) ?? 0) >= MOST_VAIN) return;
    for (const account of this.#books.open) {
      const { task: other } = account;
      if (other.type !== task.type || other.priority !== task.priority || !isFresh(account)) continue;
      if (other.state !== 'parked' && other.state !== 'queued') continue;
      if (other.queuedAt < task.queuedAt)
        this.#books.violated(`order: task ${task.id} has entered before task ${other.id} (${other.state})`);
    }
  }
}

/** Whether it has never been with a thread. */
function isFresh(account: Account | undefined): boolean {
  return account !== undefined && account.started === 0 && !account.wasPutBack && account.task.attempt === 1;
}
