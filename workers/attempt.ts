import type { CircuitOpenError } from './circuit-open-error.js';
import type { Dependencies } from './dependencies.js';
import type { LoadedHandler, Resource, TaskContext, TaskLog } from './handler.js';
import type { CallResult } from './protocol/dependencies.js';
import type { AttemptNote, LogLevel } from './protocol/messages.js';
import type { TraceContext } from './protocol/task-options.js';
import type { Resources } from './resources.js';
import type { Speech } from './speech.js';

/** What an attempt needs of its thread. */
export interface AttemptHost {
  readonly args: unknown;
  readonly resources: Resources;
  readonly dependencies: Pick<Dependencies, 'call'>;
  progress(attempt: Attempt, fraction: number, note: string | undefined): void;
  log(attempt: Attempt, level: LogLevel, message: unknown, fields: unknown): void;
}

/** Progress reports of one attempt are at least so far apart. */
const PROGRESS_GAP_MS = 16;

/**
 * One attempt in its thread; it is its own context. States: `waiting` (posted, may still be revoked) -> `loading` (its module is being
 * imported; skipped when it is) -> `running` -> `ended`. The first
 * cause to end it wins; whatever comes later finds `ended`.
 *
 * Signal, log and cleanups are made when first asked for: most attempts are over in a microsecond and use none.
 */
export class Attempt implements TaskContext {
  readonly entry: number;
  readonly id: number;
  readonly handler: LoadedHandler;
  state: 'waiting' | 'loading' | 'running' | 'ended' = 'waiting';
  input: unknown;
  startedAt = 0;
  cpuAtStart = 0;
  loopAtStart = 0;
  /** Descriptors it has opened. */
  opened = 0;
  /** What it has opened and not closed: */
  holdings = 0;
  /** so many descriptors, */
  descriptors = 0;
  /** and so many at most. */
  peak = 0;
  /** Openings of its that are under way. */
  opening = 0;
  /** What it has printed and logged; undefined while nothing, and where nobody wants it. */
  speech: Speech | undefined;
  /** Calls of its by which circuits are tried; undefined while none. */
  probes: Set<(how: CallResult) => void> | undefined;
  /** Dependencies it has called, by index; undefined while none. */
  called: Set<number> | undefined;
  /** What its calls were told by open circuits; undefined while nothing. Weakly, since a handler may try again and again. */
  refusals: WeakSet<CircuitOpenError> | undefined;
  readonly #host: AttemptHost;
  readonly #note: AttemptNote | undefined;
  #abort: AbortController | undefined;
  #log: TaskLog | undefined;
  #cleanups: (() => unknown)[] | undefined;
  #progress: { at: number; held: [fraction: number, note: string | undefined] | undefined } | undefined;

  constructor(
    host: AttemptHost,
    entry: number,
    id: number,
    handler: LoadedHandler,
    input: unknown,
    note: AttemptNote | undefined,
  ) {
    this.entry = entry;
    this.id = id;
    this.handler = handler;
    this.input = input;
    this.#host = host;
    this.#note = note;
  }

  get attempt(): number {
    return this.#note?.attempt ?? 1;
  }

  get signal(): AbortSignal {
    return (this.#abort ??= new AbortController()).signal;
  }

  get args(): unknown {
    const own = this.#note?.args;
    return own === undefined ? this.#host.args : own.value;
  }

  get trace(): TraceContext | undefined {
    return this.#note?.trace;
  }

  get log(): TaskLog {
    const write = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
      this.#host.log(this, level, message, fields);
    };
    return (this.#log ??= { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') });
  }

  progress(fraction: number, note?: string): void {
    // Text such as '0.5' compares like a number, and would reach the listener as text.
    if (!(Number.isFinite(fraction) && fraction >= 0 && fraction <= 1))
      throw new RangeError(`Expected progress to be a fraction from 0 to 1, got ${String(fraction)}`);
    if (this.#note?.progress !== true || this.state !== 'running') return;
    const now = performance.now();
    const last = (this.#progress ??= { at: Number.NEGATIVE_INFINITY, held: undefined });
    last.held = [fraction, note];
    if (now - last.at >= PROGRESS_GAP_MS) this.#sendProgress(last, now);
  }

  defer(fn: () => unknown): void {
    if (typeof fn !== 'function') throw new TypeError(`Expected defer() to get a function, got ${typeof fn}`);
    if (this.state === 'ended')
      throw new Error(
        `Expected defer() before the attempt ended, but task ${this.id} has ended; call the function itself`,
      );
    (this.#cleanups ??= []).push(fn);
  }

  async use<Value>(resource: Resource<Value>): Promise<Value> {
    const { value, release } = await this.#host.resources.lease(resource as Resource<unknown>, this.signal);
    // The attempt may have ended while the resource was being opened; nobody would return it then.
    if (this.state === 'ended') release();
    else (this.#cleanups ??= []).push(release);
    return value as Value;
  }

  call<Value>(dependency: string, fn: () => Value | PromiseLike<Value>): Promise<Value> {
    return this.#host.dependencies.call(dependency, fn, this);
  }

  /** Why it was asked to stop; undefined while it was not. */
  get stopReason(): { readonly reason: unknown } | undefined {
    const signal = this.#abort?.signal;
    return signal?.aborted === true ? { reason: signal.reason as unknown } : undefined;
  }

  /** Aborts the signal, in the attempt's own context so that an error thrown by a listener is charged to it. */
  cancel(reason: unknown): void {
    (this.#abort ??= new AbortController()).abort(reason);
    // A handler that does not listen is given up, and its call with it.
    this.endProbes((Object(reason) as { code?: unknown }).code === 'PLUSTWO_TIMED_OUT' ? 'failed' : 'neither');
  }

  /** Calls that are still under way try nothing any more; tells their circuits so. */
  endProbes(how: CallResult): void {
    if (this.probes !== undefined) for (const judge of [...this.probes]) judge(how);
  }

  /** Whether something is to be run before the attempt may count as ended. */
  get hasCleanups(): boolean {
    return this.#cleanups !== undefined || this.#progress?.held !== undefined;
  }

  /** Runs what was deferred, last first; every one runs. Answers with the first error among them. */
  async cleanUp(): Promise<{ error: unknown } | undefined> {
    if (this.#progress?.held !== undefined) this.#sendProgress(this.#progress, performance.now());
    let first: { error: unknown } | undefined;
    for (let fn = this.#cleanups?.pop(); fn !== undefined; fn = this.#cleanups?.pop()) {
      try {
        await fn();
      } catch (error) {
        first ??= { error };
      }
    }
    return first;
  }

  #sendProgress(last: { at: number; held: [number, string | undefined] | undefined }, now: number): void {
    const held = last.held;
    last.at = now;
    last.held = undefined;
    if (held !== undefined) this.#host.progress(this, held[0], held[1]);
  }
}
