import type { Attempt } from './attempt.js';
import type { Capture } from './capture.js';
import { Cleanups } from './cleanups.js';
import { encodeError } from './clone.js';
import { current } from './current.js';
import { failureOf } from './failure.js';
import type { Faults } from './faults.js';
import type { LoadedHandler } from './handler.js';
import type { Ledger } from './ledger/ledger.js';
import type { NativeCode } from './ledger/native.js';
import type { Meter } from './meter.js';
import type { Modules } from './modules.js';
import type { Outcomes } from './outcomes.js';
import type { Failure } from './protocol/messages.js';
import { Claim, type RecorderViews, Word } from './protocol/recorder.js';

/** What performing attempts is made with. */
export interface PerformParts {
  readonly views: RecorderViews;
  readonly outcomes: Outcomes;
  readonly meter: Meter;
  readonly modules: Modules;
  /** Undefined where nothing is tracked. */
  readonly ledger: Ledger | undefined;
  readonly native: NativeCode | undefined;
  /** Undefined where nobody wants what is printed and logged. */
  readonly capture: Capture | undefined;
  /** Undefined where none are injected. */
  readonly faults: Faults | undefined;
}

/** Takes single attempts from their claim to their outcome. When they are performed is the runner's business. */
export class Performer {
  readonly #parts: PerformParts;
  /** An attempt has ended. */
  readonly #ended: () => void;
  /** Attempts that run, by entry. */
  readonly #active: (Attempt | undefined)[] = [];
  #started = 0;
  /** Whether handlers are called no more: the thread is about to end. */
  #abandoned = false;
  readonly #cleanups = new Cleanups();
  /** Attempts started and not ended. */
  running = 0;

  constructor(parts: PerformParts, ended: () => void) {
    this.#parts = parts;
    this.#ended = ended;
  }

  /** Attempts whose handlers run now. */
  get handlersRunning(): number {
    return this.active().filter((attempt) => attempt.state === 'running').length;
  }

  /** The attempts started and not ended. */
  active(): Attempt[] {
    return this.#active.filter((attempt) => attempt !== undefined);
  }

  /** The attempt in an entry. */
  at(entry: number): Attempt | undefined {
    return this.#active[entry];
  }

  /** Starts an attempt unless it was revoked; a promise if it goes on after this call, 'revoked' if it was. */
  start(attempt: Attempt): Promise<void> | 'revoked' | undefined {
    const { entry, handler } = attempt;
    const { views, meter } = this.#parts;
    if (Atomics.compareExchange(views.claim, entry, Claim.waiting, Claim.started) !== Claim.waiting) {
      this.#parts.outcomes.skipped(entry);
      return 'revoked';
    }
    attempt.state = handler.run === undefined ? 'loading' : 'running';
    attempt.startedAt = performance.now();
    attempt.cpuAtStart = meter.share;
    attempt.loopAtStart = meter.loopShare;
    views.startedAt[entry] = attempt.startedAt;
    this.#active[entry] = attempt;
    this.running++;
    this.#started = (this.#started + 1) | 0;
    Atomics.store(views.words, Word.started, this.#started);
    this.#parts.native?.started(attempt);
    return handler.run === undefined ? this.#load(attempt) : this.#call(attempt, handler.run);
  }

  /** Ends a running attempt from outside its handler; false when it had ended. */
  fail(attempt: Attempt, failure: Failure): boolean {
    if (attempt.state !== 'running' && attempt.state !== 'loading') return false;
    this.#end(attempt, failure);
    return true;
  }

  /** Runs the cleanups of what was abandoned, and answers with what went wrong in them. */
  abandon(): Promise<unknown[]> {
    this.#abandoned = true;
    return this.#cleanups.runAll(this.active());
  }

  async #load(attempt: Attempt): Promise<void> {
    const { handler } = attempt;
    try {
      handler.run ??= await this.#parts.modules.handler(handler.href, handler.name);
    } catch (error) {
      this.fail(attempt, { status: 'not-loaded', error: encodeError(error) });
      return;
    }
    if (attempt.state !== 'loading' || this.#abandoned) return;
    attempt.state = 'running';
    await this.#call(attempt, handler.run);
  }

  #call(attempt: Attempt, run: NonNullable<LoadedHandler['run']>): Promise<void> | undefined {
    let result: unknown;
    let goesOn: boolean;
    try {
      result = current.run(attempt, this.#parts.faults?.into(attempt, run) ?? run, attempt.input, attempt);
      goesOn = isThenable(result);
    } catch (error) {
      return this.#settle(attempt, failureOf(attempt, error), undefined);
    }
    return goesOn ? this.#follow(attempt, result as PromiseLike<unknown>) : this.#settle(attempt, undefined, result);
  }

  async #follow(attempt: Attempt, result: PromiseLike<unknown>): Promise<void> {
    let failure: Failure | undefined;
    let value: unknown;
    try {
      value = await result;
    } catch (error) {
      failure = failureOf(attempt, error);
    }
    await this.#settle(attempt, failure, value);
  }

  /** The handler is done; the attempt is once its cleanups are, and once it is known what it leaves open. */
  #settle(attempt: Attempt, failure: Failure | undefined, value: unknown): Promise<void> | undefined {
    if (attempt.state === 'ended') return undefined;
    if (!attempt.hasCleanups && attempt.holdings === 0 && attempt.opening === 0) {
      this.#end(attempt, failure, value);
      return undefined;
    }
    return current.run(attempt, async () => {
      const broken = await attempt.cleanUp();
      if (attempt.holdings > 0 || attempt.opening > 0) await this.#parts.ledger?.judge.settle(attempt);
      if (attempt.state === 'running') {
        this.#end(attempt, failure ?? (broken === undefined ? undefined : failureOf(attempt, broken.error)), value);
      }
    });
  }

  #end(attempt: Attempt, failure: Failure | undefined, value?: unknown): void {
    const { entry } = attempt;
    const { meter, views, outcomes, ledger, native } = this.#parts;
    const now = performance.now();
    meter.charge(attempt, now, this.running);
    views.opened[entry] = attempt.opened;
    views.peak[entry] = attempt.peak;
    if (attempt.descriptors > 0) ledger?.ended(attempt);
    // Its last words come before its outcome, and while they are still its own.
    if (attempt.speech !== undefined) this.#parts.capture?.endOf(attempt);
    attempt.state = 'ended';
    if (attempt.probes !== undefined) attempt.endProbes(failure === undefined ? 'neither' : 'failed');
    this.#active[entry] = undefined;
    attempt.input = undefined;
    this.running--;
    native?.ended(attempt);
    attempt.handler.ended++;
    if (failure === undefined) outcomes.ok(attempt, value, now);
    else outcomes.failed(attempt, failure, now);
    if (failure !== undefined && attempt.hasCleanups) this.#cleanups.runLate(attempt);
    // One that was failed from outside had no chance to close anything: what it leaves is told when it is known.
    ledger?.judge.ended(attempt);
    this.#ended();
  }
}

function isThenable(value: unknown): boolean {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
