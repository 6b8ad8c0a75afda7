import type { FromThread } from '../workers/protocol/messages.js';
import { Admission } from './admission/admission.js';
import { Casualties } from './attempts/casualties.js';
import { Dispatch } from './attempts/dispatch.js';
import { Outcomes } from './attempts/outcomes.js';
import { Settle } from './attempts/settle.js';
import { Stop } from './attempts/stop.js';
import { notCloneable } from './attempts/verdict.js';
import { Watch } from './attempts/watch.js';
import type { Clock } from './clock.js';
import { canClone } from './clone.js';
import { ClosedError, QueueFullError, type RestartIntensityError } from './errors.js';
import { Lanes } from './lanes/lanes.js';
import { Findings } from './ledger/findings.js';
import { Leaks } from './ledger/leaks.js';
import type { Announcer } from './observe/events.js';
import { Metrics } from './observe/metrics.js';
import type { Task, TaskType } from './task.js';
import type { RecycleLimits } from './threads/recycle.js';
import type { Recycling } from './threads/recycling.js';
import type { RestartLimits } from './threads/restart.js';
import { Slot } from './threads/slot.js';
import type { MakeThread } from './threads/thread.js';
import { Threads } from './threads/threads.js';

/** What the core is made with. The simulation hands in another clock and other threads; nothing else differs. */
export interface CoreParts {
  readonly threads: number;
  readonly maxQueue: number;
  readonly ioConcurrency: number;
  readonly restart: RestartLimits;
  readonly recycle: RecycleLimits;
  /** Where recycling goes about it another way than usual. */
  readonly recycling?: Partial<Recycling>;
  readonly clock: Clock;
  readonly wallClock: () => string;
  readonly makeThread: MakeThread;
  readonly announcer: Announcer;
  /** The task of a number on the wire. */
  readonly typeOf: (number: number) => TaskType | undefined;
  /** A line a task logged. */
  readonly log: (line: Extract<FromThread, { type: 'log' }>) => void;
  /** A thread takes attempts now. */
  readonly onReady: (slot: Slot) => void;
  /** The supervisor has given up on its threads. */
  readonly onBroken: (error: RestartIntensityError) => void;
}

/**
 * The supervisor without its surface: wires admission, lanes, attempts and threads to each other. It decides nothing; what is decided is
 * decided in the rooms.
 */
export class Core {
  readonly lanes = new Lanes();
  readonly metrics: Metrics;
  readonly leaks = new Leaks();
  readonly findings: Findings;
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
  readonly #outcomes: readonly Outcomes[];
  readonly #idle: (() => void)[] = [];
  /** Why there are no threads any more. */
  broken: RestartIntensityError | undefined;

  constructor(parts: CoreParts) {
    this.#parts = parts;
    this.maxQueue = parts.maxQueue;
    const { clock, announcer } = parts;
    this.metrics = new Metrics(this.leaks);
    const { lanes, metrics } = this;
    this.findings = new Findings({ leaks: this.leaks, announcer, typeOf: parts.typeOf });
    const slots = Array.from({ length: parts.threads }, (_, number) => new Slot(number));
    this.slots = slots;
    const settle = new Settle({ lanes, clock, metrics, announcer, listener: this.#settleListener() });
    this.settle = settle;
    this.admission = new Admission(parts.maxQueue, this.#admissionListener());
    const admission = this.admission;
    this.stop = new Stop({ lanes, slots, clock, settle, admission, listener: this.#stopListener() });
    const recycling = { culprit: this.findings.culprit, ...parts.recycling };
    const listener = this.#threadsListener();
    this.threads = new Threads({ ...parts, recycling, slots, make: parts.makeThread, listener });
    const wantsProgress = (): boolean => announcer.wants('progress');
    this.dispatch = new Dispatch({ ...parts, lanes, slots, wantsProgress, listener: this.#dispatchListener() });
    this.#casualties = new Casualties({ lanes, settle, threads: this.threads, dispatch: this.dispatch });
    this.#watch = new Watch({ slots, clock, listener: this.#watchListener() });
    this.#outcomes = slots.map((slot) => new Outcomes(slot, settle, metrics, this.threads));
  }

  /** Tasks accepted and not started. */
  waiting(): number {
    let waiting = this.lanes.size + this.settle.delayed.size;
    for (const slot of this.slots) waiting += slot.unstarted;
    return waiting;
  }

  /** Submits a task; whatever becomes of it, its sink is told. */
  submit(task: Task): void {
    const { signal } = task.plan;
    if (this.broken !== undefined) {
      this.settle.refuse(task, 'lost', this.broken);
      return;
    }
    if (signal?.aborted === true) {
      this.settle.refuse(task, 'cancelled', signal.reason);
      return;
    }
    if (signal !== undefined || task.plan.deadline !== undefined) this.stop.watch(task);
    this.admission.offer(task);
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
  }

  #settleListener(): ConstructorParameters<typeof Settle>[0]['listener'] {
    return {
      requeued: () => {
        this.dispatch.plan();
      },
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

  #admissionListener(): ConstructorParameters<typeof Admission>[1] {
    const { announcer, maxQueue } = this.#parts;
    return {
      waiting: () => this.waiting(),
      accepted: (task) => {
        this.settle.pending++;
        this.lanes.push(task, this.#parts.clock.now());
        this.dispatch.plan();
      },
      rejected: (task, why) => {
        if (why === 'full') this.settle.refuse(task, 'failed', new QueueFullError(maxQueue));
        else if (this.broken === undefined) this.settle.refuse(task, 'cancelled', new ClosedError(false));
        else this.settle.refuse(task, 'lost', this.broken);
      },
      saturated: () => {
        announcer.tell('saturated', { queued: this.waiting(), maxQueue });
      },
      unsaturated: () => {
        announcer.tell('unsaturated', { queued: this.waiting(), maxQueue });
      },
    };
  }

  #dispatchListener(): ConstructorParameters<typeof Dispatch>[0]['listener'] {
    return {
      dispatched: (task) => {
        this.#watch.arm();
        if (task.plan.timeout !== undefined) this.stop.watchTimeout(task);
      },
      refused: (task, error) => {
        this.settle.bad(task, 'failed', canClone(task.input) ? error : notCloneable(task.input));
      },
      short: () => {
        this.threads.startAll();
        this.#watch.arm();
      },
    };
  }

  #stopListener(): ConstructorParameters<typeof Stop>[0]['listener'] {
    return {
      revoked: (slot) => {
        this.threads.relieved(slot);
      },
      outlived: (slot, task) => {
        this.#read(slot);
        this.#casualties.outlived(slot, task);
      },
    };
  }

  #read(slot: Slot): void {
    if (this.#outcomes[slot.number]?.read() === true) this.threads.ended(slot);
    this.threads.relieved(slot);
  }

  #threadsListener(): ConstructorParameters<typeof Threads>[0]['listener'] {
    const { announcer } = this.#parts;
    return {
      ready: (slot) => {
        this.findings.cleared(slot.number);
        this.#parts.onReady(slot);
        this.dispatch.run();
        this.threads.startNext();
      },
      outcomes: (slot) => {
        this.#read(slot);
        this.dispatch.run();
        this.admission.roomMade();
      },
      said: (slot, message) => {
        if (message.type === 'log') this.#parts.log(message);
        else if (message.type === 'progress') this.#progressed(slot, message);
        else this.findings.heard(slot, message);
      },
      unstarted: (task) => {
        this.#casualties.unstarted(task);
      },
      lost: (task, why) => {
        this.#casualties.lost(task, why);
      },
      restarted: (event) => {
        announcer.tell('restart', event);
      },
      recycled: (record) => {
        announcer.tell('recycle', record);
      },
      roomier: (slot) => {
        if (slot.open) this.#parts.onReady(slot);
        this.dispatch.plan();
      },
      gaveUp: (error) => {
        this.#giveUp(error);
      },
    };
  }

  #progressed(slot: Slot, { entry, id, fraction, note }: Extract<FromThread, { type: 'progress' }>): void {
    const task = slot.at(entry);
    if (task?.id !== id) return;
    task.plan.onProgress?.(fraction, note);
    this.#parts.announcer.tell('progress', { task: task.type.label, taskId: id, fraction, note });
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
