import {
  type CallResult,
  type CircuitChange,
  type DependencyTable,
  NEEDS_NONE,
  NO_PERMIT,
} from '../../workers/protocol/dependencies.js';
import type { Task } from '../task.js';
import type { DependencyGate, Gate, LimitGate } from './gate.js';
import type { Needs } from './needs.js';

/** What one attempt holds. */
export interface Grant {
  readonly needs: Needs;
  /** The thread it is with, as the table calls it. */
  readonly holder: number;
  /** By `needs.uses`: its permit, */
  readonly permits: readonly number[];
  /** and whether it is the probe. */
  readonly probes: readonly boolean[];
  /** The gate it was called from, if no other of its kind is called from there before it has ended. */
  readonly trialOf: Gate | undefined;
  /** Its thread is gone. */
  isOrphan: boolean;
  /** Whether it is known to have started. */
  isStarted: boolean;
}

/** Why an attempt got nothing. */
export interface Refusal {
  /** Where there is no room. */
  readonly gate: Gate;
  /** How circuits moved there and back meanwhile: it had a probe, and could not make it. */
  readonly moves: readonly CircuitChange[];
}

/** What attempts hold of limits and dependencies: taken all at once or not at all, given back when the attempt ends or its thread is gone. */
export class Grants {
  readonly #table: DependencyTable;
  readonly #granted = new Map<Task, Grant>();
  /** What attempts hold that were given up: it is theirs until their thread is gone. */
  readonly #ghosts = new Set<Grant>();

  constructor(table: DependencyTable) {
    this.#table = table;
  }

  /** How many attempts hold something, those that were given up included. */
  get size(): number {
    return this.#granted.size + this.#ghosts.size;
  }

  /** Takes all an attempt needs, or nothing. */
  take(task: Task, needs: Needs, who: { holder: number; trialOf: Gate | undefined }, now: number): Grant | Refusal {
    const { limit, uses } = needs;
    if (limit?.hasRoom() === false) return { gate: limit, moves: [] };
    const permits: number[] = [];
    const probes: boolean[] = [];
    for (const gate of uses) {
      const permit = this.#permit(gate, who.holder);
      if (permit === NO_PERMIT) return { gate, moves: this.#undo(needs, permits, probes, who.holder, now) };
      permits.push(permit);
    }
    for (const gate of uses) {
      const verdict = this.#table.admit(gate.index, who.holder, now);
      if (verdict === 'open') return { gate, moves: this.#undo(needs, permits, probes, who.holder, now) };
      probes.push(verdict === 'probe');
    }
    if (limit !== undefined) limit.running++;
    const grant: Grant = { needs, ...who, permits, probes, isOrphan: false, isStarted: false };
    this.#granted.set(task, grant);
    return grant;
  }

  /** An attempt is known to have started, and so has called what it uses; known more than once it has called once. */
  started(task: Task): void {
    const grant = this.#granted.get(task);
    if (grant === undefined || grant.isStarted) return;
    grant.isStarted = true;
    for (const { index } of grant.needs.uses) this.#table.called(index);
  }

  /** Takes from a task's books what it holds. */
  remove(task: Task): Grant | undefined {
    const grant = this.#granted.get(task);
    if (grant !== undefined) this.#granted.delete(task);
    return grant;
  }

  /** Gives back what is no longer held. */
  giveBack({ needs, permits }: Grant): void {
    for (const [place, gate] of needs.uses.entries()) this.#table.release(gate.index, permits[place] ?? NEEDS_NONE);
    if (needs.limit !== undefined) needs.limit.running--;
  }

  /** Keeps it, for an attempt that is nobody's any more and goes on in its thread; gives it back where there is no thread. */
  keep(grant: Grant): void {
    if (grant.isOrphan) this.giveBack(grant);
    else this.#ghosts.add(grant);
  }

  /** A thread is gone, and with it what was given up in it. Answers with the limits that have room now. */
  retire(holder: number): LimitGate[] {
    for (const grant of this.#granted.values()) if (grant.holder === holder) grant.isOrphan = true;
    const freed: LimitGate[] = [];
    for (const grant of this.#ghosts) {
      if (grant.holder !== holder) continue;
      this.#ghosts.delete(grant);
      const { limit } = grant.needs;
      if (limit === undefined) continue;
      limit.running--;
      freed.push(limit);
    }
    return freed;
  }

  /** Whether the thread is gone is not asked: a permit of one that is gone is nobody's, and giving it back does nothing. */
  result(grant: Grant, how: CallResult, now: number, random: () => number): ReturnType<DependencyTable['record']>[] {
    return grant.needs.uses.map(({ index }, place) =>
      this.#table.record(index, how, grant.probes[place] === true, now, random(), grant.holder),
    );
  }

  /** A thread that releases one rings only if somebody is parked; so that none is missed it is looked for once more after that is said. */
  #permit(gate: DependencyGate, holder: number): number {
    const permit = this.#table.take(gate.index, holder);
    if (permit !== NO_PERMIT) return permit;
    this.#table.setParked(gate.index, gate.size + 1);
    const again = this.#table.take(gate.index, holder);
    if (again !== NO_PERMIT) this.#table.setParked(gate.index, gate.size);
    return again;
  }

  #undo(
    needs: Needs,
    permits: readonly number[],
    probes: readonly boolean[],
    holder: number,
    now: number,
  ): CircuitChange[] {
    const moves: CircuitChange[] = [];
    for (const [place, permit] of permits.entries()) {
      const { index } = needs.uses[place] as DependencyGate;
      if (probes[place] === true) {
        moves.push(this.#table.lastMove(index, now));
        const back = this.#table.record(index, 'neither', true, now, 0, holder);
        if (back !== undefined) moves.push(back);
      }
      this.#table.release(index, permit);
    }
    return moves;
  }
}
