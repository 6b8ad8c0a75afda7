import type { Admission } from '../admission/admission.js';
import type { Clock } from '../clock.js';
import { TimedOutError } from '../errors.js';
import type { Lanes } from '../lanes/lanes.js';
import type { StopCause, Task } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { Settle } from './settle.js';
import { Signals } from './signals.js';

/** What stopping leads to. */
export interface StopListener {
  /** A running attempt outlived its grace; its thread has to go. */
  outlived(slot: Slot, task: Task): void;
  /** A task left the queue. */
  left(): void;
}

/**
 * Ends tasks before they end themselves: by the caller's signal, by timeout, by deadline, by close. What has not started leaves at once;
 * what runs is asked through its signal, and after the grace its thread is ended. The first cause wins.
 */
export class Stop {
  readonly #lanes: Lanes;
  readonly #slots: readonly Slot[];
  readonly #clock: Clock;
  readonly #settle: Settle;
  readonly #admission: Admission;
  readonly #listener: StopListener;
  readonly #signals = new Signals();

  constructor(parts: {
    lanes: Lanes;
    slots: readonly Slot[];
    clock: Clock;
    settle: Settle;
    admission: Admission;
    listener: StopListener;
  }) {
    this.#lanes = parts.lanes;
    this.#slots = parts.slots;
    this.#clock = parts.clock;
    this.#settle = parts.settle;
    this.#admission = parts.admission;
    this.#listener = parts.listener;
  }

  /** Watches the caller's signal and the deadline of a task that was just submitted. */
  watch(task: Task): void {
    const { signal, deadline } = task.plan;
    if (signal !== undefined) {
      task.needExtras().unlisten = this.#signals.listen(signal, task, () => {
        this.stop(task, { outcome: 'cancelled', error: signal.reason, ends: 'task' });
      });
    }
    if (deadline !== undefined) {
      this.#timer(task, deadline, () => {
        const error = new TimedOutError('deadline', deadline, hasStarted(task, this.#slots));
        this.stop(task, { outcome: 'timed-out', error, ends: 'task' });
      });
    }
  }

  /** Watches the timeout of an attempt that was just dispatched. It counts from the attempt's start, which the thread alone knows. */
  watchTimeout(task: Task): void {
    const { timeout } = task.plan;
    if (timeout === undefined) return;
    const { attempt } = task;
    const check = (): void => {
      if (task.state !== 'dispatched' || task.attempt !== attempt) return;
      const startedAt = this.#slots[task.slot]?.thread?.startedAt(task.entry);
      const left = startedAt === undefined ? timeout : startedAt + timeout - this.#clock.now();
      if (left > 0) this.#timer(task, left, check);
      else
        this.stop(task, { outcome: 'timed-out', error: new TimedOutError('timeout', timeout, true), ends: 'attempt' });
    };
    this.#timer(task, timeout, check);
  }

  /** Stops a task, wherever it is. */
  stop(task: Task, cause: StopCause): void {
    switch (task.state) {
      case 'offered':
        this.#admission.leave(task);
        this.#settle.refuse(task, cause.outcome, cause.error);
        return;
      case 'queued':
        this.#lanes.remove(task);
        this.#settle.bad(task, cause.outcome, cause.error);
        this.#listener.left();
        return;
      case 'delayed':
        this.#settle.bad(task, cause.outcome, cause.error);
        return;
      case 'dispatched':
        this.#stopDispatched(task, cause);
        return;
      case 'settled':
        return;
    }
  }

  /** Ends every accepted task that has not started; what runs is left alone. */
  unstarted(outcome: 'cancelled', errorFor: (started: boolean) => unknown): void {
    for (const lane of [this.#lanes.cpu, this.#lanes.io]) {
      for (let task = lane.peek(0); task !== undefined; task = lane.peek(0)) {
        this.stop(task, { outcome, error: errorFor(task.attemptsStarted > 0), ends: 'task' });
      }
    }
    for (const task of this.#settle.delayed) this.#settle.bad(task, outcome, errorFor(true));
    for (const slot of this.#slots) {
      for (const task of slot.tasks())
        if (slot.revoke(task)) this.#settle.bad(task, outcome, errorFor(task.attemptsStarted > 0));
    }
  }

  /** Stops every accepted task. */
  all(outcome: 'cancelled' | 'lost', errorFor: (started: boolean) => unknown): void {
    const end = (task: Task, started: boolean): void => {
      this.stop(task, { outcome, error: errorFor(started), ends: 'task' });
    };
    for (const lane of [this.#lanes.cpu, this.#lanes.io]) {
      for (let task = lane.peek(0); task !== undefined; task = lane.peek(0)) end(task, task.attemptsStarted > 0);
    }
    for (const task of this.#settle.delayed) end(task, true);
    for (const slot of this.#slots) {
      for (const task of slot.tasks()) end(task, slot.thread?.startedAt(task.entry) !== undefined);
    }
  }

  #stopDispatched(task: Task, cause: StopCause): void {
    const slot = this.#slots[task.slot];
    if (slot === undefined) return;
    if (task.stop !== undefined) {
      this.#overtake(task, task.stop, cause);
      return;
    }
    if (slot.revoke(task)) {
      this.#settle.bad(task, cause.outcome, cause.error);
      this.#listener.left();
      return;
    }
    const extras = task.needExtras();
    extras.stop = cause;
    extras.heard = false;
    const { attempt } = task;
    const { thread } = slot;
    thread?.cancel(task.entry, task.id, cause.error).then(
      () => {
        extras.heard = true;
      },
      // The thread died over it; its death settles the task.
      () => undefined,
    );
    this.#timer(task, task.plan.grace, () => {
      const stillThere = task.state === 'dispatched' && task.attempt === attempt && slot.thread === thread;
      if (stillThere) this.#listener.outlived(slot, task);
    });
  }

  /** The first cause wins, unless it would have ended only the attempt: then the later one is what ends the task. */
  #overtake(task: Task, first: StopCause, later: StopCause): void {
    const wouldGoOn = first.ends === 'attempt' && task.attempt < task.plan.retry.attempts;
    if (wouldGoOn && later.ends === 'task') task.needExtras().stop = later;
  }

  #timer(task: Task, ms: number, fire: () => void): void {
    const { timers } = task.needExtras();
    const timer = this.#clock.timer(ms, () => {
      timers.delete(timer);
      fire();
    });
    timers.add(timer);
  }
}

function hasStarted(task: Task, slots: readonly Slot[]): boolean {
  return (
    task.attemptsStarted > 0 ||
    (task.state === 'dispatched' && slots[task.slot]?.thread?.startedAt(task.entry) !== undefined)
  );
}
