import { Estimate } from '../../runtime/attempts/estimate.js';
import { NO_RETRY } from '../../runtime/attempts/retry.js';
import { basePlan } from '../../runtime/call-options.js';
import type { Core } from '../../runtime/core.js';
import { isGated, type Sink, Task, type TaskPlan, type TaskType } from '../../runtime/task.js';
import type { Faults } from './behaviour.js';
import type { Books } from './books.js';
import type { DependencyScenario } from './dependency-scenario.js';
import type { OverloadScenario } from './overload-scenario.js';
import type { Chance } from './seeded.js';
import type { VirtualClock } from './virtual-clock.js';

/** How often a submission has which option, in one run. */
interface Habits {
  readonly timeout: number;
  readonly deadline: number;
  readonly signal: number;
  readonly retry: number;
  readonly transfer: number;
  readonly wait: number;
  readonly priority: number;
  /** How often the loop over a batch is left early, as `map` allows. */
  readonly leave: number;
  /** How often a caller, told of its task, aborts a signal at once. */
  readonly abortBack: number;
}

/** Callers: they submit in bursts and in windows, abort signals, and do some of it in the middle of being told. */
export class Workload {
  readonly #core: Core;
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #books: Books;
  readonly #dependencies: DependencyScenario;
  readonly #overload: OverloadScenario;
  readonly #types: { readonly type: TaskType; readonly typicalMs: number }[];
  readonly #habits: Habits;
  readonly #shared: AbortController[];
  /** Whatever hangs must be limited by its caller, or the run has no end before it is closed. */
  readonly #limited: boolean;
  #tasks = 0;
  #left: number;
  /** Tasks a window still has to submit. */
  #window = 0;

  constructor(parts: {
    core: Core;
    clock: VirtualClock;
    chance: Chance;
    faults: Faults;
    books: Books;
    dependencies: DependencyScenario;
    overload: OverloadScenario;
    limited: boolean;
    tasks: number;
  }) {
    const { chance } = parts;
    this.#core = parts.core;
    this.#clock = parts.clock;
    this.#chance = chance;
    this.#faults = parts.faults;
    this.#books = parts.books;
    this.#dependencies = parts.dependencies;
    this.#overload = parts.overload;
    this.#limited = parts.limited;
    this.#left = parts.tasks;
    const share = (most: number): number => (chance.happens(0.4) ? chance.between(0, most) : 0);
    this.#habits = {
      timeout: share(0.5),
      deadline: share(0.3),
      signal: share(0.6),
      retry: share(1),
      transfer: share(0.3),
      wait: share(1),
      priority: share(0.5),
      leave: share(0.3),
      abortBack: share(0.4),
    };
    const kinds = chance.pick([['cpu'], ['io'], ['cpu', 'cpu'], ['cpu', 'io'], ['cpu', 'io']] as const);
    this.#types = kinds.map((kind, number) => ({
      type: typeOf(kind, number, parts.dependencies),
      typicalMs: chance.pick([0.02, 0.3, 2, 15]),
    }));
    this.#shared = [new AbortController(), new AbortController()];
  }

  /** Whether inputs are moved to threads, and cannot be had back. */
  get moves(): boolean {
    return this.#habits.transfer > 0;
  }

  /** Whether some attempts share threads. */
  get shares(): boolean {
    return this.#types.some(({ type }) => type.plan.kind === 'io');
  }

  /** Plans everything that callers are going to do. */
  start(): void {
    const chance = this.#chance;
    let at = 0;
    while (this.#left > 0) {
      const burst = Math.min(this.#left, this.#chance.happens(0.4) ? 1 : chance.whole(2, 20));
      this.#left -= burst;
      const inWindow = this.#chance.happens(0.3) ? chance.whole(0, burst - 1) : 0;
      this.#clock.at(at, () => {
        this.#window += inWindow;
        const batch: Task[] = [];
        for (let count = inWindow; count < burst; count++) batch.push(this.submit());
        if (chance.happens(this.#habits.leave)) this.#leaveLater(batch);
      });
      at += this.#chance.happens(0.5) ? chance.between(0, 3) : chance.between(0, 60);
    }
    for (const controller of this.#shared) if (this.#chance.happens(0.5)) this.#abortLater(controller, at + 50);
    if (this.#faults.holdUp > 0) this.#plague(at + 50);
  }

  submit(): Task {
    const { type, typicalMs } = this.#chance.pick(this.#types);
    const plan = this.#planOf(type);
    const input = this.#chance.happens(this.#faults.uncloneable) ? () => undefined : 'input';
    const task = new Task(++this.#tasks, type, plan, input, this.#sink, this.#clock.now());
    this.#books.submitted(task, typicalMs);
    this.#core.submit(task);
    return task;
  }

  /** Refills the window with what was not submitted for want of a settled task. */
  #refill(): void {
    if (this.#window === 0) return;
    this.#window--;
    this.submit();
  }

  readonly #sink: Sink = {
    ok: (task, value) => {
      this.#books.settledOk(task, value);
      this.#told();
    },
    bad: (task, outcome, error) => {
      this.#books.settledBad(task, outcome, error);
      this.#told();
    },
    holdsBack: (task) => this.#overload.holdsBack(task),
  };

  #told(): void {
    if (this.#chance.happens(this.#habits.abortBack)) this.#chance.pick(this.#shared).abort(REASON);
    if (this.#chance.happens(this.#faults.holdUp)) this.#clock.holdUp(this.#chance.between(0, 40));
    this.#refill();
  }

  #planOf(type: TaskType): TaskPlan {
    const chance = this.#chance;
    const habits = this.#habits;
    const transfer = chance.happens(habits.transfer) ? [{}] : undefined;
    const hangs = this.#faults.hang > 0 || this.#faults.loop > 0;
    const needsLimit = this.#limited && hangs;
    return {
      ...type.plan,
      timeout: needsLimit || chance.happens(habits.timeout) ? chance.pick([1, 5, 20, 60]) : undefined,
      deadline: chance.happens(habits.deadline) ? chance.pick([0, 5, 30, 100]) : undefined,
      grace: chance.pick([0, 2, 10, 30]),
      priority: chance.happens(habits.priority) ? chance.whole(-1, 2) : 0,
      retry:
        transfer === undefined && chance.happens(habits.retry)
          ? {
              ...NO_RETRY,
              attempts: chance.whole(1, 4),
              backoff: chance.pick([0, 1, 10, 50]),
              maxBackoff: 60,
              jitter: chance.happens(0.5),
            }
          : NO_RETRY,
      signal: chance.happens(habits.signal) ? this.#signal() : undefined,
      transfer,
      whenFull: chance.happens(habits.wait) ? 'wait' : 'reject',
      whenOpen: this.#dependencies.drawWhenOpen(),
    };
  }

  #signal(): AbortSignal {
    if (this.#chance.happens(0.5)) return this.#chance.pick(this.#shared).signal;
    const controller = new AbortController();
    if (this.#chance.happens(0.7)) this.#abortLater(controller, 60);
    return controller.signal;
  }

  #leaveLater(batch: readonly Task[]): void {
    this.#clock.at(this.#chance.between(0, 30), () => {
      for (const task of batch)
        this.#core.stop.stop(task, { outcome: 'cancelled', errorFor: () => REASON, ends: 'task' });
    });
  }

  #abortLater(controller: AbortController, within: number): void {
    this.#clock.at(this.#chance.between(0, within), () => {
      controller.abort(REASON);
    });
  }

  /** Code of the host that keeps its thread busy now and then. */
  #plague(until: number): void {
    this.#clock.at(this.#chance.between(0, until), () => {
      this.#clock.holdUp(this.#chance.between(0, 80));
    });
  }
}

/** Made once: an abort without a reason makes an error with a stack each time. */
const REASON = new Error('aborted by the caller');

function typeOf(kind: 'cpu' | 'io', number: number, dependencies: DependencyScenario): TaskType {
  const name = `${kind}${number}`;
  const plan: TaskPlan = basePlan({ kind, grace: 10, ...dependencies.drawNeeds() });
  const href = `file:///${name}.js`;
  const estimate = new Estimate();
  return { number, href, name, label: name, plan, estimate, tracked: false, gated: isGated(plan) };
}
