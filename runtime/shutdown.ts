import type { HoldingNote } from '../workers/protocol/ledger.js';
import type { Duration } from '../workers/protocol/task-options.js';
import type { Core } from './core.js';
import { ClosedError } from './errors.js';
import type { KernelView } from './ledger/kernel-view.js';
import type { LastResort } from './ledger/last-resort.js';
import type { Ledger } from './ledger/ledger.js';
import type { TaskModules } from './modules.js';
import type { UnattributedDescriptor } from './observe/inspection.js';
import type { EndedThread } from './threads/ends.js';

/** How to close. */
export interface CloseOptions {
  /**
   * How long accepted work may go on before it is aborted.
   * @defaultValue '30s'
   */
  timeout?: Duration;
  /**
   * Whether tasks that were accepted and have not started are run, or rejected with `PLUSTWO_CLOSED`.
   * @defaultValue 'finish'
   */
  queued?: 'finish' | 'reject';
}

/** What `close()` found and did. */
export interface CloseReport {
  /** Version of this shape. */
  readonly v: 1;
  /** Where the supervisor stands now. */
  readonly state: 'closed';
  /** How long closing took. */
  readonly tookMs: number;
  /** Tasks that were aborted because the timeout had passed. */
  readonly aborted: number;
  /** The threads that were ended: whether teardowns and closings ran to their end, and whether the exit was seen. */
  readonly threads: readonly {
    /** The slot's number, from 0. */
    readonly slot: number;
    /** Which of the slot's threads it was, from 1. */
    readonly generation: number;
    /** Whether teardowns and resource closings ran to their end. */
    readonly quiesced: boolean;
    /** Whether its exit was seen in time. */
    readonly exited: boolean;
  }[];
  /** What teardowns and closings threw. */
  readonly errors: readonly unknown[];
  /** What threads still had open when they were asked to end, and closed. */
  readonly closed: readonly HoldingNote[];
  /**
   * What only the kernel shows open now and did not before the supervisor was made: native code's, what a killed thread was just opening, and
   * what the host itself has opened meanwhile.
   */
  readonly orphans: readonly UnattributedDescriptor[];
  /** What could not be closed, by name; empty when all is well. */
  readonly left: readonly string[];
}

/** Closes a supervisor, once. See the steps in supervisor.ts. */
export class Shutdown {
  readonly #core: Core;
  readonly #modules: TaskModules;
  readonly #ledger: Ledger;
  readonly #kernel: KernelView;
  readonly #lastResort: LastResort | undefined;
  readonly #endInspecting: () => Promise<void>;
  #state: 'running' | 'draining' | 'closed' = 'running';
  #report: Promise<CloseReport> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #timeUp: () => void = () => undefined;

  constructor(parts: {
    core: Core;
    modules: TaskModules;
    ledger: Ledger;
    kernel: KernelView;
    lastResort: LastResort | undefined;
    endInspecting: () => Promise<void>;
  }) {
    this.#core = parts.core;
    this.#modules = parts.modules;
    this.#ledger = parts.ledger;
    this.#kernel = parts.kernel;
    this.#lastResort = parts.lastResort;
    this.#endInspecting = parts.endInspecting;
  }

  get state(): 'running' | 'draining' | 'closed' {
    return this.#core.broken === undefined ? this.#state : 'closed';
  }

  /** Closes, or shortens the timeout of a close that is under way. */
  close(timeoutMs: number, queued: 'finish' | 'reject'): Promise<CloseReport> {
    if (this.#state === 'running') {
      this.#state = 'draining';
      this.#core.admission.close();
      this.#report = this.#close();
    }
    if (this.#state === 'draining') {
      if (queued === 'reject') this.#core.stop.unstarted('cancelled', (started) => new ClosedError(started));
      this.#shorten(timeoutMs);
    }
    return this.#report ?? Promise.reject(new ClosedError(false));
  }

  async #close(): Promise<CloseReport> {
    const began = performance.now();
    const timeUp = new Promise<'time is up'>((resolve) => {
      this.#timeUp = () => {
        resolve('time is up');
      };
    });
    const drained = this.#core.drained();
    let aborted = 0;
    if ((await Promise.race([drained, timeUp])) === 'time is up') {
      aborted = this.#core.settle.pending;
      this.#core.settle.noMoreAttempts();
      this.#core.stop.all('cancelled', (started) => new ClosedError(started));
      this.#core.threads.windDown();
      await drained;
    }
    clearTimeout(this.#timer);
    // There is nothing left that a shorter timeout could shorten.
    this.#dueAt = Number.NEGATIVE_INFINITY;
    this.#modules.close(new ClosedError(false));
    this.#core.quiet();
    await this.#endInspecting();
    const ended = await this.#core.threads.close();
    this.#core.quiet();
    this.#lastResort?.dismiss();
    this.#state = 'closed';
    return this.#reportOf(ended, aborted, performance.now() - began);
  }

  #reportOf(ended: readonly EndedThread[], aborted: number, tookMs: number): CloseReport {
    return {
      v: 1,
      state: 'closed',
      tookMs,
      aborted,
      threads: ended.map(({ slot, generation, end }) => ({
        slot,
        generation,
        quiesced: end.quiesced,
        exited: end.exited,
      })),
      errors: ended.flatMap(({ end }) => end.errors),
      closed: ended.flatMap(({ end }) => end.closed),
      orphans: this.#kernel.unattributed(),
      left: [...this.#ledger.names(), ...ended.flatMap(({ end }) => end.left.map(nameOf))],
    };
  }

  #shorten(timeoutMs: number): void {
    const dueAt = performance.now() + timeoutMs;
    if (dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timeUp();
    }, timeoutMs);
  }
}

function nameOf({ resource, path, descriptor, task }: HoldingNote): string {
  const what = path ?? (descriptor === null ? 'without a name' : `descriptor ${descriptor}`);
  return `${resource} ${what}${task === null ? '' : ` of ${task}`}`;
}
