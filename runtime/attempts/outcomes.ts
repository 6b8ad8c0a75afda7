import type { Failure } from '../../workers/protocol/messages.js';
import type { Metrics } from '../observe/metrics.js';
import type { Task, TaskType } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { OutcomeReader } from '../threads/thread.js';
import type { Settle } from './settle.js';
import { verdictOf } from './verdict.js';

/** Reads the outcomes of one slot and passes them on to be settled. */
export class Outcomes implements OutcomeReader {
  readonly #slot: Slot;
  readonly #settle: Settle;
  readonly #metrics: Metrics;
  readonly #worked: (slot: Slot) => void;
  // Attempts of one task that came back together are learned from as one.
  #type: TaskType | undefined;
  #sumMs = 0;
  #count = 0;

  constructor(slot: Slot, settle: Settle, metrics: Metrics, worked: (slot: Slot) => void) {
    this.#slot = slot;
    this.#settle = settle;
    this.#metrics = metrics;
    this.#worked = worked;
  }

  /** Reads what there is. */
  read(): void {
    this.#slot.thread?.drain(this);
    this.#learn();
  }

  ok(entry: number, value: unknown): void {
    const task = this.#take(entry);
    if (task === undefined) return;
    this.#worked(this.#slot);
    const { stop } = task;
    if (stop === undefined) this.#settle.ok(task, value);
    else this.#settle.stopped(task, stop);
  }

  failed(entry: number, failure: Failure): void {
    const task = this.#take(entry);
    if (task === undefined) return;
    const { stop } = task;
    if (stop !== undefined) {
      this.#settle.stopped(task, stop);
      return;
    }
    const { outcome, error } = verdictOf(task, failure);
    this.#settle.attemptFailed(task, outcome, error);
  }

  skipped(entry: number): void {
    this.#slot.release(entry);
  }

  #take(entry: number): Task | undefined {
    const figures = this.#slot.thread?.figures(entry);
    const task = this.#slot.release(entry);
    this.#slot.tasksDone++;
    if (task === undefined || figures === undefined) return undefined;
    task.attemptsStarted++;
    const waitMs = Math.max(0, figures.startedAt - task.submittedAt);
    const { runMs, cpuMs, heapBytes, loopMs, measured } = figures;
    const opened = (task.last?.opened ?? 0) + figures.opened;
    task.last = { slot: this.#slot.number, waitMs, runMs, cpuMs, heapBytes, loopMs, measured, opened };
    this.#metrics.ended(task, figures);
    if (task.type !== this.#type) this.#learn();
    this.#type = task.type;
    this.#sumMs += runMs;
    this.#count++;
    return task;
  }

  #learn(): void {
    if (this.#count > 0) this.#type?.estimate.learn(this.#sumMs / this.#count);
    this.#type = undefined;
    this.#sumMs = 0;
    this.#count = 0;
  }
}
