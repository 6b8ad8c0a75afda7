import type { Attempt } from './attempt.js';
import { CircuitOpenError } from './circuit-open-error.js';
import { PermitLine } from './permit-line.js';
import {
  type CallResult,
  DependencyTable,
  type DependencyWire,
  NEEDS_NONE,
  NO_PERMIT,
} from './protocol/dependencies.js';
import type { FromThread } from './protocol/messages.js';
import { describe } from './protocol/wire-error.js';

/** What calls are made with. */
export interface CallParts {
  /** Undefined where the supervisor has no dependencies. */
  readonly wire: DependencyWire | undefined;
  /** This thread, as the table knows it. */
  readonly holder: number;
  /** Tells the supervisor: of a circuit that moved, and of permits that parked tasks wait for. */
  readonly say: (message: Extract<FromThread, { type: 'circuit' | 'released' }>) => void;
}

/** An attempt as far as its calls go. */
export type Caller = Pick<Attempt, 'id' | 'state' | 'signal' | 'stopReason' | 'called'> &
  Partial<Pick<Attempt, 'probes' | 'refusals'>> & {
    readonly handler: { readonly uses?: readonly number[] };
  };

/** The calls that handlers of this thread make through `ctx.call`. */
export class Dependencies {
  readonly #table: DependencyTable;
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #lines: readonly PermitLine[];
  readonly #holder: number;
  readonly #say: CallParts['say'];
  /** What to add to `performance.now()` to have the supervisor's clock. */
  readonly #offsetMs: number;

  constructor({ wire, holder, say }: CallParts) {
    const { terms, memory, origin } = wire ?? { terms: [], memory: new SharedArrayBuffer(0), origin: 0 };
    this.#table = new DependencyTable({ terms, memory });
    this.#indexes = new Map(terms.map(({ name }, index) => [name, index]));
    this.#holder = holder;
    this.#say = say;
    this.#offsetMs = Number(process.hrtime.bigint()) / 1e6 + origin - performance.now();
    this.#lines = terms.map(
      (_, index) => new PermitLine({ table: this.#table, index, holder, refusal: () => this.#refusal(index) }),
    );
  }

  /** See `TaskContext.call`. An attempt whose task uses the dependency has its permit and was admitted: only `fn` is left to do. */
  async call<Value>(name: string, fn: () => Value | PromiseLike<Value>, attempt: Caller): Promise<Value> {
    const index = this.#find(name);
    if (typeof fn !== 'function') throw new TypeError(`Expected call() to get a function, got ${typeof fn}`);
    if (attempt.state === 'ended') throw endedError(attempt, name);
    if (attempt.handler.uses?.includes(index) === true) return await fn();
    let permit = NO_PERMIT;
    let isProbe = false;
    try {
      permit = this.#lines[index]?.take() ?? NO_PERMIT;
      if (permit === NO_PERMIT) permit = await this.#wait(index, name, attempt);
      isProbe = this.#enter(index, permit);
    } catch (error) {
      if (error instanceof CircuitOpenError) (attempt.refusals ??= new WeakSet()).add(error);
      throw error;
    }
    (attempt.called ??= new Set()).add(index);
    const judge = this.#judgement(index, isProbe, attempt);
    let how: CallResult = 'ok';
    try {
      return await fn();
    } catch (error) {
      how = isUnwanted(attempt) ? 'neither' : 'failed';
      throw error;
    } finally {
      // The circuit first: who gets the permit next is to find it as this call left it.
      judge(how);
      this.#release(index, permit);
    }
  }

  /**
   * Tells the circuit what a call came to, once. A probe is also told of by the end of its attempt: one that leaves before its call has come
   * back would keep the circuit half-open, and everybody out, for as long as that takes.
   */
  #judgement(index: number, isProbe: boolean, attempt: Caller): (how: CallResult) => void {
    let isTold = false;
    const judge = (how: CallResult): void => {
      if (isTold) return;
      isTold = true;
      attempt.probes?.delete(judge);
      const change = this.#table.record(index, how, isProbe, this.#now(), Math.random(), this.#holder);
      if (change !== undefined) this.#say({ type: 'circuit', change });
    };
    if (isProbe) (attempt.probes ??= new Set()).add(judge);
    return judge;
  }

  #find(name: string): number {
    const index = this.#indexes.get(name);
    if (index !== undefined) return index;
    const known = [...this.#indexes.keys()].join(', ');
    const dependency = describe(name);
    const message =
      `Expected call() to name a dependency of the supervisor, got ${JSON.stringify(dependency)}; ` +
      (known === '' ? 'its option `dependencies` names none' : `its option \`dependencies\` names ${known}`);
    throw Object.assign(new RangeError(message), { code: 'PLUSTWO_BAD_OPTION', option: 'dependencies', dependency });
  }

  /** Asks the circuit before it waits, so that nobody stands in line for what is not to be had. */
  async #wait(index: number, name: string, attempt: Caller): Promise<number> {
    const refusal = this.#refusal(index);
    if (refusal !== undefined) throw refusal;
    attempt.signal.throwIfAborted();
    const permit = (await this.#lines[index]?.wait(attempt.signal)) ?? NO_PERMIT;
    // An error that nobody caught has ended it meanwhile, without its signal.
    if (attempt.state === 'ended') {
      this.#release(index, permit);
      throw endedError(attempt, name);
    }
    return permit;
  }

  /** Asks the circuit, with the permit in hand; true if the call is its probe. */
  #enter(index: number, permit: number): boolean {
    const verdict = this.#table.admit(index, this.#holder, this.#now());
    if (verdict === 'open') {
      this.#release(index, permit);
      throw this.#openError(index);
    }
    this.#table.called(index);
    if (verdict === 'go') return false;
    this.#say({ type: 'circuit', change: this.#table.lastMove(index, this.#now()) });
    return true;
  }

  #release(index: number, permit: number): void {
    if (permit === NEEDS_NONE) return;
    this.#table.release(index, permit);
    if (this.#table.parked(index) > 0) this.#say({ type: 'released', dependency: index });
  }

  #refusal(index: number): CircuitOpenError | undefined {
    return this.#table.circuit(index, this.#now()).retryAfterMs > 0 ? this.#openError(index) : undefined;
  }

  #openError(index: number): CircuitOpenError {
    const { retryAfterMs } = this.#table.circuit(index, this.#now());
    return new CircuitOpenError(this.#table.terms[index]?.name ?? '', index, retryAfterMs);
  }

  #now(): number {
    return performance.now() + this.#offsetMs;
  }
}

/**
 * Whether a call that failed was cut off because nobody wants the attempt's result any more, which says nothing about the dependency. One
 * that ran out of time does say something: a dependency that hangs is down as well.
 */
function isUnwanted({ stopReason }: Caller): boolean {
  if (stopReason === undefined) return false;
  return (Object(stopReason.reason) as { code?: unknown }).code !== 'PLUSTWO_TIMED_OUT';
}

function endedError({ id }: Caller, name: string): Error {
  return new Error(`Expected call() before the attempt ended, but task ${id} has ended; ${name} was not called`);
}
