import { Signals } from '../attempts/signals.js';
import type { Clock } from '../clock.js';
import { TimedOutError } from '../errors.js';
import type { StopWish, Task } from '../task.js';

/** Wishes to stop tasks: from the caller's signal, and from a deadline that passes before a task is sent. */
export class Wishes {
  readonly #clock: Clock;
  readonly #stop: (task: Task, wish: StopWish) => void;
  readonly #signals = new Signals();

  constructor(clock: Clock, stop: (task: Task, wish: StopWish) => void) {
    this.#clock = clock;
    this.#stop = stop;
  }

  /** Watches a task that was just submitted. */
  watch(task: Task): void {
    const { signal, deadline } = task.plan;
    if (signal !== undefined) {
      task.needExtras().unlisten = this.#signals.listen(signal, task, () => {
        this.#stop(task, { outcome: 'cancelled', errorFor: () => signal.reason as unknown, ends: 'task' });
      });
    }
    if (deadline === undefined) return;
    const { timers } = task.needExtras();
    const timer = this.#clock.timer(deadline, () => {
      timers.delete(timer);
      // Once it is sent the host counts, and knows whether it has started.
      if (task.state === 'dispatched') return;
      const errorFor = (started: boolean): unknown => new TimedOutError('deadline', deadline, started);
      this.#stop(task, { outcome: 'timed-out', errorFor, ends: 'task' });
    });
    timers.add(timer);
  }

  /** A task that is with a host is being stopped: whatever the host says of it, this is what its caller gets. The first cause wins. */
  note(task: Task, { outcome, errorFor, ends }: StopWish): void {
    task.needExtras().stop ??= { outcome, error: errorFor(true), ends };
  }
}
