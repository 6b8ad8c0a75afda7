import { type CallResult, type CircuitChange, holderOf } from '../../workers/protocol/dependencies.js';
import type { Kind, Outcome } from '../../workers/protocol/outcome.js';
import type { Settle } from '../attempts/settle.js';
import type { Clock } from '../clock.js';
import { CircuitOpenError } from '../errors.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Task, TaskType } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { Dependencies } from './dependencies.js';
import { DependencyGate, type Gate } from './gate.js';
import { type Grant, Grants, type Refusal } from './grants.js';
import { type Needs, NeedsOfTypes } from './needs.js';
import { Parking } from './parking.js';
import { Precedence } from './precedence.js';

/**
 * Who may be dispatched, of tasks that need more than a thread: room in their limit, permits and circuits that let them go.
 *
 * Such a task waits in its lane like any other. When its turn comes it takes all it needs at once, or nothing: then it is *parked* at the
 * gate that refused it, out of the way of others in its lane, in the line of those that need the same. When there may be room again,
 * the one whose turn it is in the lines there is *called*: it goes back to its lane, to where it would stand had it never left, and tries
 * again. Whoever gets in has the next one called, so that as many come as there is room for; who does not goes back to its place in the line,
 * and takes the line along to the gate that has no room. A called task has no claim to the room it was called for: one whose lane does not
 * move would keep others from it. What makes up for that is order: nobody enters past lines of his own kind, the lane of whoever tried in
 * vain is served first the next time, and see {@link Precedence}.
 *
 * So while there is room and somebody is parked for it, somebody is on his way: that is what has to hold whenever something is given back,
 * a circuit changes, a called task gets in, does not, or is stopped.
 */
export class Gates {
  readonly #settle: Pick<Settle, 'bad'>;
  readonly #clock: Clock;
  readonly #dependencies: Dependencies;
  readonly #places: readonly DependencyGate[];
  readonly #needs: NeedsOfTypes;
  readonly #grants: Grants;
  readonly #parking: Parking;
  readonly #precedence = new Precedence();
  /** The lane to be served first: the one of whoever was called last and found no room. */
  sooner: Kind = 'io';

  constructor(parts: {
    lanes: Lanes;
    settle: Pick<Settle, 'bad'>;
    clock: Clock;
    dependencies: Dependencies;
    /** Tasks are in their lanes again. */
    called: () => void;
  }) {
    this.#settle = parts.settle;
    this.#clock = parts.clock;
    this.#dependencies = parts.dependencies;
    const { table } = parts.dependencies;
    this.#grants = new Grants(table);
    this.#places = table.terms.map((_, index) => new DependencyGate(index, table));
    this.#needs = new NeedsOfTypes(this.#places);
    this.#parking = new Parking({ ...parts, first: () => this.#precedence.first });
  }

  /** Tasks parked. */
  get size(): number {
    return this.#parking.size;
  }

  /** Attempts that hold something, those included that were given up and whose threads are not gone. */
  get granted(): number {
    return this.#grants.size;
  }

  /** The tasks that are parked. */
  parked(): Task[] {
    return this.#parking.tasks();
  }

  /** Name of the dependency at a place of the table. */
  nameOf(dependency: number): string {
    return this.#dependencies.nameOf(dependency);
  }

  /** How many are parked for a dependency. */
  parkedFor(dependency: number): number {
    return this.#places[dependency]?.size ?? 0;
  }

  /** Places in the table of what attempts of a type use. */
  usesOf(type: TaskType): readonly number[] {
    return this.#needs.of(type).uses.map(({ index }) => index);
  }

  /** Why a task that does not want to wait for a circuit is not taken; undefined when all it uses may be called. */
  refusal(task: Task): CircuitOpenError | undefined {
    if (task.plan.whenOpen === 'wait') return undefined;
    const now = this.#clock.now();
    for (const gate of this.#needs.of(task.type).uses) {
      const shutMs = gate.shutMs(now);
      if (shutMs > 0) return new CircuitOpenError(gate.name, shutMs);
    }
    return undefined;
  }

  /** Whether a task that was taken out of its lane has what it needs, and holds it. If not, it is parked or settled. */
  enter(task: Task, slot: Slot, now: number): boolean {
    const from = this.#parking.arrived(task);
    const needs = this.#needs.of(task.type);
    const found = this.#try(task, needs, from, holderOf(slot.number, slot.generation), now);
    if (!('permits' in found)) {
      this.#refused(task, needs, found.gate, from, now);
      for (const move of found.moves) this.#dependencies.told(move);
      return false;
    }
    this.#entered(task, found, from, now);
    if (task.state === 'queued') return true;
    // Somebody was told that a circuit is half-open now, and has stopped it.
    this.leave(task, 'neither');
    return false;
  }

  /** Its attempt is known to have started: to be told before anything is paid for another one. */
  started(task: Task): void {
    this.#grants.started(task);
  }

  /** Its attempt has ended, or was taken back before it started. */
  leave(task: Task, how: CallResult): void {
    const grant = this.#grants.remove(task);
    if (grant === undefined) return;
    this.#grants.giveBack(grant);
    this.#ended(task, grant, how);
  }

  /** Its attempt is nobody's any more, and goes on holding what it has until its thread is gone, see {@link Gates.retire}. */
  giveUp(task: Task, how: CallResult): void {
    const grant = this.#grants.remove(task);
    if (grant === undefined) return;
    this.#grants.keep(grant);
    this.#ended(task, grant, how);
  }

  /** Parks a task whose attempt has called what is down, and has ended. */
  park(task: Task, dependency: number): void {
    const gate = this.#places[dependency];
    if (gate === undefined) throw new RangeError(`task ${task.id} called dependency ${dependency}, which there is not`);
    const now = this.#clock.now();
    task.gated = true;
    this.#parking.park(task, gate.turnedBack[task.type.plan.kind], gate, now);
    // What the attempt was told is as old as the way it came.
    this.#parking.call(gate, now);
  }

  /** A task that waits here, or in its lane, is stopped. */
  remove(task: Task): void {
    this.#parking.leave(task);
    this.#dropped(task, this.#parking.arrived(task), this.#clock.now());
  }

  /** A thread is gone, and what it held was freed in the table. */
  retire(holder: number): void {
    const now = this.#clock.now();
    // It may have moved a circuit and died before it could say so.
    for (const gate of this.#places) this.#parking.changed(gate, now);
    for (const gate of [...this.#grants.retire(holder), ...this.#places]) this.#parking.call(gate, now);
  }

  /** A permit of a dependency was given back in a thread. */
  released(dependency: number): void {
    const gate = this.#places[dependency];
    if (gate !== undefined) this.#parking.call(gate, this.#clock.now());
  }

  /** The circuit of a dependency has changed. */
  changed({ dependency }: Pick<CircuitChange, 'dependency'>): void {
    const gate = this.#places[dependency];
    if (gate === undefined) return;
    const now = this.#clock.now();
    this.#parking.changed(gate, now);
    const shutMs = gate.shutMs(now);
    if (shutMs === 0) {
      this.#parking.call(gate, now);
      return;
    }
    for (const freed of this.#precedence.hopeless(gate)) this.#parking.call(freed, now);
    for (const task of this.#parking.needing(gate)) {
      // Telling one may make callers stop others.
      if (task.plan.whenOpen === 'wait' || task.state !== 'parked') continue;
      this.remove(task);
      this.#settle.bad(task, 'failed', new CircuitOpenError(gate.name, shutMs));
    }
  }

  /** Takes what the task needs, or answers with what keeps it out. */
  #try(task: Task, needs: Needs, from: Gate | undefined, holder: number, now: number): Grant | Refusal {
    // One that was called for the sake of a circuit only is not sent when that is open again.
    const circuits = from instanceof DependencyGate ? [from, ...needs.uses] : needs.uses;
    const gate = circuits.find((one) => one.shutMs(now) > 0) ?? this.#precedence.before(task, needs, from);
    if (gate !== undefined) return { gate, moves: [] };
    return this.#grants.take(task, needs, { holder, trialOf: from?.isCareful(now) === true ? from : undefined }, now);
  }

  #entered(task: Task, { needs, probes, trialOf }: Grant, from: Gate | undefined, now: number): void {
    for (const [place, gate] of needs.uses.entries()) {
      if (probes[place] === true) this.#dependencies.probed(gate.index, now);
    }
    if (from !== undefined && trialOf === undefined) this.#goOn(task, from, now);
    for (const gate of this.#precedence.done(task)) this.#parking.call(gate, now);
  }

  #refused(task: Task, needs: Needs, gate: Gate, from: Gate | undefined, now: number): void {
    const shutMs = gate instanceof DependencyGate ? gate.shutMs(now) : 0;
    if (shutMs > 0 && gate instanceof DependencyGate && task.plan.whenOpen === 'reject') {
      this.#dropped(task, from, now);
      this.#settle.bad(task, 'failed', new CircuitOpenError(gate.name, shutMs));
      return;
    }
    const { kind } = task.type.plan;
    const line = gate instanceof DependencyGate && !needs.uses.includes(gate) ? gate.turnedBack : needs.lines;
    this.#parking.park(task, line[kind], gate, now);
    if (from === undefined) return;
    if (shutMs === 0) this.#lostOut(task, needs, gate, now);
    this.#goOn(task, from, now, gate);
  }

  /** It was called, and others have taken the room. Who becomes the first tries at once: those it may have stood behind stand back now. */
  #lostOut(task: Task, needs: Needs, gate: Gate, now: number): void {
    this.sooner = task.type.plan.kind;
    if (this.#precedence.triedInVain(task, needs)) this.#parking.call(gate, now);
  }

  /** Whoever was called has tried: the next one may, unless there was no room at that very gate. */
  #goOn(task: Task, from: Gate, now: number, refusedBy?: Gate): void {
    const { kind } = task.type.plan;
    if (from.trials.get(kind) === task) from.trials.delete(kind);
    if (from !== refusedBy) this.#parking.call(from, now);
  }

  /** It will not try any more: nobody is to wait for it. */
  #dropped(task: Task, from: Gate | undefined, now: number): void {
    if (from !== undefined) this.#goOn(task, from, now);
    for (const gate of this.#precedence.done(task)) this.#parking.call(gate, now);
  }

  #ended(task: Task, grant: Grant, how: CallResult): void {
    const now = this.#clock.now();
    for (const change of this.#grants.result(grant, how, now, () => this.#clock.random())) {
      if (change !== undefined) this.#dependencies.told(change);
    }
    if (grant.trialOf !== undefined) this.#goOn(task, grant.trialOf, now);
    for (const gate of grant.needs.gates) this.#parking.call(gate, now);
  }
}

/** What an outcome says of what the attempt used. */
export function resultOf(outcome: Outcome): CallResult {
  if (outcome === 'ok') return 'ok';
  return outcome === 'cancelled' ? 'neither' : 'failed';
}
