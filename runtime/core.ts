import { Admission } from './admission/admission.js';
import { Casualties } from './attempts/casualties.js';
import { type Brake, Dispatch } from './attempts/dispatch.js';
import { GivenUp } from './attempts/given-up.js';
import { Outcomes } from './attempts/outcomes.js';
import { Settle } from './attempts/settle.js';
import { Stop } from './attempts/stop.js';
import { Watch } from './attempts/watch.js';
import type { CoreParts } from './core-parts.js';
import { Budgets } from './dependencies/budgets.js';
import { Dependencies } from './dependencies/dependencies.js';
import { Gates, resultOf } from './dependencies/gates.js';
import type { RestartIntensityError } from './errors.js';
import { Lanes } from './lanes/lanes.js';
import { DescriptorBudget } from './ledger/descriptor-budget.js';
import { Findings } from './ledger/findings.js';
import { Leaks } from './ledger/leaks.js';
import { admissionListener } from './listeners/admission-listener.js';
import { dispatchListener } from './listeners/dispatch-listener.js';
import { threadsListener } from './listeners/threads-listener.js';
import { Metrics } from './observe/metrics.js';
import { ResultBytes } from './results/result-bytes.js';
import type { Task } from './task.js';
import { Slot } from './threads/slot.js';
import type { MakeThread } from './threads/thread.js';
import { Threads, type ThreadsListener } from './threads/threads.js';

export type { CoreParts } from './core-parts.js';

/**
 * The supervisor without its surface: wires admission, lanes, attempts and threads to each other. It decides nothing; what is decided is
 * decided in the rooms.
 */
export class Core {
  readonly lanes = new Lanes();
  readonly metrics: Metrics;
  readonly results: ResultBytes;
  readonly descriptors: DescriptorBudget;
  readonly leaks = new Leaks();
  readonly findings: Findings;
  readonly dependencies: Dependencies;
  readonly gates: Gates;
  readonly slots: readonly Slot[];
  readonly threads: Threads;
  readonly settle: Settle;
  readonly stop: Stop;
  readonly dispatch: Dispatch;
  readonly admission: Admission;
  readonly maxQueue: number;
  readonly #parts: CoreParts;
  readonly #watch: Watch;
  readonly #casualties: Casualties;
  readonly #givenUp: GivenUp;
  readonly #outcomes: readonly Outcomes[];
  readonly #idle: (() => void)[] = [];
  /** Why there are no threads any more. */
  broken: RestartIntensityError | undefined;

  constructor(parts: CoreParts) {
    this.#parts = parts;
    this.maxQueue = parts.maxQueue;
    const { clock, announcer } = parts;
    this.metrics = parts.metrics ?? new Metrics(this.leaks);
    const { lanes, metrics } = this;
    this.findings = new Findings({ leaks: this.leaks, announcer, typeOf: parts.typeOf });
    const slots = Array.from({ length: parts.threads }, (_, number) => new Slot(number));
    this.slots = slots;
    const { maxResultBytes = Number.POSITIVE_INFINITY, descriptorReserve: reserve, countDescriptors: count } = parts;
    this.results = new ResultBytes(maxResultBytes, clock.soon.bind(clock));
    this.descriptors = new DescriptorBudget({ slots, reserve, count: count ?? (() => null), now: () => clock.now() });
    const dependencies = new Dependencies({ ...parts, listener: this.#dependenciesListener() });
    this.dependencies = dependencies;
    const budgets = this.#budgets();
    const settle = new Settle({ lanes, clock, metrics, announcer, budgets, listener: this.#settleListener() });
    this.settle = settle;
    this.gates = new Gates({ lanes, settle, clock, dependencies, called: this.#plan });
    const { gates } = this;
    this.admission = new Admission(parts.maxQueue, admissionListener(this, parts));
    const admission = this.admission;
    this.stop = new Stop({ lanes, slots, clock, settle, admission, gates, listener: this.#stopListener() });
    const recycling = { culprit: this.findings.culprit, ...parts.recycling };
    const listener = this.#listenToThreads();
    this.threads = new Threads({ ...parts, recycling, slots, make: this.#make, listener });
    const wantsProgress = (): boolean => announcer.wants('progress');
    const dispatching = { wantsProgress, brake: this.#brake(), listener: dispatchListener(this, () => this.#watch) };
    this.dispatch = new Dispatch({ ...parts, lanes, slots, gates, ...dispatching });
    this.#givenUp = new GivenUp(clock, (slot) => void this.threads.kill(slot, 0));
    const { threads, dispatch } = this;
    this.#casualties = new Casualties({ lanes, settle, threads, dispatch, givenUp: this.#givenUp });
    this.#watch = new Watch({ slots, clock, listener: this.#watchListener() });
    this.#outcomes = slots.map((slot) => new Outcomes(slot, { settle, metrics, gates, listener: this.threads }));
  }

  /** Tasks accepted and not started. */
  waiting(): number {
    let waiting = this.queued();
    for (const slot of this.slots) waiting += slot.unstarted;
    return waiting;
  }

  /** Submits a task; whatever becomes of it, its sink is told. */
  submit(task: Task): void {
    if (this.#mayCome(task)) this.admission.offer(task);
  }

  /** Takes note of a task that is to be submitted later, by `admission.readmit`. */
  hold(task: Task): void {
    if (this.#mayCome(task)) this.admission.hold(task);
  }

  /** Resolves when nothing accepted is pending. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.settle.pending === 0) resolve();
      else this.#idle.push(resolve);
    });
  }

  /** Sees to it that nothing of the core runs by itself any more. */
  quiet(): void {
    this.dispatch.stop();
    this.#watch.stop();
    this.#givenUp.stop();
  }

  /** Tasks accepted and with no thread. */
  queued(): number {
    return this.lanes.size + this.gates.size + this.settle.delayed.size;
  }

  /** False for one that is refused; any other is watched from now on. */
  #mayCome(task: Task): boolean {
    const { signal, deadline } = task.plan;
    const refusal = this.broken === undefined && task.gated ? this.gates.refusal(task) : undefined;
    if (this.broken !== undefined) this.settle.refuse(task, 'lost', this.broken);
    else if (signal?.aborted === true) this.settle.refuse(task, 'cancelled', signal.reason);
    else if (refusal !== undefined) this.settle.refuse(task, 'failed', refusal);
    else if (signal !== undefined || deadline !== undefined) this.stop.watch(task);
    return task.state === 'offered';
  }

  #budgets(): Budgets {
    const { retryBudget: own, clock, dependencies: named = {} } = this.#parts;
    const { table } = this.dependencies;
    const dependencies = Object.entries(named).map(([name, { retryBudget }]) => ({ name, retryBudget }));
    return new Budgets({ own, dependencies, calls: (index) => table.calls(index), now: clock.now() });
  }

  readonly #plan = (): void => {
    this.dispatch.plan();
  };

  readonly #make: MakeThread = (...args) => this.#parts.makeThread(...args, this.dependencies);

  #dependenciesListener(): ConstructorParameters<typeof Dependencies>[0]['listener'] {
    return {
      changed: (change) => {
        this.gates.changed(change);
      },
      released: (dependency) => {
        this.gates.released(dependency);
      },
      retired: (holder) => {
        this.gates.retire(holder);
      },
    };
  }

  #settleListener(): ConstructorParameters<typeof Settle>[0]['listener'] {
    return {
      requeued: this.#plan,
      left: () => {
        this.admission.roomMade();
      },
      idle: () => {
        for (const resolve of this.#idle.splice(0)) resolve();
      },
    };
  }

  #watchListener(): ConstructorParameters<typeof Watch>[0]['listener'] {
    return {
      unmoved: (slot) => {
        this.#read(slot);
      },
      stuck: (slot) => {
        this.threads.takeBack(slot);
      },
      looked: () => {
        this.dispatch.run();
        this.admission.roomMade();
        return this.lanes.size > 0 || this.slots.some((slot) => slot.outstanding > 0);
      },
    };
  }

  #brake(): Brake {
    return {
      holdsBack: (task) => this.results.isFull && this.#isHeldBack(task),
      ioWaits: (task) => this.descriptors.holdsBack(task),
    };
  }

  /** What was accepted when admission closed is finished, and so is what has begun: it could not be turned away as if it had not. */
  #isHeldBack(task: Task): boolean {
    return this.admission.isOpen && !task.hasStarted && task.sink?.holdsBack?.(task) === true;
  }

  #stopListener(): ConstructorParameters<typeof Stop>[0]['listener'] {
    return {
      revoked: (slot) => {
        this.threads.relieved(slot);
      },
      outlived: (slot, task) => {
        this.#read(slot);
        const { stop } = task;
        if (task.gated) this.gates.started(task);
        this.#casualties.outlived(slot, task);
        // Given up, it goes on in its thread for a while, and has what it has.
        if (task.gated && task.state !== 'dispatched') this.gates.giveUp(task, resultOf(stop?.outcome ?? 'cancelled'));
      },
    };
  }

  #read(slot: Slot): void {
    if (this.#outcomes[slot.number]?.read() === true) this.threads.ended(slot);
    this.threads.relieved(slot);
  }

  #listenToThreads(): ThreadsListener {
    return threadsListener(this, {
      parts: this.#parts,
      casualties: () => this.#casualties,
      read: (slot) => {
        this.#read(slot);
      },
      giveUp: (error) => {
        this.#giveUp(error);
      },
    });
  }

  #giveUp(error: RestartIntensityError): void {
    this.broken = error;
    this.#parts.onBroken(error);
    this.admission.close();
    this.dispatch.stop();
    this.settle.noMoreAttempts();
    this.stop.all('lost', () => error);
    void this.threads.close().then(() => {
      this.quiet();
    });
  }
}
