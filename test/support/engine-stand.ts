import type { TestContext } from 'node:test';
import { basePlan } from '../../runtime/call-options.js';
import { systemClock } from '../../runtime/clock.js';
import type { Engine } from '../../runtime/engine.js';
import type { LogLine } from '../../runtime/logs/log-line.js';
import type { Lines, LostLines } from '../../runtime/logs/read-line.js';
import { makeEngine } from '../../runtime/make-engine.js';
import { TaskModules } from '../../runtime/modules.js';
import { PromiseSink } from '../../runtime/promise-sink.js';
import { settingsFrom } from '../../runtime/settings.js';
import type { SupervisorOptions } from '../../runtime/supervisor-options.js';
import { Task, type TaskType } from '../../runtime/task.js';
import { deferred } from './deferred.js';
import { copiesOf } from './read-line.js';

const ignore = (): undefined => undefined;
const LOGGER = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What performs tasks, without a supervisor above it: its lines are kept as they come. */
export class EngineStand {
  readonly engine: Engine;
  readonly lines: LogLine[] = [];
  readonly lost: LostLines[] = [];
  readonly #modules: TaskModules;
  readonly #wanted: { readonly is: (line: LogLine) => boolean; readonly heard: () => void }[] = [];
  readonly #types = new Map<string, TaskType>();
  /** Threads without work do not keep a process alive, and a test may wait for what they say. */
  readonly #alive = setInterval(ignore, 2 ** 30);
  #lastId = 0;

  /** It is ended with the test. `listens`: whether somebody wants lines. */
  constructor(t: TestContext, options: SupervisorOptions = {}, listens = true) {
    const settings = settingsFrom({ threads: 1, ...(listens ? { logs: LOGGER } : {}), ...options });
    this.engine = makeEngine(settings, {
      announcer: { wants: () => false, tell: ignore },
      typeOf: (number) => this.#modules.typeOf(number),
      lines: (lines, lost) => {
        this.#heard(lines, lost);
      },
      onReady: (describer) => {
        this.#modules.threadReady(describer);
      },
      onBroken: ignore,
    });
    this.#modules = new TaskModules(this.engine.describers, basePlan(settings), settings);
    this.engine.start();
    t.after(() => this.end());
  }

  async load(module: URL): Promise<void> {
    for (const type of await this.#modules.load(module)) this.#types.set(type.name, type);
  }

  /** Submits a task. */
  run(name: string, input?: unknown): Promise<unknown> {
    const type = this.#types.get(name);
    if (type === undefined) throw new Error(`${name} was not loaded`);
    const sink = new PromiseSink();
    this.engine.submit(new Task(++this.#lastId, type, type.plan, input, sink, systemClock.now()));
    return sink.promise;
  }

  /** Resolves when there is such a line. */
  async heard(is: (line: LogLine) => boolean): Promise<void> {
    if (this.lines.some(is)) return;
    const { promise, resolve } = deferred();
    this.#wanted.push({ is, heard: resolve });
    await promise;
  }

  async end(): Promise<void> {
    clearInterval(this.#alive);
    await this.engine.end();
  }

  #heard(read: Lines, lost: LostLines | undefined): void {
    const lines = copiesOf(read).map(({ handler, ...line }) => ({
      ...line,
      taskName: line.taskId === undefined ? undefined : this.#modules.typeOf(handler)?.label,
    }));
    this.lines.push(...lines);
    if (lost !== undefined) this.lost.push(lost);
    for (const { is, heard } of this.#wanted) if (lines.some(is)) heard();
  }
}
