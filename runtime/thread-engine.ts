import { Core, type CoreParts } from './core.js';
import type { Describer, Engine, EngineEnd, Frame } from './engine.js';
import { ClosedError, type RestartIntensityError } from './errors.js';
import { KernelView } from './ledger/kernel-view.js';
import { LastResort } from './ledger/last-resort.js';
import type { Ledger } from './ledger/ledger.js';
import { inspectThreads } from './observe/inspect-threads.js';
import type { Inspection } from './observe/inspection.js';
import { type Snapshot, takeSnapshot } from './observe/snapshot.js';
import type { ResultBytes } from './results/result-bytes.js';
import type { StopWish, Task } from './task.js';
import { nameOfHolding } from './threads/recorded-thread.js';

/** Performs tasks in threads of this process. */
export class ThreadEngine implements Engine {
  readonly #core: Core;
  readonly #kernel: KernelView;
  readonly #ledger: Ledger;
  readonly #lastResort: LastResort | undefined;
  readonly #now: () => number;

  constructor(parts: CoreParts, { ledger, lastResort }: { ledger: Ledger; lastResort: boolean }) {
    this.#core = new Core(parts);
    this.#kernel = new KernelView((handler) => parts.typeOf(handler)?.label ?? null);
    this.#ledger = ledger;
    this.#lastResort = lastResort ? new LastResort(ledger) : undefined;
    this.#now = () => parts.clock.now();
  }

  get describers(): readonly Describer[] {
    return this.#core.slots;
  }

  get broken(): RestartIntensityError | undefined {
    return this.#core.broken;
  }

  get pending(): number {
    return this.#core.settle.pending;
  }

  /** Tasks accepted and not started. */
  get waiting(): number {
    return this.#core.waiting();
  }

  start(): void {
    this.#core.threads.startNext();
  }

  submit(task: Task): void {
    this.#core.submit(task);
  }

  hold(task: Task): void {
    this.#core.hold(task);
  }

  readmit(task: Task): void {
    this.#core.admission.readmit(task);
  }

  get results(): ResultBytes {
    return this.#core.results;
  }

  stop(task: Task, wish: StopWish): void {
    this.#core.stop.stop(task, wish);
  }

  drained(): Promise<void> {
    return this.#core.drained();
  }

  closeAdmission(): void {
    this.#core.admission.close();
  }

  rejectUnstarted(): void {
    this.#core.stop.unstarted('cancelled', (started) => new ClosedError(started));
  }

  abortAll(): void {
    this.#core.settle.noMoreAttempts();
    this.#core.stop.all('cancelled', (started) => new ClosedError(started));
    this.#core.threads.windDown();
  }

  async end(): Promise<EngineEnd> {
    this.#core.quiet();
    const ended = await this.#core.threads.close();
    this.#core.quiet();
    this.#lastResort?.dismiss();
    return {
      threads: ended.map(({ slot, generation, end: { quiesced, exited } }) => ({ slot, generation, quiesced, exited })),
      errors: ended.flatMap(({ end }) => end.errors),
      closed: ended.flatMap(({ end }) => end.closed),
      orphans: this.#kernel.unattributed(),
      left: [...this.#ledger.names(), ...ended.flatMap(({ end }) => end.left.map(nameOfHolding))],
    };
  }

  snapshot(frame: Frame): Snapshot {
    return takeSnapshot(this.#core, { ...frame, unattributed: this.#kernel.unattributed() }, this.#now());
  }

  inspect({ name, state }: Frame): Promise<Inspection> {
    return inspectThreads(this.#core, this.#kernel, { name, state });
  }
}
