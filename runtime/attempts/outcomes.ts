import type { Failure } from '../../workers/protocol/messages.js';
import type { Metrics } from '../observe/metrics.js';
import type { Task, TaskType } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { OutcomeReader, Thread } from '../threads/thread.js';
import type { Settle } from './settle.js';
import { verdictOf } from './verdict.js';

/** What outcomes tell of beside what is settled. */
export interface OutcomesListener {
  /** An attempt ended ok. */
  worked(slot: Slot): void;
  /** Its thread handed a task back that it did not want to start. */
  declined(slot: Slot, task: Task): void;
}

/** Reads the outcomes of one slot and passes them on to be settled. */
export class Outcomes implements OutcomeReader {
  readonly #slot: Slot;
  readonly #settle: Settle;
  readonly #metrics: Metrics;
  readonly #listener: OutcomesListener;
  /** The thread that is being read. Once its last task is told of, the slot may go on to another: what follows has no task any more. */
  #thread: Thread | undefined;
  #hasRead = false;
  // Attempts of one task that came back together are learned from as one.
  #type: TaskType | undefined;
  #sumMs = 0;
  #count = 0;

  constructor(slot: Slot, settle: Settle, metrics: Metrics, listener: OutcomesListener) {
    this.#slot = slot;
    this.#settle = settle;
    this.#metrics = metrics;
    this.#listener = listener;
  }

  /** Reads what there is; false if it was nothing. */
  read(): boolean {
    this.#hasRead = false;
    this.#thread = this.#slot.thread;
    this.#thread?.drain(this);
    this.#thread = undefined;
    this.#learn();
    return this.#hasRead;
  }

  ok(entry: number, value: unknown): void {
    const task = this.#take(entry);
    if (task === undefined) return;
    this.#listener.worked(this.#slot);
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
    this.#hasRead = true;
    if (this.#slot.thread !== this.#thread) return;
    const task = this.#slot.decline(entry);
    if (task === undefined) return;
    // Whoever asked it to stop had been told that it runs.
    if (task.stop === undefined) this.#listener.declined(this.#slot, task);
    else this.#settle.stopped(task, task.stop);
  }

  #take(entry: number): Task | undefined {
    this.#hasRead = true;
    if (this.#slot.thread !== this.#thread) return undefined;
    const figures = this.#thread?.figures(entry);
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
