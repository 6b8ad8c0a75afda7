import { setImmediate as nextTurn } from 'node:timers';
import type { Attempt } from './attempt.js';
import type { BlackBox } from './black-box.js';
import { current } from './current.js';
import { Entrance } from './entrance.js';
import type { Growth } from './growth/growth.js';
import type { Inbox } from './inbox.js';
import type { Outcomes } from './outcomes.js';
import { Performer, type PerformParts } from './performer.js';
import type { Failure } from './protocol/messages.js';
import { type RecorderViews, Word } from './protocol/recorder.js';

/** A run of short attempts yields to the event loop after this long, so that timers, signals and the control channel get their turn. */
const TURN_MS = 5;
/** Outcomes wait at most this long for company before the supervisor is told. */
const RING_MS = 1;

/** What a runner is made with. */
interface RunnerParts extends PerformParts {
  readonly inbox: Inbox;
  /** Undefined where nothing is watched. */
  readonly growth: Growth | undefined;
  /** Undefined where a crash would take the supervisor along. */
  readonly box: BlackBox | undefined;
}

/**
 * Runs what is posted to this thread: io attempts at once, side by side; cpu attempts one after another.
 *
 * `Word.awake` is 1 while this runs or is sure to run again; the supervisor wakes the thread only when it could set it from 0 to 1. Going
 * to sleep therefore clears it first and looks into the inbox once more afterwards (Dekker), so that no posting falls between.
 */
export class Runner {
  readonly #views: RecorderViews;
  readonly #inbox: Inbox;
  readonly #outcomes: Outcomes;
  readonly #performer: Performer;
  readonly #entrance: Entrance;
  readonly #growth: Growth | undefined;
  readonly #box: BlackBox | undefined;
  #lookPlanned = false;
  #queue: Attempt[] = [];
  #head = 0;
  /** Who drives the cpu queue: nobody; a loop on the stack; an attempt that awaits; the next turn of the event loop; nobody any more. */
  #drive: 'idle' | 'looping' | 'awaiting' | 'yielding' | 'closed' = 'idle';
  #awaited: Attempt | undefined;
  #turnStart = 0;
  #ringPlanned = false;
  readonly #sleepers: (() => void)[] = [];

  constructor(parts: RunnerParts) {
    this.#views = parts.views;
    this.#inbox = parts.inbox;
    this.#outcomes = parts.outcomes;
    this.#entrance = new Entrance(parts.views, parts.ledger);
    this.#growth = parts.growth;
    this.#box = parts.box;
    this.#performer = new Performer(parts, () => {
      this.#planRing();
    });
  }

  /** Attempts whose handlers run now. */
  get running(): number {
    return this.#performer.handlersRunning;
  }

  /** Attempts started and not ended: those whose modules are being loaded too. */
  get started(): number {
    return this.#performer.running;
  }

  /** Works until nothing is left; a promise only if that takes more than this call. */
  wake(): Promise<void> | undefined {
    this.#turnStart = performance.now();
    if (this.#outcomes.unrung === 0) this.#outcomes.rungAt = this.#turnStart;
    this.#pump();
    if (this.#isIdle()) {
      this.#outcomes.told(this.#turnStart);
      return undefined;
    }
    return new Promise((resolve) => this.#sleepers.push(resolve));
  }

  /** Aborts a running attempt's signal; false when it is not running (any more). */
  cancel(entry: number, id: number, reason: unknown): boolean {
    const attempt = this.#performer.at(entry);
    if (attempt?.id !== id) return false;
    current.run(attempt, () => {
      attempt.cancel(reason);
    });
    return true;
  }

  /** Ends a running attempt from outside its handler; false when it had ended. */
  fail(attempt: Attempt, failure: Failure): boolean {
    if (!this.#performer.fail(attempt, failure)) return false;
    this.#goOn(attempt);
    return true;
  }

  /**
   * Starts nothing any more; what runs goes on. The supervisor hears of the accident by another way than of the outcome before it, and may
   * have posted the next attempt by then, which would begin in a state that nobody can trust, and die of it.
   */
  distrust(): void {
    this.#entrance.shut();
  }

  /** Starts nothing any more, runs the cleanups of what was abandoned, and answers with what went wrong in them. */
  close(): Promise<unknown[]> {
    this.#drive = 'closed';
    this.#entrance.shut();
    return this.#performer.abandon();
  }

  #isIdle(): boolean {
    return this.#performer.running === 0 && this.#head === this.#queue.length;
  }

  #pump(): void {
    this.#takeInbox();
    if (this.#drive === 'idle') this.#drive = 'looping';
    do {
      while (this.#drive === 'looping') {
        const attempt = this.#nextCpu();
        if (attempt === undefined) break;
        this.#runCpu(attempt);
        this.#takeInbox();
      }
      // Between two turns of one run this side stays awake: it comes back by itself.
      if (this.#drive === 'yielding') return;
    } while (!this.#sleep());
    if (this.#drive === 'looping') this.#drive = 'idle';
    this.#settleIfIdle();
    // Where io attempts go on the thread does not go idle: what ended in the loop is told all the same.
    if (this.#outcomes.unrung > 0 && !this.#isIdle()) this.#planRing();
    if (this.#growth?.isDue(performance.now()) === true) this.#planLook();
  }

  /** Clears `awake`; false if something was posted meanwhile and this side has to go on. */
  #sleep(): boolean {
    const { words } = this.#views;
    Atomics.store(words, Word.awake, 0);
    if (this.#inbox.isEmpty) return true;
    // Whoever sets the word owns the wake-up: if the supervisor was faster, its message is on the way.
    if (Atomics.compareExchange(words, Word.awake, 0, 1) !== 0) return true;
    this.#takeInbox();
    return false;
  }

  #takeInbox(): void {
    for (let attempt = this.#inbox.take(); attempt !== undefined; attempt = this.#inbox.take()) {
      if (attempt.handler.kind === 'io') {
        this.#box?.nextIo(attempt);
        void this.#start(attempt);
      } else this.#queue.push(attempt);
    }
  }

  #nextCpu(): Attempt | undefined {
    const attempt = this.#queue[this.#head];
    this.#queue[this.#head++] = undefined as never;
    if (this.#head >= this.#queue.length) this.#head = this.#queue.length = 0;
    return attempt;
  }

  #runCpu(attempt: Attempt): void {
    const outcomes = this.#outcomes;
    if (attempt.handler.slow && outcomes.unrung > 0) outcomes.ring(performance.now());
    this.#box?.nextCpu(attempt, this.#queue, this.#head);
    const done = this.#start(attempt);
    if (done !== undefined) {
      this.#drive = 'awaiting';
      this.#awaited = attempt;
      // It may take long; what ended before it must not wait for it.
      if (outcomes.unrung > 0) this.#planRing();
      void done.then(() => {
        this.#goOn(attempt);
      });
      return;
    }
    if (this.#head === this.#queue.length) return;
    const now = this.#views.endedAt[attempt.entry] ?? 0;
    if (now - outcomes.rungAt >= RING_MS) outcomes.ring(now);
    if (now - this.#turnStart >= TURN_MS) {
      this.#drive = 'yielding';
      nextTurn(this.#resume);
    }
  }

  /** The attempt the cpu queue stood behind has ended, by itself or because it was failed from outside. */
  #goOn(attempt: Attempt): void {
    if (this.#awaited !== attempt) return;
    this.#awaited = undefined;
    this.#resume();
  }

  readonly #resume = (): void => {
    if (this.#drive === 'closed') return;
    this.#growth?.between(performance.now());
    this.#drive = 'idle';
    this.#turnStart = performance.now();
    this.#pump();
  };

  /** Starts an attempt if it may; a promise if it goes on after this call. */
  #start(attempt: Attempt): Promise<void> | undefined {
    const decision = this.#entrance.decide(attempt, this.#performer.running);
    if (decision === 'starts') {
      const goesOn = this.#performer.start(attempt);
      if (goesOn !== 'revoked') return goesOn;
    } else if (decision === 'late') this.#outcomes.late(attempt.entry);
    else this.#outcomes.skipped(attempt.entry);
    this.#planRing();
    return undefined;
  }

  /** Outcomes that came outside the cpu loop are told once a turn of the event loop, or by going idle. */
  #planRing(): void {
    if (this.#drive === 'looping' || this.#ringPlanned) return;
    this.#ringPlanned = true;
    nextTurn(() => {
      this.#ringPlanned = false;
      this.#settleIfIdle();
      if (this.#outcomes.unrung > 0) this.#outcomes.ring(performance.now());
      if (this.#drive !== 'closed') this.#look();
    });
  }

  /** A look at the memory, if one is wanted. */
  #look(): void {
    if (this.#isIdle() && this.#inbox.isEmpty) this.#growth?.idle();
    else this.#growth?.between(performance.now());
  }

  /** In a turn of its own: by then the supervisor has its answer. */
  #planLook(): void {
    if (this.#lookPlanned) return;
    this.#lookPlanned = true;
    nextTurn(() => {
      this.#lookPlanned = false;
      if (this.#drive !== 'closed') this.#look();
    });
  }

  #settleIfIdle(): void {
    if (this.#sleepers.length === 0 || !this.#isIdle()) return;
    this.#outcomes.told(performance.now());
    for (const resolve of this.#sleepers.splice(0)) resolve();
  }
}
