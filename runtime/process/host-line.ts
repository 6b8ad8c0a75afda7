import type { ModuleDescription } from '../../workers/protocol/messages.js';
import type { Describer, EngineEnd } from '../engine.js';
import { ThreadLostError } from '../errors.js';
import type { Task, TaskType } from '../task.js';
import { type HostDeath, HostProcess, type HostSetup } from './host-process.js';
import { howItEnded } from './quarantine.js';
import type { FromHost, HostedOutcome } from './wire.js';

/** What a line tells of. */
export interface LineListener {
  /** Its host takes tasks now. */
  up(line: HostLine): void;
  outcomes(line: HostLine, batch: readonly HostedOutcome[]): void;
  told(line: HostLine, message: FromHost): void;
  /** Its host is gone, unasked; these tasks were with it, in the order they were sent. */
  died(line: HostLine, death: HostDeath, had: readonly Task[]): void;
}

/** What a line is made with. */
export interface LineParts {
  readonly setup: HostSetup;
  readonly now: () => number;
  /** Numbers the hosts of lines of this number. */
  readonly nextGeneration: () => number;
  /** Whether somebody listens to everybody's progress. */
  readonly wantsProgress: () => boolean;
}

/**
 * The place of one host, as a slot is that of one thread: hosts come and go in it.
 *
 * | state | meaning | goes on to |
 * |---|---|---|
 * | `cold` | no host, or the last one is gone | `starting` |
 * | `starting` | its host is coming up | `up`, `cold` (died), `ending` |
 * | `up` | takes tasks | `ending`, `cold` (died) |
 * | `ending` | its host is being ended | `cold` |
 */
export class HostLine implements Describer {
  readonly number: number;
  readonly #setup: HostSetup;
  readonly #listener: LineListener;
  readonly #now: () => number;
  readonly #nextGeneration: () => number;
  /** Names of the types its host knows, by number. */
  readonly #introduced = new Map<number, string>();
  readonly #wantsProgress: () => boolean;
  #state: 'cold' | 'starting' | 'up' | 'ending' = 'cold';
  #host: HostProcess | undefined;
  #end: Promise<EngineEnd> | undefined;
  #has = new Map<number, Task>();
  /** Of its host, counted over all lines of its number. */
  generation = 0;

  constructor(number: number, parts: LineParts, listener: LineListener) {
    this.number = number;
    this.#setup = parts.setup;
    this.#now = parts.now;
    this.#nextGeneration = parts.nextGeneration;
    this.#wantsProgress = parts.wantsProgress;
    this.#listener = listener;
  }

  get state(): 'cold' | 'starting' | 'up' | 'ending' {
    return this.#state;
  }

  get open(): boolean {
    return this.#state === 'up';
  }

  /** Tasks its host has and has not told the outcome of. */
  get outstanding(): number {
    return this.#has.size;
  }

  /** Those of them that have not started, as far as is known. */
  get unstarted(): number {
    return this.#host === undefined ? 0 : Math.min(this.#has.size, this.#host.waiting);
  }

  /** Its host, as something to tell hosts apart by. */
  get host(): object | undefined {
    return this.#host;
  }

  get pid(): number | undefined {
    return this.#host?.pid;
  }

  /** Whether it is the usual one, and not that of suspects. */
  get isUsual(): boolean {
    return this.number === 0;
  }

  /** The task of a number, while its host has it. */
  at(id: number): Task | undefined {
    return this.#has.get(id);
  }

  has(task: Task): boolean {
    return this.#has.has(task.id);
  }

  /** The tasks its host has, in the order they were sent. */
  tasks(): Task[] {
    return [...this.#has.values()];
  }

  /** Brings up a host, unless there is one. */
  start(): void {
    if (this.#state !== 'cold') return;
    this.#state = 'starting';
    this.#introduced.clear();
    const host: HostProcess = new HostProcess(this.#setup, (this.generation = this.#nextGeneration()), {
      ready: () => {
        if (this.#state !== 'starting') return;
        this.#state = 'up';
        this.#listener.up(this);
      },
      outcomes: (batch) => {
        this.#listener.outcomes(this, batch);
      },
      told: (message) => {
        this.#listener.told(this, message);
      },
      died: (death) => {
        this.#died(death);
      },
    });
    this.#host = host;
    host.start();
  }

  /**
   * Sends a task.
   *
   * @throws what serialising its input throws; nothing was sent then
   */
  send(task: Task): void {
    const host = this.#host;
    if (host === undefined || this.#state !== 'up') throw new Error(`host ${this.number} is not up`);
    this.#introduce(host, task.type);
    host.submit({
      id: task.id,
      type: task.type.number,
      input: task.input,
      attemptsStarted: task.attemptsStarted,
      plan: task.plan === task.type.plan ? undefined : task.plan,
      progress: task.plan.onProgress !== undefined || this.#wantsProgress(),
      waitedMs: this.#now() - task.submittedAt,
    });
    this.#has.set(task.id, task);
    if (this.#has.size === 1) host.ref();
  }

  /** The task's outcome is there; undefined if it is none of its own (any more). */
  take(id: number): Task | undefined {
    const task = this.#has.get(id);
    this.#has.delete(id);
    if (this.#has.size === 0) this.#host?.unref();
    return task;
  }

  /** Asks its host to stop a task. */
  cancel(task: Task, wish: Parameters<HostProcess['cancel']>[1]): void {
    this.#host?.cancel(task.id, wish);
  }

  /** Steps of closing. */
  rejectUnstarted(): void {
    this.#host?.rejectUnstarted();
  }

  abortAll(): void {
    this.#host?.abortAll();
  }

  /** Kills its host, which dies of it. */
  kill(): void {
    this.#host?.kill();
  }

  async describe(href: string): Promise<ModuleDescription | undefined> {
    try {
      return await this.#host?.describe(href);
    } catch (death) {
      // Of a thread of its, or its own.
      if (typeof death !== 'object' || death === null || !('signal' in death)) throw death;
      const { exitCode, signal } = death as HostDeath;
      const why = `its process ended with ${howItEnded({ exitCode, signal })}`;
      throw new ThreadLostError(why, { started: true, exitCode: exitCode ?? undefined });
    }
  }

  inspect(): ReturnType<HostProcess['inspect']> | undefined {
    return this.#state === 'up' ? this.#host?.inspect() : undefined;
  }

  /** Ends its host; undefined when there is none. */
  async end(quiesceMs: number, exitMs: number): Promise<EngineEnd | undefined> {
    const host = this.#host;
    if (host === undefined) return undefined;
    if (this.#state !== 'ending') {
      this.#state = 'ending';
      this.#end = host.end(quiesceMs, exitMs);
    }
    const end = await this.#end;
    if (this.#host === host) {
      this.#host = undefined;
      this.#state = 'cold';
    }
    return end;
  }

  #introduce(host: HostProcess, type: TaskType): void {
    if (this.#introduced.get(type.number) === type.label) return;
    this.#introduced.set(type.number, type.label);
    host.introduce(type);
  }

  #died(death: HostDeath): void {
    const had = [...this.#has.values()];
    this.#has = new Map();
    this.#host = undefined;
    this.#state = 'cold';
    this.#listener.died(this, death, had);
  }
}
