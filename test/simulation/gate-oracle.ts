import type { Core } from '../../runtime/core.js';
import { MOST_VAIN } from '../../runtime/dependencies/precedence.js';
import { CircuitOpenError, TimedOutError } from '../../runtime/errors.js';
import type { CircuitEvent } from '../../runtime/observe/events.js';
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
  /** By dependency: calls made in threads, and attempts that started there and use it. */
  readonly #calls: number[] = [];
  /** By dependency: the moves of its circuit, as they were made and as they were told. */
  readonly #moves: { readonly made: string[]; readonly told: string[]; last: number }[];
  /** By task: how often it was refused. */
  readonly #refused = new Map<Task, number>();
  /** How often it came to that. */
  readonly tally = { parked: 0, 'turned away': 0, 'turned back': 0, probes: 0, 'given up inside': 0, late: 0 };

  constructor(books: Books, core: Core) {
    this.#books = books;
    this.#core = core;
    this.#moves = core.dependencies.table.terms.map(() => ({ made: [], told: [], last: 0 }));
    this.#watchTable();
    this.#watchGates();
  }

  /** Listeners are told that a circuit has moved. */
  circuit({ dependency, state }: CircuitEvent): void {
    this.#moves[this.#core.dependencies.table.indexOf(dependency)]?.told.push(state);
  }

  /** An attempt starts: with it no more than may are in the threads. */
  starts(task: Task): void {
    const { limit, uses } = task.type.plan;
    if (limit < Number.POSITIVE_INFINITY) {
      const running = 1 + this.#count((other) => other.type === task.type);
      if (running > limit) this.#books.violated(`limit: ${running} attempts of ${task.type.label} run, ${limit} may`);
    }
    for (const name of uses) {
      this.#placesHold(name, 1);
      this.#counts(this.#core.dependencies.table.indexOf(name));
    }
  }

  /** An attempt has begun a call. */
  called(dependency: number): void {
    this.#placesHold(this.#core.dependencies.nameOf(dependency), 0);
    this.#counts(dependency);
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
      const [told, made] = [dependencies.table.calls(index), this.#calls[index] ?? 0];
      this.#areTold(index, name);
      if (told !== made) this.#books.violated(`calls: ${told} of ${name} were counted, ${made} were made`);
    }
  }

  /** Every move is told, in order; but what a thread had not said when it was gone nobody can tell. */
  #areTold(index: number, name: string): void {
    const { made = [], told = [] } = this.#moves[index] ?? {};
    let place = 0;
    for (const state of told) place = made.indexOf(state, place) + 1 || Number.POSITIVE_INFINITY;
    const areAllHeard = this.#books.threads.every(({ left }) => !left);
    if (place === Number.POSITIVE_INFINITY || (areAllHeard && made.length > told.length))
      this.#books.violated(`circuit: ${name} was ${made.join(', ')}, and was told to be ${told.join(', ')}`);
  }

  #noteMoves(now: number): void {
    const { table } = this.#core.dependencies;
    for (const [index, noted] of this.#moves.entries()) {
      const { moves, state } = table.lastMove(index, now);
      if (moves !== noted.last) noted.made.push(state);
      noted.last = moves;
    }
  }

  #counts(dependency: number): void {
    this.#calls[dependency] = (this.#calls[dependency] ?? 0) + 1;
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
      this.#noteMoves(now);
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
      const move = record(index, how, isProbe, now, random, holder);
      this.#noteMoves(now);
      return move;
    };
    const retire = table.retire.bind(table);
    table.retire = (holder, now) => {
      for (const [index, probe] of this.#probes.entries()) if (probe === holder) this.#probes[index] = undefined;
      retire(holder, now);
      this.#noteMoves(now);
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
