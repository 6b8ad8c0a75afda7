import type { Admission } from '../admission/admission.js';
import type { Clock } from '../clock.js';
import type { Gates } from '../dependencies/gates.js';
import { TimedOutError } from '../errors.js';
import type { Lanes } from '../lanes/lanes.js';
import type { StopCause, StopWish, Task } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { Settle } from './settle.js';
import { Signals } from './signals.js';

/** What stopping leads to. */
export interface StopListener {
  /** A running attempt outlived its grace; its thread has to go. */
  outlived(slot: Slot, task: Task): void;
  /** An attempt was taken back from a thread before it started. */
  revoked(slot: Slot): void;
}

/** However short the grace, a thread with running neighbours has so long to answer before it counts as blocked, */
export const HEARING_MS = 1_000;
/** and one without so long: what answers can finish what it has in flight, a file that is being opened, before it is terminated. */
export const LONE_HEARING_MS = 500;

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
  readonly #gates: Gates;
  readonly #listener: StopListener;
  readonly #signals = new Signals();

  constructor(parts: {
    lanes: Lanes;
    slots: readonly Slot[];
    clock: Clock;
    settle: Settle;
    admission: Admission;
    gates: Gates;
    listener: StopListener;
  }) {
    this.#lanes = parts.lanes;
    this.#slots = parts.slots;
    this.#clock = parts.clock;
    this.#settle = parts.settle;
    this.#admission = parts.admission;
    this.#gates = parts.gates;
    this.#listener = parts.listener;
  }

  /** Watches the caller's signal and the deadline of a task that was just submitted. */
  watch(task: Task): void {
    const { signal, deadline } = task.plan;
    if (signal !== undefined) {
      task.needExtras().unlisten = this.#signals.listen(signal, task, () => {
        this.stop(task, { outcome: 'cancelled', errorFor: () => signal.reason as unknown, ends: 'task' });
      });
    }
    if (deadline !== undefined) {
      // In a child process that performs tasks it comes long after its submission.
      const left = Math.max(0, task.submittedAt + deadline - this.#clock.now());
      this.#timer(task, left, () => {
        const errorFor = (started: boolean): unknown => new TimedOutError('deadline', deadline, started);
        this.stop(task, { outcome: 'timed-out', errorFor, ends: 'task' });
      });
    }
  }

  /** Watches the timeout of an attempt that was just dispatched. It counts from the attempt's start, which the thread alone knows. */
  watchTimeout(task: Task): void {
    const { timeout } = task.plan;
    if (timeout === undefined) return;
    const extras = task.needExtras();
    const check = (): void => {
      const startedAt = this.#slots[task.slot]?.thread?.startedAt(task.entry);
      const left = startedAt === undefined ? timeout : startedAt + timeout - this.#clock.now();
      const errorFor = (started: boolean): unknown => new TimedOutError('timeout', timeout, started);
      if (left > 0) extras.timeout = this.#clock.timer(left, check);
      else this.stop(task, { outcome: 'timed-out', errorFor, ends: 'attempt' });
    };
    extras.timeout = this.#clock.timer(timeout, check);
  }

  /** Stops a task, wherever it is. */
  stop(task: Task, wish: StopWish): void {
    const { outcome, errorFor } = wish;
    switch (task.state) {
      case 'offered':
        this.#admission.leave(task);
        this.#settle.refuse(task, outcome, errorFor(false));
        return;
      case 'queued':
      case 'parked':
        if (task.state === 'queued') this.#lanes.remove(task);
        if (task.gated) this.#gates.remove(task);
        this.#settle.bad(task, outcome, errorFor(task.hasStarted));
        return;
      case 'delayed':
        this.#settle.bad(task, outcome, errorFor(true));
        return;
      case 'dispatched':
        this.#stopDispatched(task, wish);
        return;
      case 'settled':
        return;
    }
  }

  /** Ends every accepted task that has not started; what runs is left alone. */
  unstarted(outcome: 'cancelled' | 'lost', errorFor: (started: boolean) => unknown): void {
    const wish: StopWish = { outcome, errorFor, ends: 'task' };
    // Parked tasks first: each that leaves a lane may have one of them called there.
    for (const task of this.#gates.parked()) if (task.state === 'parked') this.stop(task, wish);
    for (const lane of this.#lanes.queues) {
      for (let task = lane.peek(0); task !== undefined; task = lane.peek(0)) this.stop(task, wish);
    }
    for (const task of this.#settle.delayed) this.stop(task, wish);
    for (const slot of this.#slots) for (const task of slot.tasks()) this.#takeBack(slot, task, wish);
  }

  /** Ends every accepted task: those that have not started at once, the others through their signals. */
  all(outcome: 'cancelled' | 'lost', errorFor: (started: boolean) => unknown): void {
    this.unstarted(outcome, errorFor);
    for (const slot of this.#slots) {
      for (const task of slot.tasks()) this.stop(task, { outcome, errorFor, ends: 'task' });
    }
  }

  #takeBack(slot: Slot, task: Task, { outcome, errorFor }: StopWish): boolean {
    if (!slot.revoke(task)) return false;
    this.#settle.bad(task, outcome, errorFor(task.hasStarted));
    if (task.gated) this.#gates.leave(task, 'neither');
    this.#listener.revoked(slot);
    return true;
  }

  #stopDispatched(task: Task, wish: StopWish): void {
    const slot = this.#slots[task.slot];
    if (slot === undefined) return;
    if (task.stop !== undefined) {
      this.#overtake(task, task.stop, wish);
      return;
    }
    if (this.#takeBack(slot, task, wish)) return;
    const extras = task.needExtras();
    extras.stop = causeOf(wish);
    extras.heard = false;
    extras.whenHeard = undefined;
    slot.thread?.cancel(task.entry, task.id, extras.stop.error).then(
      () => {
        extras.heard = true;
        extras.whenHeard?.();
      },
      // The thread died over it; its death settles the task.
      () => undefined,
    );
    this.#outlast(slot, task, task.plan.grace, task.plan.grace);
  }

  /** Waits for the attempt to end by itself, and longer for a thread with neighbours to answer at all. */
  #outlast(slot: Slot, task: Task, waitMs: number, inAllMs: number): void {
    const { attempt } = task;
    const { thread } = slot;
    const isLate = (): boolean => task.state === 'dispatched' && task.attempt === attempt && slot.thread === thread;
    this.#timer(task, waitMs, () => {
      if (!isLate()) return;
      const extras = task.needExtras();
      const hearingMs = slot.outstanding > 1 ? HEARING_MS : LONE_HEARING_MS;
      if (extras.heard || inAllMs >= hearingMs) {
        this.#listener.outlived(slot, task);
        return;
      }
      // The grace is over: it is waited for the thread's answer only.
      extras.whenHeard = () => {
        if (isLate()) this.#listener.outlived(slot, task);
      };
      this.#outlast(slot, task, hearingMs - inAllMs, hearingMs);
    });
  }

  /** The first cause wins, unless it would have ended only the attempt: then the later one is what ends the task. */
  #overtake(task: Task, first: StopCause, later: StopWish): void {
    const wouldGoOn = first.ends === 'attempt' && task.attempt < task.plan.retry.attempts;
    if (wouldGoOn && later.ends === 'task') task.needExtras().stop = causeOf(later);
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

/** It had started: what had not was taken back. */
function causeOf({ outcome, errorFor, ends }: StopWish): StopCause {
  return { outcome, error: errorFor(true), ends };
}
