/**
 * The supervisor's surface. Shutdown, step by step (`close`):
 *
 * 1. admission closes; whoever stands before a full queue is turned away;
 * 2. accepted work finishes, until the timeout;
 * 3. what is left is stopped: not started at once, running through its signal, and after its grace with its thread;
 * 4. every thread is asked to quiesce (cleanups, resources, teardowns, the ledger) and terminated, each with a deadline; child processes that
 *    outlive their thread are ended by their numbers;
 * 5. every exit is awaited;
 * 6. what is left to be said is written, and log files are closed;
 * 7. timers are taken back and the ledger is read: what it still holds is in the report.
 *
 * Each collection is closed before it is emptied, so nothing can slip in behind.
 */
import { EventEmitterAsyncResource } from 'node:events';
import { basePlan, type CallOptions, type MapOptions, planCall, planMap } from './call-options.js';
import { checkOptions } from './check-options.js';
import { systemClock } from './clock.js';
import type { Engine, Frame } from './engine.js';
import { ClosedError } from './errors.js';
import type { AnyModule, Handle, Handles, MapItem } from './handles.js';
import type { Journal } from './logs/journal.js';
import { makeJournal } from './logs/make-journal.js';
import { makeEngine } from './make-engine.js';
import { MapIteration } from './map.js';
import { failedIteration } from './map-source.js';
import { TaskModules } from './modules.js';
import type { Announcer, SupervisorEvents } from './observe/events.js';
import { answerInspector, type Inspection } from './observe/inspection.js';
import type { Snapshot } from './observe/snapshot.js';
import { PromiseSink } from './promise-sink.js';
import { type Settings, settingsFrom } from './settings.js';
import { type CloseOptions, type CloseReport, Shutdown } from './shutdown.js';
import type { SupervisorOptions } from './supervisor-options.js';
import { type Sink, Task, type TaskPlan, type TaskType } from './task.js';

/** Hands tasks to threads, bounds them, contains their failures, and leaves nothing open. */
export class Supervisor extends EventEmitterAsyncResource {
  readonly #settings: Settings;
  readonly #engine: Engine;
  readonly #modules: TaskModules;
  readonly #shutdown: Shutdown;
  /** Undefined where nobody wants to know what is said. */
  readonly #journal: Journal | undefined;
  #tasks = 0;

  /**
   * Starts no thread before the current code is through; the first comes up then, the others one after another, or at once when work waits.
   *
   * @throws BadOptionError when an option has a wrong name, type or range
   */
  constructor(options: SupervisorOptions = {}) {
    const settings = settingsFrom(options);
    super({ name: settings.name });
    this.#settings = settings;
    this.#journal = makeJournal(settings, (number) => this.#modules.typeOf(number)?.label);
    this.#engine = makeEngine(settings, {
      announcer: this.#announcer(),
      typeOf: (number) => this.#modules.typeOf(number),
      lines: (lines, lost) => {
        this.#journal?.lines(lines, lost);
      },
      onReady: (describer) => {
        this.#modules.threadReady(describer);
      },
      onBroken: (error) => {
        this.#modules.close(error);
      },
    });
    this.#modules = new TaskModules(this.#engine.describers, basePlan(settings), settings);
    this.#shutdown = new Shutdown({
      engine: this.#engine,
      modules: this.#modules,
      endInspecting: answerInspector(() => this.inspect()),
      closeLogs: async () => this.#journal?.close(),
    });
    queueMicrotask(() => {
      if (this.#shutdown.state === 'running') this.#engine.start();
    });
  }

  /** Listens to an event; see `SupervisorEvents` for what there is. `'error'` is never emitted. */
  override on<Name extends keyof SupervisorEvents>(
    event: Name,
    listener: (...args: SupervisorEvents[Name]) => void,
  ): this {
    return super.on(event, listener as (...args: unknown[]) => void);
  }

  /** Listens to the next event of a name. */
  override once<Name extends keyof SupervisorEvents>(
    event: Name,
    listener: (...args: SupervisorEvents[Name]) => void,
  ): this {
    return super.once(event, listener as (...args: unknown[]) => void);
  }

  /** Listens no more. */
  override off<Name extends keyof SupervisorEvents>(
    event: Name,
    listener: (...args: SupervisorEvents[Name]) => void,
  ): this {
    return super.off(event, listener as (...args: unknown[]) => void);
  }

  /** What the supervisor is called. */
  get name(): string {
    return this.#settings.name;
  }

  /**
   * Imports a task module in a thread and gives a typed handle for each function it exports.
   *
   * @param specifier - a file: or data: URL, an absolute path, or a path relative to the working directory
   * @throws LoadFailedError when it cannot be loaded, `cause` being the module's own error; ClosedError after `close()`
   */
  async load<Module = AnyModule>(specifier: string | URL): Promise<Handles<Module>> {
    if (this.#shutdown.state !== 'running') throw this.#engine.broken ?? new ClosedError(false);
    const [types] = await Promise.all([this.#modules.load(specifier), this.#journal?.opened()]);
    return Object.fromEntries(types.map((type) => [type.name, this.#handle(type)])) as unknown as Handles<Module>;
  }

  /** The state of everything, as plain JSON. Costs no thread anything. */
  snapshot(): Snapshot {
    return this.#engine.snapshot(this.#frame());
  }

  /**
   * What is open, thread by thread, with task and line. Asks the threads; one that is too busy to answer is told from what the kernel and the
   * table of owners know.
   */
  inspect(): Promise<Inspection> {
    return this.#engine.inspect(this.#frame());
  }

  /** Resolves when nothing accepted is pending. Stops nothing. */
  drain(): Promise<void> {
    return this.#engine.drained();
  }

  /**
   * Ends the supervisor: takes no more tasks, finishes those it accepted, ends all threads. What is not finished after `timeout` is
   * aborted; with `queued: 'reject'` only what runs already is finished. A second call gives the same promise; the shorter timeout holds.
   *
   * @throws BadOptionError when an option is wrong; nothing is closed then
   */
  close(options: CloseOptions = {}): Promise<CloseReport> {
    try {
      const { timeout = DEFAULT_CLOSE_MS, queued } = checkOptions(options, 'close') as CloseOptions & {
        timeout?: number;
      };
      return this.#shutdown.close(timeout, queued ?? 'finish');
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** {@link Supervisor.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #handle(type: TaskType): Handle<unknown, unknown> {
    const call = (input?: unknown, options?: CallOptions): Promise<unknown> => {
      const sink = new PromiseSink();
      const { promise } = sink;
      try {
        const plan = options === undefined ? type.plan : planCall(type.plan, options);
        this.#engine.submit(this.#newTask(type, plan, input, sink));
      } catch (error) {
        sink.reject(error);
      }
      return promise;
    };
    const map = (
      inputs: Iterable<unknown> | AsyncIterable<unknown>,
      options: MapOptions = {},
    ): AsyncIterableIterator<MapItem<unknown, unknown>> => {
      const host = { engine: this.#engine, newTask: this.#newTask };
      try {
        return new MapIteration(host, type, planMap(type.plan, options, this.#settings.mapConcurrency), inputs);
      } catch (error) {
        return failedIteration(error);
      }
    };
    Object.defineProperty(call, 'name', { value: type.name, configurable: true });
    return Object.defineProperty(Object.assign(call, { map }), 'taskName', {
      get: () => type.label,
    }) as unknown as Handle<unknown, unknown>;
  }

  #frame(): Frame {
    const { name, sizing, tracked } = this.#settings;
    return { name, sizing, tracked, state: this.#shutdown.state };
  }

  readonly #newTask = (type: TaskType, plan: TaskPlan, input: unknown, sink: Sink): Task =>
    new Task(++this.#tasks, type, plan, input, sink, systemClock.now());

  #announcer(): Announcer {
    return {
      wants: (event) => this.listenerCount(event) > 0 || (event === 'settled' && this.#journal?.wantsSettled === true),
      tell: (event, ...args) => {
        apart(() => this.#journal?.event(event, ...args));
        apart(() => this.emit(event, ...args));
      },
    };
  }
}

/** A close without a timeout waits so long for accepted work. */
const DEFAULT_CLOSE_MS = 30_000;

/** An error of a listener's or a logger's own is thrown where the host sees it, but not through the middle of our work. */
function apart(tell: () => unknown): void {
  try {
    tell();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
