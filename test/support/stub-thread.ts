import type { Clock, Timer } from '../../runtime/clock.js';
import type {
  AttemptFigures,
  Death,
  OutcomeReader,
  Posting,
  Thread,
  ThreadEnd,
  ThreadGauges,
  ThreadListener,
} from '../../runtime/threads/thread.js';
import type { ModuleDescription } from '../../workers/protocol/messages.js';
import { deferred } from './deferred.js';
import { UNKNOWN_GAUGES } from './unknown-gauges.js';

const ENDED: ThreadEnd = { quiesced: true, exited: true, errors: [], closed: [], left: [] };

/** A thread that does nothing by itself: what happens in it is said by the test. */
export class StubThread implements Thread {
  readonly slot: number;
  readonly generation: number;
  readonly entries = 8;
  readonly listener: ThreadListener;
  readonly described = deferred<ModuleDescription>();
  readonly #gone = deferred<ThreadEnd>();
  readonly #finished: number[] = [];
  held = 0;
  retained = 0;
  isEnding = false;

  constructor(slot: number, generation: number, listener: ThreadListener) {
    this.slot = slot;
    this.generation = generation;
    this.listener = listener;
  }

  start(): void {
    // `up` or `die` follows, when the test says so.
  }

  up(): void {
    this.listener.ready();
  }

  die(death: Death = { kind: 'exit', exitCode: 1 }): void {
    this.listener.died(death);
  }

  /** The attempt in an entry ends ok. */
  finish(entry: number): void {
    this.#finished.push(entry);
    this.listener.outcomes();
  }

  /** Its exit is seen. */
  exit(): Promise<ThreadEnd> {
    this.#gone.resolve(ENDED);
    return this.#gone.promise;
  }

  post(_entry: number, _posting: Posting): void {
    // Every attempt has started when anybody looks.
  }

  wake(): void {
    // It is always awake.
  }

  revoke(): boolean {
    return false;
  }

  startedAt(): number {
    return 0;
  }

  started(): number {
    return 0;
  }

  drain(reader: OutcomeReader): void {
    for (const entry of this.#finished.splice(0)) reader.ok(entry, undefined);
  }

  figures(): AttemptFigures {
    return { startedAt: 0, runMs: 0, cpuMs: 0, heapBytes: 0, measured: false, loopMs: 0, opened: 0, peak: 0 };
  }

  cancel(): Promise<boolean> {
    return Promise.resolve(false);
  }

  describe(): Promise<ModuleDescription> {
    return this.described.promise;
  }

  end(): Promise<ThreadEnd> {
    this.isEnding = true;
    return this.#gone.promise;
  }

  inspect(): Promise<never> {
    return Promise.reject(new Error('a stub has nothing open'));
  }

  gauges(): ThreadGauges {
    const { held, retained } = this;
    return {
      ...UNKNOWN_GAUGES,
      retainedBytes: retained,
      descriptorsOpen: held,
      descriptorsHeld: held,
      descriptorsLeaked: held,
    };
  }
}

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  /** No jitter: thresholds are the limits, but for that of descriptors. */
  random(): number {
    return 0;
  }

  soon(run: () => void): void {
    run();
  }

  readonly timer = (ms: number, fire: () => void): Timer => {
    const timer = { at: this.#now + ms, fire };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
    };
  };

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at)) {
      if (this.#timers.delete(timer)) timer.fire();
    }
  }
}
