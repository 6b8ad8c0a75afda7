import type { Outcome } from '../../workers/protocol/outcome.js';
import { Admission } from '../admission/admission.js';
import { Settle } from '../attempts/settle.js';
import type { Clock } from '../clock.js';
import type { Describer, Engine, EngineEnd, Frame } from '../engine.js';
import { ClosedError, QueueFullError, type RestartIntensityError } from '../errors.js';
import { Lanes } from '../lanes/lanes.js';
import type { EngineRim } from '../make-engine.js';
import type { SaturationEvent } from '../observe/events.js';
import type { Inspection } from '../observe/inspection.js';
import type { Snapshot } from '../observe/snapshot.js';
import { ResultBytes } from '../results/result-bytes.js';
import type { Settings } from '../settings.js';
import type { StopWish, Task } from '../task.js';
import { EXIT_MS, QUIESCE_MS } from '../threads/ends.js';
import { Hosts } from './hosts.js';
import { hostsParts } from './hosts-parts.js';
import type { HostsListener } from './hosts-terms.js';
import { notSerializable } from './not-serializable.js';
import { Tidings } from './tidings.js';
import type { HostedOutcome } from './wire.js';
import { Wishes } from './wishes.js';

/** What a thread has of short tasks, about, until it is known how short they are. */
const STARTED_PER_THREAD = 64;

/**
 * Performs tasks in a child process, the host, which has the threads, the lanes and everything that is decided about attempts. What is
 * left here is what must outlive it: admission, the tasks that were accepted and are not settled, and their callers.
 *
 * Every accepted task goes to the host at once; what waits, waits there. Should the host die, the tasks are still here.
 */
export class HostedEngine implements Engine {
  readonly #rim: EngineRim;
  readonly #maxQueue: number;
  readonly #settle: Settle;
  readonly #admission: Admission;
  readonly #wishes: Wishes;
  readonly #hosts: Hosts;
  readonly #tidings: Tidings;
  readonly #idle: (() => void)[] = [];
  readonly results: ResultBytes;
  broken: RestartIntensityError | undefined;

  constructor(settings: Settings, rim: EngineRim, clock: Clock) {
    this.#rim = rim;
    this.#maxQueue = settings.maxQueue;
    const mostUnknown = settings.sizing.threads * (settings.ioConcurrency + STARTED_PER_THREAD);
    const soon = (run: () => void): void => {
      clock.soon(run);
    };
    this.results = new ResultBytes(settings.maxResultBytes, soon, mostUnknown);
    this.#tidings = new Tidings(rim);
    this.#settle = new Settle({
      lanes: new Lanes(),
      clock,
      metrics: this.#tidings.metrics,
      announcer: rim.announcer,
      listener: this.#settleListener(),
    });
    this.#admission = new Admission(settings.maxQueue, this.#admissionListener());
    this.#hosts = new Hosts(hostsParts(settings, rim, clock), this.#hostsListener());
    this.#wishes = new Wishes(clock, (task, wish) => {
      this.stop(task, wish);
    });
  }

  get describers(): readonly Describer[] {
    return [this.#hosts.main];
  }

  get pending(): number {
    return this.#settle.pending;
  }

  start(): void {
    this.#hosts.start();
  }

  submit(task: Task): void {
    if (this.#mayCome(task)) this.#admission.offer(task);
  }

  hold(task: Task): void {
    if (this.#mayCome(task)) this.#admission.hold(task);
  }

  readmit(task: Task): void {
    this.#admission.readmit(task);
  }

  stop(task: Task, wish: StopWish): void {
    switch (task.state) {
      case 'offered':
        this.#admission.leave(task);
        this.#settle.refuse(task, wish.outcome, wish.errorFor(false));
        return;
      case 'dispatched':
        // The host knows whether it has started, and ends its thread if it does not stop.
        this.#wishes.note(task, wish);
        this.#hosts.cancel(task, { outcome: wish.outcome, error: wish.errorFor(true) });
        return;
      case 'settled':
        return;
      default: {
        const isSuspect = this.#hosts.isSuspect(task);
        this.#hosts.leave(task);
        this.#settle.bad(task, wish.outcome, wish.errorFor(task.attemptsStarted > 0 || isSuspect));
      }
    }
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#settle.pending === 0) resolve();
      else this.#idle.push(resolve);
    });
  }

  closeAdmission(): void {
    this.#admission.close();
  }

  rejectUnstarted(): void {
    this.#stopWaiting();
    this.#hosts.rejectUnstarted();
  }

  abortAll(): void {
    this.#stopWaiting();
    this.#hosts.abortAll();
  }

  end(): Promise<EngineEnd> {
    return this.#hosts.end(QUIESCE_MS, EXIT_MS);
  }

  snapshot(frame: Frame): Snapshot {
    return this.#tidings.snapshot(frame, this.#hosts.main.pid);
  }

  async inspect({ name, state }: Frame): Promise<Inspection> {
    // One that dies while it is asked has nothing open any more.
    const found = await this.#hosts.inspect()?.catch(() => undefined);
    return { v: 1, name, state, threads: found?.threads ?? [], unattributed: found?.unattributed ?? [] };
  }

  /** False for one that is refused; any other is watched from now on. */
  #mayCome(task: Task): boolean {
    const { signal } = task.plan;
    if (this.broken !== undefined) this.#settle.refuse(task, 'lost', this.broken);
    else if (signal?.aborted === true) this.#settle.refuse(task, 'cancelled', signal.reason);
    else this.#wishes.watch(task);
    return task.state === 'offered';
  }

  #admissionListener(): ConstructorParameters<typeof Admission>[1] {
    const { announcer } = this.#rim;
    const maxQueue = this.#maxQueue;
    const queued = (): SaturationEvent => ({ queued: this.#hosts.unstarted, maxQueue });
    return {
      waiting: () => this.#hosts.unstarted,
      queued: () => this.#hosts.unstarted,
      accepted: (task) => {
        this.#settle.pending++;
        task.state = 'queued';
        this.#hosts.take(task);
      },
      rejected: (task, why) => {
        if (why === 'full') this.#settle.refuse(task, 'failed', new QueueFullError(maxQueue));
        else if (this.broken === undefined) this.#settle.refuse(task, 'cancelled', new ClosedError(false));
        else this.#settle.refuse(task, 'lost', this.broken);
      },
      saturated: () => {
        announcer.tell('saturated', queued());
      },
      unsaturated: () => {
        announcer.tell('unsaturated', queued());
      },
    };
  }

  #settleListener(): ConstructorParameters<typeof Settle>[0]['listener'] {
    return {
      requeued: () => {
        throw new Error('attempts are given by the host');
      },
      left: () => {
        this.#admission.roomMade();
      },
      idle: () => {
        for (const resolve of this.#idle.splice(0)) resolve();
      },
    };
  }

  #hostsListener(): HostsListener {
    return {
      up: (line) => {
        this.#rim.onReady(line);
      },
      outcome: (task, outcome, deaths) => {
        this.#ended(task, outcome, deaths);
      },
      told: () => {
        this.#admission.roomMade();
      },
      heard: (message, line) => {
        if (message.type === 'broken') this.#giveUp(message.error);
        else this.#tidings.heard(message, line);
        // It tells how many have started, and so whether there is room.
        if (message.type === 'status') this.#admission.roomMade();
      },
      lost: (task, error) => {
        if (error instanceof ClosedError) this.#bad(task, 'cancelled', error);
        else this.#bad(task, 'lost', error);
      },
      refused: (task, error) => {
        this.#bad(task, 'failed', notSerializable(task.input) ?? error);
      },
      restarted: (event) => {
        this.#tidings.died(event);
      },
      gaveUp: (error) => {
        this.#giveUp(error);
      },
    };
  }

  #ended(
    task: Task,
    { outcome, value, error, attempts, last, isLastNew, leaked }: HostedOutcome,
    deaths: number,
  ): void {
    task.attemptsStarted = attempts + deaths;
    task.leaked = leaked;
    task.last = last;
    if (last !== undefined && isLastNew) this.#tidings.metrics.ended(task, last);
    if (outcome === 'ok' && task.stop === undefined) this.#settle.ok(task, value);
    else this.#bad(task, outcome === 'ok' ? 'cancelled' : outcome, error);
  }

  /** What somebody wished who stopped it comes first. */
  #bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    const { stop } = task;
    if (stop === undefined) this.#settle.bad(task, outcome, error);
    else this.#settle.bad(task, stop.outcome, stop.error);
  }

  #stopWaiting(): void {
    const errorFor = (started: boolean): ClosedError => new ClosedError(started);
    for (const task of this.#hosts.waiting()) this.stop(task, { outcome: 'cancelled', errorFor, ends: 'task' });
  }

  #giveUp(error: RestartIntensityError): void {
    this.broken = error;
    this.#rim.onBroken(error);
    this.#admission.close();
    for (const task of this.#hosts.all()) if (task.state !== 'settled') this.#bad(task, 'lost', error);
    void this.#hosts.end(0, EXIT_MS);
  }
}
