import type { HoldingNote } from '../workers/protocol/ledger.js';
import type { Duration } from '../workers/protocol/task-options.js';
import type { EndedThreadRow, Engine } from './engine.js';
import { ClosedError } from './errors.js';
import type { TaskModules } from './modules.js';
import type { UnattributedDescriptor } from './observe/inspection.js';

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
  readonly threads: readonly EndedThreadRow[];
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
  readonly #engine: Engine;
  readonly #modules: TaskModules;
  readonly #endInspecting: () => Promise<void>;
  readonly #closeLogs: () => Promise<void>;
  #state: 'running' | 'draining' | 'closed' = 'running';
  #report: Promise<CloseReport> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #timeUp: () => void = () => undefined;

  constructor(parts: {
    engine: Engine;
    modules: TaskModules;
    endInspecting: () => Promise<void>;
    closeLogs: () => Promise<void>;
  }) {
    this.#engine = parts.engine;
    this.#modules = parts.modules;
    this.#endInspecting = parts.endInspecting;
    this.#closeLogs = parts.closeLogs;
  }

  get state(): 'running' | 'draining' | 'closed' {
    return this.#engine.broken === undefined ? this.#state : 'closed';
  }

  /** Closes, or shortens the timeout of a close that is under way. */
  close(timeoutMs: number, queued: 'finish' | 'reject'): Promise<CloseReport> {
    if (this.#state === 'running') {
      this.#state = 'draining';
      this.#engine.closeAdmission();
      this.#report = this.#close();
    }
    if (this.#state === 'draining') {
      if (queued === 'reject') this.#engine.rejectUnstarted();
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
    const drained = this.#engine.drained();
    let aborted = 0;
    if ((await Promise.race([drained, timeUp])) === 'time is up') {
      aborted = this.#engine.pending;
      this.#engine.abortAll();
      await drained;
    }
    clearTimeout(this.#timer);
    // There is nothing left that a shorter timeout could shorten.
    this.#dueAt = Number.NEGATIVE_INFINITY;
    this.#modules.close(new ClosedError(false));
    await this.#endInspecting();
    const end = await this.#engine.end();
    await this.#closeLogs();
    this.#state = 'closed';
    return { v: 1, state: 'closed', tookMs: performance.now() - began, aborted, ...end };
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
