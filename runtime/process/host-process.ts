import { MOST_AHEAD } from '../../workers/protocol/black-box.js';
import type { ModuleDescription } from '../../workers/protocol/messages.js';
import type { EngineEnd } from '../engine.js';
import type { Inspection } from '../observe/inspection.js';
import type { Settings } from '../settings.js';
import { within } from '../threads/within.js';
import { BlackBox } from './black-box.js';
import { type ChildEnd, HostChild } from './host-child.js';
import { type HostDeath, type HostListener, HostWire } from './host-wire.js';
import { StartedAttempts } from './started-attempts.js';
import {
  type BoxTerms,
  HOST_VERSION,
  type HostedTask,
  type HostedType,
  type HostedWish,
  type HostSettings,
} from './wire.js';

export type { HostDeath, HostListener };

/** What a host is made with. */
export interface HostSetup {
  /** Of the supervisor; `sizing` is that of this host. */
  readonly settings: HostSettings;
}

/** Beyond what ending its threads may take, a host has so long to tell of it and to exit. */
const SLACK_MS = 1_000;

/**
 * The supervisor's end of one host: a child process that has the threads. It comes up once; the next host is another object.
 *
 * | state | meaning | goes on to |
 * |---|---|---|
 * | `made` | not started | `starting`, `gone` |
 * | `starting` | is coming up; whatever is sent waits in the wire | `up`, `ending`, `gone` (died) |
 * | `up` | takes tasks | `ending`, `gone` (died) |
 * | `ending` | was asked to end, or killed | `gone` |
 * | `gone` | its exit was seen | – |
 */
export class HostProcess {
  readonly generation: number;
  readonly #setup: HostSetup;
  readonly #listener: HostListener;
  readonly #child: HostChild;
  readonly #wire: HostWire;
  readonly #started = new StartedAttempts();
  #box: BlackBox | undefined;
  #state: 'made' | 'starting' | 'up' | 'ending' | 'gone' = 'made';
  #isWanted = false;
  #report: EngineEnd | undefined;
  /** Resolves when it is gone. */
  readonly #exit: Promise<ChildEnd>;
  #exited: (end: ChildEnd) => void = () => undefined;

  constructor(setup: HostSetup, generation: number, listener: HostListener) {
    this.#setup = setup;
    this.generation = generation;
    this.#listener = listener;
    this.#exit = new Promise((resolve) => (this.#exited = resolve));
    this.#wire = new HostWire({
      listener,
      started: this.#started,
      ready: () => {
        this.#ready();
      },
      ended: (report) => (this.#report = report),
      changed: () => {
        this.#keepAlive();
      },
    });
    this.#child = new HostChild({
      data: (chunk) => {
        this.#wire.take(chunk);
      },
      ended: (end) => {
        this.#ended(end);
      },
    });
  }

  /** Undefined before it has started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Tasks it has that have not started: those it told of last, and those sent since. */
  get waiting(): number {
    return this.#wire.waiting;
  }

  /** Brings it up; `ready` or `died` follows. */
  start(): void {
    this.#state = 'starting';
    const { settings } = this.#setup;
    const terms = boxTerms(settings);
    try {
      this.#box = new BlackBox(terms.slots, terms.entries);
      this.#child.start(this.#box.fd, settings.threadSetup.output);
      this.#wire.open(this.#child.wire);
      this.#wire.send({ type: 'hello', version: HOST_VERSION, settings: plainSettings(settings), box: terms });
    } catch (error) {
      this.#refused(error);
    }
    this.#keepAlive();
  }

  /** Makes a type known; before its first task, and again when its label has changed. */
  introduce(type: HostedType): void {
    this.#wire.introduce(type);
  }

  /**
   * Sends a task, once the code that submits is through.
   *
   * @throws what serializing its input or its `args` throws; nothing was sent then
   */
  submit(task: HostedTask): void {
    this.#wire.submit(task);
    this.#started.over(task.id, task.attemptsStarted);
  }

  /** Asks for a task to be stopped, wherever it is; its outcome follows. */
  cancel(id: number, { outcome, error }: HostedWish): void {
    this.#wire.cancel(id, outcome, error);
  }

  /** Imports a module in one of its threads and lists its handlers. Rejects when the thread or the host dies. */
  describe(href: string): Promise<ModuleDescription> {
    return this.#wire.ask((request) => ({ type: 'describe', request, href }));
  }

  /** What is open in its threads. Rejects when it dies. */
  inspect(): Promise<Inspection> {
    return this.#wire.ask((request) => ({ type: 'inspect', request }));
  }

  /** Rejects what has not started. */
  rejectUnstarted(): void {
    this.#wire.send({ type: 'reject-unstarted' });
  }

  /** Stops everything it has, and gives no further attempts. */
  abortAll(): void {
    this.#wire.send({ type: 'abort-all' });
  }

  /**
   * Asks it to end its threads and to exit, for which it has both times together; with `quiesceMs` 0, and afterwards, it is killed, and so is
   * what is left of its process group. Resolves once its exit was seen, `exitMs` after that at the latest.
   */
  async end(quiesceMs: number, exitMs: number): Promise<EngineEnd> {
    if (this.#state === 'made') this.#state = 'gone';
    if (this.#state === 'gone') return this.#report ?? NOTHING;
    const wasAsked = this.#state !== 'ending';
    this.#state = 'ending';
    this.#keepAlive();
    const patience = quiesceMs === 0 ? 0 : quiesceMs + exitMs + SLACK_MS;
    if (patience > 0 && wasAsked) this.#wire.send({ type: 'end' });
    const end = patience > 0 ? await within(patience, this.#exit) : undefined;
    if (end === undefined) this.#child.kill();
    const killed = end ?? (await within(exitMs, this.#exit));
    return this.#endOf(killed, end === undefined ? patience : undefined);
  }

  /** Has it keep this process alive. A new one does so only until it is up. */
  ref(): void {
    this.#isWanted = true;
    this.#keepAlive();
  }

  unref(): void {
    this.#isWanted = false;
    this.#keepAlive();
  }

  #keepAlive(): void {
    const isBusy = this.#state === 'starting' || this.#state === 'ending' || this.#wire.isAsked;
    this.#child.keepAlive(isBusy || this.#isWanted);
  }

  #ready(): void {
    if (this.#state !== 'starting') return;
    this.#state = 'up';
    this.#keepAlive();
    this.#listener.ready();
  }

  /** It could not be started. Told later, as every other death. */
  #refused(error: unknown): void {
    if (this.#child.pid !== undefined) {
      // There is one, and it has no use: its exit follows.
      this.#wire.failure = error;
      this.#child.kill();
      return;
    }
    setImmediate(() => {
      this.#ended({ exitCode: null, signal: null, output: '', error });
    });
  }

  /** Kills it, as if it had died by itself: for one that does not do what it is told. */
  kill(): void {
    this.#child.kill();
  }

  #ended(end: ChildEnd): void {
    if (this.#state === 'gone') return;
    const wasAsked = this.#state === 'ending';
    this.#state = 'gone';
    const death = this.#deathOf(end);
    this.#box?.close();
    this.#wire.close(death);
    this.#exited(end);
    if (!wasAsked) this.#listener.died(death);
  }

  #deathOf({ exitCode, signal, output, error }: ChildEnd): HostDeath {
    const started = this.#started.judge(this.#box);
    return { exitCode, signal, output, error: error ?? this.#wire.failure, started };
  }

  #endOf(end: ChildEnd | undefined, patience: number | undefined): EngineEnd {
    const report = this.#report ?? NOTHING;
    const left = end === undefined ? [...report.left, `child process ${String(this.pid)}`] : report.left;
    if (this.#report !== undefined || patience === 0) return { ...report, left };
    const how = end?.signal ?? `exit code ${String(end?.exitCode)}`;
    const why = patience === undefined ? `ended with ${how} while it was closing` : `did not end in ${patience} ms`;
    return { ...report, left, errors: [new Error(`child process ${String(this.pid)} ${why}`)] };
  }
}

const NOTHING: EngineEnd = { threads: [], errors: [], closed: [], orphans: [], left: [] };

/** Without what settings may have beside what their type tells, and what is nothing for another process. */
function plainSettings(settings: HostSettings): HostSettings {
  const { logs: _, threadSetup, ...own } = settings as Settings;
  const { outside: _outside, gone: _gone, dependencies: _dependencies, box: _box, ...setup } = threadSetup;
  return { ...own, threadSetup: setup };
}

function boxTerms({ sizing, threadSetup, rerun }: HostSettings): BoxTerms {
  // What is marked ahead may not have started. Where that ends a task for good, each is marked by itself.
  return { slots: Math.max(1, sizing.threads), entries: threadSetup.entries, ahead: rerun ? MOST_AHEAD : 1 };
}
