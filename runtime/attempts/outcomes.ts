import type { CallResult } from '../../workers/protocol/dependencies.js';
import type { Failure } from '../../workers/protocol/messages.js';
import { type Gates, resultOf } from '../dependencies/gates.js';
import { CircuitOpenError, TimedOutError } from '../errors.js';
import type { Metrics } from '../observe/metrics.js';
import { isMoved, type Task, type TaskType } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { OutcomeReader, Thread } from '../threads/thread.js';
import type { Settle } from './settle.js';
import { exitedError, verdictOf } from './verdict.js';

/** What outcomes tell of beside what is settled. */
export interface OutcomesListener {
  /** An attempt ended ok. */
  worked(slot: Slot): void;
  /** Its thread handed a task back that it did not want to start. */
  declined(slot: Slot, task: Task): void;
}

/** What a failure says of what the whole attempt used. An attempt that was told of another open circuit, or was never made, says nothing. */
function resultOfFailure({ status }: Failure): CallResult {
  return status === 'circuit-open' || status === 'not-loaded' ? 'neither' : 'failed';
}

/** Reads the outcomes of one slot and passes them on to be settled. */
export class Outcomes implements OutcomeReader {
  readonly #slot: Slot;
  readonly #settle: Settle;
  readonly #metrics: Metrics;
  readonly #gates: Gates;
  readonly #listener: OutcomesListener;
  /** The thread that is being read. Once its last task is told of, the slot may go on to another: what follows has no task any more. */
  #thread: Thread | undefined;
  #hasRead = false;
  // Attempts of one task that came back together are learned from as one.
  #type: TaskType | undefined;
  #sumMs = 0;
  #count = 0;

  constructor(slot: Slot, parts: { settle: Settle; metrics: Metrics; gates: Gates; listener: OutcomesListener }) {
    this.#slot = slot;
    this.#settle = parts.settle;
    this.#metrics = parts.metrics;
    this.#gates = parts.gates;
    this.#listener = parts.listener;
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
    // After it is known where the task stands: who is told of a circuit by this may stop it.
    if (task.gated) this.#gates.leave(task, resultOf(stop?.outcome ?? 'ok'));
  }

  failed(entry: number, failure: Failure): void {
    const task = this.#take(entry);
    if (task === undefined) return;
    const { stop } = task;
    if (stop === undefined) this.#settleFailed(task, failure);
    else this.#settle.stopped(task, stop, failure.status === 'failed' ? failure.called : undefined);
    if (task.gated) this.#gates.leave(task, stop === undefined ? resultOfFailure(failure) : resultOf(stop.outcome));
  }

  #settleFailed(task: Task, failure: Failure): void {
    if (failure.status === 'circuit-open') {
      this.#turnedBack(task, failure);
      return;
    }
    if (failure.status === 'exited') {
      this.#settle.killed(task, (ended) => exitedError(task, failure.exitCode, ended));
      return;
    }
    const { outcome, error } = verdictOf(task, failure);
    this.#settle.attemptFailed(task, outcome, error, failure.status === 'failed' ? failure.called : undefined);
  }

  skipped(entry: number, why: 'declined' | 'late'): void {
    this.#hasRead = true;
    if (this.#slot.thread !== this.#thread) return;
    const task = this.#slot.decline(entry);
    if (task === undefined) return;
    const { stop } = task;
    if (stop === undefined && why === 'declined') {
      this.#listener.declined(this.#slot, task);
      return;
    }
    // Whoever asked it to stop had been told that it runs.
    if (stop !== undefined) this.#settle.stopped(task, stop);
    else this.#settle.bad(task, 'timed-out', new TimedOutError('deadline', task.plan.deadline ?? 0, task.hasStarted));
    if (task.gated) this.#gates.leave(task, 'neither');
  }

  /** It called what is down, and was told so. Where that can be waited for the attempt is as good as never made. */
  #turnedBack(task: Task, { dependency, retryAfterMs }: Extract<Failure, { status: 'circuit-open' }>): void {
    if (task.plan.whenOpen === 'reject' || isMoved(task)) {
      this.#settle.bad(task, 'failed', new CircuitOpenError(this.#gates.nameOf(dependency), retryAfterMs));
      return;
    }
    task.attemptsStarted--;
    task.hasTurnedBack = true;
    this.#gates.park(task, dependency);
  }

  #take(entry: number): Task | undefined {
    this.#hasRead = true;
    if (this.#slot.thread !== this.#thread) return undefined;
    const figures = this.#thread?.figures(entry);
    const task = this.#slot.release(entry);
    this.#slot.tasksDone++;
    if (task === undefined || figures === undefined) return undefined;
    task.attemptsStarted++;
    if (task.gated) this.#gates.started(task);
    const waitMs = Math.max(0, figures.startedAt - task.submittedAt);
    const { runMs, cpuMs, heapBytes, loopMs, measured } = figures;
    const opened = (task.last?.opened ?? 0) + figures.opened;
    task.last = { slot: this.#slot.number, waitMs, runMs, cpuMs, heapBytes, loopMs, measured, opened };
    this.#metrics.ended(task, figures);
    if (task.type.tracked && task.type.plan.kind === 'io') task.type.estimate.learnDescriptors(figures.peak);
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
