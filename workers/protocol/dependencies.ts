/**
 * The table of dependencies: named downstreams with a limit and a circuit, in memory that a supervisor shares with all its threads. A call
 * asks it, and tells it how it came out, without a message to anybody.
 *
 * | of each dependency | who writes |
 * |---|---|
 * | circuit (circuit.ts) | who makes calls, and the supervisor for tasks that use it as a whole |
 * | permits (permits.ts) | the same; the supervisor frees those of a dead thread |
 * | calls | who makes them; the supervisor for attempts that use it as a whole |
 * | failures | the same |
 * | parked | the supervisor |
 * | waiting, a word per thread | that thread; the supervisor, when it is gone |
 *
 * A *holder* is a thread, by slot and generation, so a thread that follows another in its slot does not hold what that one held.
 */
import {
  type BreakerTerms,
  type CallResult,
  CIRCUIT_WORDS,
  Circuit,
  type CircuitMove,
  type CircuitState,
} from './circuit.js';
import { NEEDS_NONE, Permits, permitWords } from './permits.js';

export type { BreakerTerms, CallResult, CircuitState } from './circuit.js';
export { MOST_PERMITS, NEEDS_NONE, NO_PERMIT } from './permits.js';

/** What one dependency allows. */
export interface DependencyTerms {
  readonly name: string;
  /** How many calls may be under way at once, at most {@link MOST_PERMITS}; 0 for any number. */
  readonly concurrency: number;
  /** Null for a dependency without a circuit. */
  readonly breaker: BreakerTerms | null;
}

/** What a thread gets of the table. */
export interface DependencyWire {
  readonly memory: SharedArrayBuffer;
  readonly terms: readonly DependencyTerms[];
  /** What to add to monotonic milliseconds to have the supervisor's clock, in which all times of the table are told. */
  readonly origin: number;
}

/** The circuit of a dependency has moved. */
export interface CircuitChange extends CircuitMove {
  /** Index of the dependency. */
  readonly dependency: number;
}

const MOST_SLOTS = 1_024;
/** A slot's thread and its successor live side by side for a while. */
const LIVES = 2;

const CALLS = 0;
const FAILURES = 1;
const PARKED = 2;
const WAITING = 3;
const HEAD_WORDS = WAITING + MOST_SLOTS * LIVES;

/** Bytes the table takes. */
export function dependencyBytes(terms: readonly DependencyTerms[]): number {
  const words = terms.reduce((sum, { concurrency }) => sum + HEAD_WORDS + permitWords(concurrency), 0);
  return terms.length * CIRCUIT_WORDS * 8 + words * 4;
}

/** Who holds a permit or a probe: a thread, by slot and generation; never 0. */
export function holderOf(slot: number, generation: number): number {
  return generation * MOST_SLOTS + slot + 1;
}

interface Row {
  readonly head: Int32Array;
  readonly permits: Permits;
  readonly hasLimit: boolean;
  readonly circuit: Circuit | undefined;
}

/** One side's view of the table. Times are the supervisor's, in milliseconds; indexes are those of `terms`. */
export class DependencyTable {
  readonly terms: readonly DependencyTerms[];
  readonly #rows: readonly Row[];

  constructor({ memory, terms }: Pick<DependencyWire, 'memory' | 'terms'>) {
    this.terms = terms;
    let at = terms.length * CIRCUIT_WORDS * 8;
    const take = (length: number): Int32Array => {
      const view = new Int32Array(memory, at, length);
      at += length * 4;
      return view;
    };
    this.#rows = terms.map(({ concurrency, breaker }, index) => {
      const circuit = new BigUint64Array(memory, index * CIRCUIT_WORDS * 8, CIRCUIT_WORDS);
      return {
        head: take(HEAD_WORDS),
        permits: new Permits(take(permitWords(concurrency))),
        hasLimit: concurrency > 0,
        circuit: breaker === null ? undefined : new Circuit(circuit, breaker),
      };
    });
  }

  /** -1 for a name that is none of the table's. */
  indexOf(name: string): number {
    return this.terms.findIndex((terms) => terms.name === name);
  }

  /** How the circuit stands; `retryAfterMs` is 0 when a call may go. Only reads. */
  circuit(index: number, now: number): { state: CircuitState; retryAfterMs: number } {
    return this.#row(index).circuit?.look(now) ?? { state: 'closed', retryAfterMs: 0 };
  }

  /** Whether a call may go. `probe`: the circuit is half-open now, and the holder has the one call that tries it. */
  admit(index: number, holder: number, now: number): 'go' | 'probe' | 'open' {
    return this.#row(index).circuit?.admit(holder, now) ?? 'go';
  }

  /** Counts a call that was admitted and is made. */
  called(index: number): void {
    Atomics.add(this.#row(index).head, CALLS, 1);
  }

  /** A permit, to be handed to {@link DependencyTable.release}; NO_PERMIT when none is free, NEEDS_NONE when there is no limit. */
  take(index: number, holder: number): number {
    const { permits, hasLimit } = this.#row(index);
    return hasLimit ? permits.take(holder) : NEEDS_NONE;
  }

  /** Gives a permit back and has the threads that wait for one look again. One whose holder was retired is nobody's already. */
  release(index: number, permit: number): void {
    if (permit !== NEEDS_NONE) this.#row(index).permits.release(permit);
  }

  /**
   * What a call came to that had been admitted; answers with the move this led to, if any. `neither` counts for nothing, and gives a probe
   * back. With `holder` a probe counts only if that holder still has it: a thread that died has had its own taken away, and the next one may
   * be somebody else's.
   */
  record(
    index: number,
    how: CallResult,
    probe: boolean,
    now: number,
    random: number,
    holder?: number,
  ): CircuitChange | undefined {
    const { circuit, permits, head } = this.#row(index);
    if (how === 'failed') Atomics.add(head, FAILURES, 1);
    if (circuit === undefined || (how === 'neither' && !probe)) return undefined;
    const move = probe ? circuit.recordProbe(how, now, random, holder) : circuit.record(how === 'failed', now, random);
    if (move === undefined) return undefined;
    // Who waits for a permit of an open circuit waits in vain.
    permits.wake();
    return { dependency: index, ...move };
  }

  /** A thread is gone: its permits are free, its probe is given back, and nothing in it waits any more. */
  retire(holder: number, now: number): void {
    for (const [index, { circuit, permits }] of this.#rows.entries()) {
      circuit?.retire(holder, now);
      permits.retire(holder);
      this.setWaiting(index, holder, 0);
    }
  }

  /** Calls made so far; wraps at 32 bits. */
  calls(index: number): number {
    return Atomics.load(this.#row(index).head, CALLS);
  }

  /** Those of them that failed so far; wraps at 32 bits. */
  failures(index: number): number {
    return Atomics.load(this.#row(index).head, FAILURES);
  }

  /** For who wants to be told how it is. `calls` and `failures` are those of the window; `running`, permits held, is 0 without a limit. */
  figures(
    index: number,
    now: number,
  ): { state: CircuitState; running: number; failures: number; calls: number; retryAfterMs: number | null } {
    const { circuit, permits } = this.#row(index);
    const { state, retryAfterMs } = this.circuit(index, now);
    const { calls, failures } = circuit?.tally(now) ?? { calls: 0, failures: 0 };
    return { state, running: permits.held, failures, calls, retryAfterMs: state === 'open' ? retryAfterMs : null };
  }

  /** The move that led to where the circuit stands. What was counted then is not known any more: `calls` and `failures` are those of the window. */
  lastMove(index: number, now: number): CircuitChange {
    const { circuit } = this.#row(index);
    const move = circuit?.lastMove(now) ?? { state: 'closed', moves: 0, calls: 0, failures: 0, retryAfterMs: null };
    return { dependency: index, ...move };
  }

  /**
   * How many tasks are parked in the supervisor for it: while there are any, who releases a permit in a thread rings the supervisor. Who
   * parks the first one looks for a permit once more afterwards: one released just before rang nobody.
   */
  setParked(index: number, count: number): void {
    Atomics.store(this.#row(index).head, PARKED, count);
  }

  parked(index: number): number {
    return Atomics.load(this.#row(index).head, PARKED);
  }

  /** How many calls wait for a permit in the holder's thread. */
  setWaiting(index: number, holder: number, count: number): void {
    const slot = (holder - 1) % MOST_SLOTS;
    const life = Math.floor((holder - 1) / MOST_SLOTS) % LIVES;
    Atomics.store(this.#row(index).head, WAITING + slot * LIVES + life, count);
  }

  /** How many calls wait for a permit in all threads. */
  waiting(index: number): number {
    let waiting = 0;
    for (const count of this.#row(index).head.subarray(WAITING)) waiting += count;
    return waiting;
  }

  /** What to hand to {@link DependencyTable.whenFreed}, read before looking for a permit. */
  freed(index: number): number {
    return this.#row(index).permits.freed;
  }

  /** Resolves when it is worth looking for a permit again; undefined when it is already. See permits.ts. */
  whenFreed(index: number, freed: number): Promise<unknown> | undefined {
    return this.#row(index).permits.whenFreed(freed);
  }

  #row(index: number): Row {
    const row = this.#rows[index];
    if (row === undefined) throw new RangeError(`Expected an index below ${this.#rows.length}, got ${index}`);
    return row;
  }
}
