import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { retryFrom } from '../../runtime/attempts/retry.js';
import { basePlan } from '../../runtime/call-options.js';
import { checkOptions } from '../../runtime/check-options.js';
import { type HostDeath, HostProcess } from '../../runtime/process/host-process.js';
import type { FromHost, HostedOutcome, HostedTask, HostedType } from '../../runtime/process/wire.js';
import { settingsFrom } from '../../runtime/settings.js';
import type { SupervisorOptions } from '../../runtime/supervisor-options.js';
import { isGated, type TaskPlan } from '../../runtime/task.js';
import { type Deferred, deferred } from './deferred.js';

/** One real host and what it says, without a supervisor above it. */
export class HostStand {
  readonly host: HostProcess;
  /** Everything it said of its own accord, in order; outcomes and its death are entered by their type. */
  readonly log: string[] = [];
  readonly news: FromHost[] = [];
  readonly outcomes = new Map<number, HostedOutcome>();
  readonly #base: TaskPlan;
  readonly #up = deferred();
  readonly #death = deferred<HostDeath>();
  readonly #awaited = new Map<number, Deferred<HostedOutcome>>();
  readonly #wanted: { readonly is: (news: FromHost) => boolean; readonly found: Deferred<FromHost> }[] = [];
  readonly #types = new Map<string, HostedType>();
  #lastId = 0;
  #lastType = -1;

  private constructor(options: SupervisorOptions) {
    const settings = settingsFrom({ threads: 2, ...options, isolation: 'process' });
    this.#base = basePlan(settings);
    this.host = new HostProcess({ settings }, 1, {
      ready: this.#up.resolve,
      outcomes: (batch) => {
        for (const outcome of batch) this.#settled(outcome);
      },
      told: (news) => {
        this.#told(news);
      },
      died: (death) => {
        this.log.push('died');
        this.#death.resolve(death);
      },
    });
  }

  /** A host that is up; it is ended with the test. */
  static async up(t: TestContext, options: SupervisorOptions = {}): Promise<HostStand> {
    const stand = new HostStand(options);
    stand.host.start();
    t.after(() => stand.host.end(0, 5_000));
    await Promise.race([
      stand.#up.promise,
      stand.death().then(({ output, error }) => assert.fail(error instanceof Error ? error.message : output)),
    ]);
    return stand;
  }

  /** Has a module looked at, and introduces its tasks. */
  async load(module: URL): Promise<void> {
    const { exports, failed } = await this.host.describe(module.href);
    assert.equal(failed, undefined);
    for (const { name, options } of exports) {
      const { retry, ...own } = checkOptions(options, 'task');
      const plan = { ...this.#base, ...(own as Partial<TaskPlan>), retry: retryFrom(retry, this.#base.retry) };
      assert.equal(isGated(plan), false);
      const type = { number: ++this.#lastType, href: module.href, name, label: name, plan };
      this.#types.set(name, type);
      this.host.introduce(type);
    }
  }

  /** Sends a task; the answer is its number. */
  send(name: string, input?: unknown, more: Partial<HostedTask> & { overlay?: Partial<TaskPlan> } = {}): number {
    const type = this.#types.get(name) ?? assert.fail(`${name} was not loaded`);
    const { overlay, ...own } = more;
    const plan = overlay === undefined ? undefined : { ...type.plan, ...overlay };
    const id = ++this.#lastId;
    const task = { id, type: type.number, input, attemptsStarted: 0, plan, progress: false, waitedMs: 0 };
    this.host.submit({ ...task, ...own });
    this.host.ref();
    return id;
  }

  /** What becomes of a task. */
  outcome(id: number): Promise<HostedOutcome> {
    const known = this.outcomes.get(id);
    if (known !== undefined) return Promise.resolve(known);
    const awaited = this.#awaited.get(id) ?? deferred<HostedOutcome>();
    this.#awaited.set(id, awaited);
    return awaited.promise;
  }

  /** Sends a task and gives what becomes of it. */
  run(...task: Parameters<HostStand['send']>): Promise<HostedOutcome> {
    return this.outcome(this.send(...task));
  }

  /** Something of a kind, said before or later. */
  async heard<Type extends FromHost['type']>(
    type: Type,
    is: (news: Extract<FromHost, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<FromHost, { type: Type }>> {
    const isIt = (news: FromHost): boolean => news.type === type && is(news as Extract<FromHost, { type: Type }>);
    const found = deferred<FromHost>();
    const known = this.news.find(isIt);
    if (known !== undefined) found.resolve(known);
    else this.#wanted.push({ is: isIt, found });
    return (await found.promise) as Extract<FromHost, { type: Type }>;
  }

  /** Resolves when a task that says so has begun. */
  async begun(id: number): Promise<void> {
    await this.heard('progress', ({ event }) => event.taskId === id);
  }

  /** Its death, unasked. */
  death(): Promise<HostDeath> {
    return this.#death.promise;
  }

  #settled(outcome: HostedOutcome): void {
    assert.equal(this.outcomes.has(outcome.id), false, `task ${outcome.id} was told twice`);
    this.log.push(`outcome ${outcome.id}`);
    this.outcomes.set(outcome.id, outcome);
    this.#awaited.get(outcome.id)?.resolve(outcome);
  }

  #told(news: FromHost): void {
    this.log.push(news.type);
    this.news.push(news);
    for (const wanted of this.#wanted) if (wanted.is(news)) wanted.found.resolve(news);
  }
}
