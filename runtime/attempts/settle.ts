import type { Outcome } from '../../workers/protocol/outcome.js';
import type { Clock } from '../clock.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Announcer } from '../observe/events.js';
import type { Metrics } from '../observe/metrics.js';
import { type StopCause, type Task, usageOf } from '../task.js';
import { decideRetry } from './retry.js';

/** What settling tells of. */
export interface SettleListener {
  /** A task went back into its lane for another attempt. */
  requeued(): void;
  /** A task left for good; there may be room for another. */
  left(): void;
  /** No accepted task is pending any more. */
  idle(): void;
}

/** Makes tasks final, once each; or gives them another attempt. */
export class Settle {
  readonly #lanes: Lanes;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #announcer: Announcer;
  readonly #listener: SettleListener;
  /** Whether attempts are given at all; not while the supervisor gives up or closes for good. */
  #again = true;
  /** Tasks accepted and not settled. */
  pending = 0;
  /** Tasks that wait before another attempt. */
  readonly delayed = new Set<Task>();

  constructor(parts: { lanes: Lanes; clock: Clock; metrics: Metrics; announcer: Announcer; listener: SettleListener }) {
    this.#lanes = parts.lanes;
    this.#clock = parts.clock;
    this.#metrics = parts.metrics;
    this.#announcer = parts.announcer;
    this.#listener = parts.listener;
  }

  /** No further attempts from now on. */
  noMoreAttempts(): void {
    this.#again = false;
  }

  /** The task is done and well. */
  ok(task: Task, value: unknown): void {
    const sink = this.#close(task, 'ok', undefined);
    sink?.ok(task, value);
    task.input = undefined;
    this.#left();
  }

  /** The attempt was stopped, and has ended. */
  stopped(task: Task, stop: StopCause): void {
    if (stop.ends === 'task') this.bad(task, stop.outcome, stop.error);
    else this.attemptFailed(task, stop.outcome, stop.error);
  }

  /** The attempt went badly; the task may get another. */
  attemptFailed(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    const decision = this.#again
      ? decideRetry(task.plan.retry, task.attempt, outcome, error, this.#clock.random())
      : ({ next: 'final' } as const);
    if (decision.next === 'final') {
      this.bad(task, outcome, error);
      return;
    }
    this.#metrics.retried(task);
    task.attempt++;
    const extras = task.needExtras();
    extras.stop = undefined;
    task.state = 'delayed';
    this.delayed.add(task);
    const timer = this.#clock.timer(decision.afterMs, () => {
      extras.timers.delete(timer);
      this.delayed.delete(task);
      if (task.state !== 'delayed') return;
      this.#lanes.push(task, this.#clock.now());
      this.#listener.requeued();
    });
    extras.timers.add(timer);
  }

  /** The task is done, and not well; no attempt follows. */
  bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    const sink = this.#close(task, outcome, error);
    sink?.bad(task, outcome, error);
    task.input = undefined;
    this.#left();
  }

  /** A task that was never accepted is turned away. */
  refuse(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    this.#strip(task)?.bad(task, outcome, error);
    task.input = undefined;
  }

  #close(task: Task, outcome: Outcome, error: unknown): Task['sink'] {
    if (task.state === 'settled') throw new Error(`task ${task.id} was about to be settled twice`);
    this.delayed.delete(task);
    this.#metrics.settled(task, outcome);
    const sink = this.#strip(task);
    this.pending--;
    if (this.#announcer.wants('settled')) {
      this.#announcer.tell('settled', { task: task.type.label, taskId: task.id, outcome, error, usage: usageOf(task) });
    }
    return sink;
  }

  /** Lets go of what the task held: caller, timers, listener. Its input follows when the caller has been told. */
  #strip(task: Task): Task['sink'] {
    const { sink, extras } = task;
    task.state = 'settled';
    task.sink = undefined;
    task.extras = undefined;
    extras?.unlisten?.();
    if (extras !== undefined) for (const timer of extras.timers) timer.cancel();
    return sink;
  }

  #left(): void {
    this.#listener.left();
    if (this.pending === 0) this.#listener.idle();
  }
}
