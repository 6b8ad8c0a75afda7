import {
  type CircuitChange,
  type CircuitState,
  DependencyTable,
  type DependencyWire,
  dependencyBytes,
  holderOf,
} from '../../workers/protocol/dependencies.js';
import type { FromThread } from '../../workers/protocol/messages.js';
import type { Clock } from '../clock.js';
import type { Announcer } from '../observe/events.js';
import type { CheckedDependency } from '../settings.js';
import { CircuitNews } from './circuit-news.js';
import { dependencyTerms } from './dependency-terms.js';

/** One dependency, as a snapshot tells it. */
export interface DependencySnapshot {
  /** `open`: it is left alone; `half-open`: one call tries it; `closed`: all may call it, also where it has no breaker. */
  readonly state: CircuitState;
  /** How many may use it at once; null when any number may. */
  readonly concurrency: number | null;
  /** How many use it now, attempts and single calls; null when any number may, since nobody counts them then. */
  readonly running: number | null;
  /** Tasks parked for it and calls in threads that wait for their turn. */
  readonly waiting: number;
  /** Calls in the breaker's window, */
  readonly calls: number;
  /** and how many of them failed. */
  readonly failures: number;
  /** Calls since there is the supervisor, */
  readonly callsTotal: number;
  /** and how many of them failed. */
  readonly failuresTotal: number;
  /** How long until a call may try again, milliseconds; null unless the circuit is open. */
  readonly retryAfterMs: number | null;
}

/** Who acts on what becomes of dependencies. */
export interface DependenciesListener {
  changed(change: Pick<CircuitChange, 'dependency'>): void;
  /** A permit was given back in a thread while tasks were parked for it. */
  released(dependency: number): void;
  /** A thread is gone, and so is whatever it held. */
  retired(holder: number): void;
}

/** The supervisor's end of the table of dependencies: makes it, hears of it from the threads, tells of it. */
export class Dependencies {
  readonly table: DependencyTable;
  /** What threads get of it; undefined when there are none. */
  readonly wire: DependencyWire | undefined;
  readonly #clock: Clock;
  readonly #listener: DependenciesListener;
  readonly #news: readonly CircuitNews[];

  constructor(parts: {
    dependencies?: Readonly<Record<string, CheckedDependency>>;
    clock: Clock;
    announcer: Announcer;
    listener: DependenciesListener;
  }) {
    const terms = dependencyTerms(parts.dependencies ?? {});
    const memory = new SharedArrayBuffer(dependencyBytes(terms));
    const origin = parts.clock.now() - Number(process.hrtime.bigint()) / 1e6;
    const wire: DependencyWire = { memory, terms, origin };
    this.table = new DependencyTable(wire);
    this.wire = terms.length === 0 ? undefined : wire;
    this.#clock = parts.clock;
    this.#listener = parts.listener;
    this.#news = terms.map(({ name: dependency }) => {
      return new CircuitNews(({ state, calls, failures, retryAfterMs }) => {
        parts.announcer.tell('circuit', { dependency, state, calls, failures, retryAfterMs });
      });
    });
  }

  /** Name of the dependency at a place of the table. */
  nameOf(dependency: number): string {
    return this.table.terms[dependency]?.name ?? '';
  }

  /** A thread tells something about one. */
  heard(message: Extract<FromThread, { type: 'circuit' | 'released' }>): void {
    if (message.type === 'circuit') this.told(message.change);
    else this.#listener.released(message.dependency);
  }

  /** A circuit has changed, whoever did it. */
  told(change: CircuitChange): void {
    this.#news[change.dependency]?.heard(change);
    this.#listener.changed(change);
  }

  /** An attempt was let go as the probe of a circuit, which is half-open by that. */
  probed(dependency: number, now: number): void {
    this.told(this.table.lastMove(dependency, now));
  }

  /** The thread of a slot is gone: nobody has what it held any more. */
  readonly retire = (slot: number, generation: number): void => {
    const holder = holderOf(slot, generation);
    const now = this.#clock.now();
    this.table.retire(holder, now);
    this.#listener.retired(holder);
    // It may have moved a circuit itself and died before it could say so.
    for (const [dependency, news] of this.#news.entries()) {
      const last = this.table.lastMove(dependency, now);
      if (news.lookedUp(last)) this.#listener.changed(last);
    }
  };

  /** All of them by name; `parked` tells how many tasks are parked for one. */
  snapshot(now: number, parked: (dependency: number) => number): Record<string, DependencySnapshot> {
    const rows = this.table.terms.map(({ name, concurrency }, index): [string, DependencySnapshot] => {
      const { state, calls, failures, running, retryAfterMs } = this.table.figures(index, now);
      const isLimited = concurrency > 0;
      return [
        name,
        {
          state,
          concurrency: isLimited ? concurrency : null,
          running: isLimited ? running : null,
          waiting: parked(index) + this.table.waiting(index),
          calls,
          failures,
          callsTotal: this.table.calls(index) >>> 0,
          failuresTotal: this.table.failures(index) >>> 0,
          retryAfterMs,
        },
      ];
    });
    return Object.fromEntries(rows);
  }
}
