import type { Outcome } from '../../workers/protocol/outcome.js';
import { MOST_DEATHS } from '../blame.js';
import type { Clock } from '../clock.js';
import { RetryBudgetError, type ThreadLostError } from '../errors.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Announcer } from '../observe/events.js';
import type { Metrics } from '../observe/metrics.js';
import { type StopCause, type Task, usageOf } from '../task.js';
import { type Decision, decideRetry, FINAL } from './retry.js';

/** What settling tells of. */
export interface SettleListener {
  /** A task went back into its lane for another attempt. */
  requeued(): void;
  /** A task left for good; there may be room for another. */
  left(): void;
  /** No accepted task is pending any more. */
  idle(): void;
}

/** Pays for further attempts, or refuses them; the supervisor's retry budgets. */
export interface Payer {
  /** A task's first attempt has ended. */
  called(task: Task): void;
  /** Undefined when another attempt is paid for; else whose budget is spent, null being the supervisor's. */
  pay(task: Task, called: readonly number[], now: number): { readonly refusedBy: string | null } | undefined;
}

const NONE: readonly number[] = [];

/** Makes tasks final, once each; or gives them another attempt. */
export class Settle {
  readonly #lanes: Lanes;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #announcer: Announcer;
  readonly #listener: SettleListener;
  readonly #budgets: Payer | undefined;
  /** Whether attempts are given at all; not while the supervisor gives up or closes for good. */
  #givesAttempts = true;
  /** Tasks accepted and not settled. */
  pending = 0;
  /** Tasks that wait before another attempt. */
  readonly delayed = new Set<Task>();

  constructor(parts: {
    lanes: Lanes;
    clock: Clock;
    metrics: Metrics;
    announcer: Announcer;
    /** Undefined where no attempts are given. */
    budgets?: Payer;
    listener: SettleListener;
  }) {
    this.#lanes = parts.lanes;
    this.#clock = parts.clock;
    this.#metrics = parts.metrics;
    this.#announcer = parts.announcer;
    this.#listener = parts.listener;
    this.#budgets = parts.budgets;
  }

  /** No further attempts from now on. */
  noMoreAttempts(): void {
    this.#givesAttempts = false;
  }

  /** The task is done and well. */
  ok(task: Task, value: unknown): void {
    if (task.attempt === 1) this.#budgets?.called(task);
    const sink = this.#close(task, 'ok', undefined);
    sink?.ok(task, value);
    task.input = undefined;
    this.#left();
  }

  /** The attempt was stopped, and has ended. */
  stopped(task: Task, stop: StopCause, called?: readonly number[]): void {
    if (stop.ends === 'task') {
      if (task.attemptsStarted === 1) this.#budgets?.called(task);
      this.bad(task, stop.outcome, stop.error);
    } else this.attemptFailed(task, stop.outcome, stop.error, called);
  }

  /** Whether a task whose attempt ended so has another, as far as its own policy goes. */
  hasAnother(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): boolean {
    return this.#decide(task, outcome, error, 0).next === 'again';
  }

  /**
   * The attempt went badly; the task may get another.
   *
   * @param called - dependencies it is known to have called, by number
   */
  attemptFailed(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown, called = NONE): void {
    task.extras?.blame?.acquit();
    this.#failed(task, outcome, error, called);
  }

  /** The attempt ended its thread: nobody else can have done it. The second time is the last. */
  killed(task: Task, errorFor: (ended: number) => ThreadLostError): void {
    const blame = task.needBlame();
    task.attemptsStarted += blame.charge() - 1;
    const error = errorFor(blame.deaths);
    if (blame.deaths >= MOST_DEATHS) this.bad(task, 'lost', error);
    else this.#failed(task, 'lost', error, NONE);
  }

  #decide(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown, random: number): Decision {
    return this.#givesAttempts ? decideRetry(task.plan.retry, task.attempt, outcome, error, random) : FINAL;
  }

  #failed(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown, called: readonly number[]): void {
    if (task.attempt === 1) this.#budgets?.called(task);
    const decision = this.#decide(task, outcome, error, this.#clock.random());
    if (decision.next === 'final') {
      this.bad(task, outcome, error);
      return;
    }
    const refusal = this.#budgets?.pay(task, called, this.#clock.now());
    if (refusal === undefined) this.#again(task, outcome, error, decision.afterMs);
    else this.bad(task, outcome, new RetryBudgetError(refusal.refusedBy, error));
  }

  #again(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown, afterMs: number): void {
    const { id: taskId, attempt, plan } = task;
    const { trace } = plan;
    this.#delay(task, afterMs);
    this.#announcer.tell('retry', { task: task.type.label, taskId, attempt, outcome, error, afterMs, trace });
  }

  /** Another attempt follows, in so long. */
  #delay(task: Task, afterMs: number): void {
    this.#metrics.retried(task);
    task.attempt++;
    const extras = task.needExtras();
    extras.stop = undefined;
    task.state = 'delayed';
    this.delayed.add(task);
    const timer = this.#clock.timer(afterMs, () => {
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

  /** A task that was accepted is held back after all, and not accepted any more. */
  withdraw(task: Task): void {
    task.state = 'offered';
    this.pending--;
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
      const { type, id: taskId, plan } = task;
      const { trace } = plan;
      this.#announcer.tell('settled', { task: type.label, taskId, outcome, error, usage: usageOf(task), trace });
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
