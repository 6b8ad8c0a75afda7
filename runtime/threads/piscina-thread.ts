import {
  MessageChannel,
  type MessagePort,
  type ResourceLimits,
  receiveMessageOnPort,
  type Worker,
} from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Greeting, ModuleDescription, QuiesceReport, Welcome } from '../../workers/protocol/messages.js';
import { PROTOCOL_VERSION } from '../../workers/protocol/messages.js';
import { fromWireError } from '../../workers/protocol/wire-error.js';
import { toWire } from '../clone.js';
import type { Ledger } from '../ledger/ledger.js';
import { THREAD_ENTRY } from '../thread-code.js';
import { Bell } from './bell.js';
import { Control } from './control.js';
import { deathOf } from './death.js';
import { FlightRecorder } from './flight-recorder.js';
import type {
  AttemptFigures,
  Death,
  OutcomeReader,
  Posting,
  Thread,
  ThreadEnd,
  ThreadGauges,
  ThreadListener,
} from './thread.js';
import { within } from './within.js';

/** What all threads of a supervisor have in common. */
export interface ThreadSetup {
  readonly entries: number;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly argv: readonly string[] | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly workerData: unknown;
  readonly output: 'inherit' | 'stderr';
  readonly args: unknown;
  readonly logs: boolean;
  /**
   * Runs something outside whatever context asked for it. A thread that is started because a task had to be stopped would otherwise hold
   * that task's AsyncLocalStorage stores for as long as it lives.
   */
  readonly outside: <Value>(run: () => Value) => Value;
}

const WAKE = { type: 'wake' } as const;
/** All parcels of a slot are posted at once; the slot's entries are the limit, not Piscina's queue. */
const UNLIMITED = 1_000_000;

/**
 * One thread, and the pool object that owns it.
 *
 * Each slot and generation has a Piscina of its own with at most one thread. A single pool for all slots would start replacements on its
 * own, without asking the restart policy; would never start one again after a single failure at boot; and would need its balancer, which
 * wraps every worker anew for each call, to reach a given thread. `minThreads` is 0 for the first of these reasons.
 */
export class PiscinaThread implements Thread {
  readonly generation: number;
  readonly entries: number;
  readonly #slot: number;
  readonly #setup: ThreadSetup;
  readonly #listener: ThreadListener;
  readonly #ledger: Ledger;
  readonly #recorder: FlightRecorder;
  readonly #pool: Piscina;
  readonly #cargo = new MessageChannel();
  readonly #bell: Bell;
  readonly #channel = new MessageChannel();
  readonly #control: Control;
  #state: 'made' | 'starting' | 'up' | 'ending' | 'gone' = 'made';
  #worker: Worker | undefined;
  #error: unknown;
  #welcome: Welcome | undefined;
  /** Resolves at the worker's exit. */
  readonly #exit: Promise<number>;
  #exited: (code: number) => void = () => undefined;

  constructor(setup: ThreadSetup, slot: number, generation: number, listener: ThreadListener, ledger: Ledger) {
    this.#ledger = ledger;
    this.#setup = setup;
    this.#slot = slot;
    this.#listener = listener;
    this.generation = generation;
    this.entries = setup.entries;
    this.#exit = new Promise((resolve) => (this.#exited = resolve));
    this.#recorder = new FlightRecorder(setup.entries, {
      send: (value, transfer) => {
        this.#cargo.port1.postMessage(value, transfer as never);
      },
      receive: () => receiveMessageOnPort(this.#cargo.port1)?.message as unknown,
    });
    this.#control = new Control(this.#channel.port1);
    this.#bell = new Bell(listener);
    this.#pool = new Piscina(poolOptions(setup));
    // Without a listener an error on an idle thread would be thrown in the host. Causes are taken from the worker itself.
    this.#pool.on('error', () => undefined);
  }

  start(): void {
    this.#setup.outside(() => {
      this.#start();
    });
  }

  #start(): void {
    this.#state = 'starting';
    const greeting = this.#greeting();
    try {
      const welcomed = this.#pool.run(greeting, { transferList: [greeting.cargo, greeting.bell, greeting.control] });
      welcomed.then(this.#greeted, this.#refused);
    } catch (error) {
      // Node refused to make the worker (options it does not like, no descriptors left): nothing was started that could be awaited.
      this.#die({ kind: 'boot', error });
      return;
    }
    const worker = this.#pool.threads[0];
    if (worker === undefined) return;
    this.#worker = worker;
    this.#ledger.enter(this, `thread of slot ${this.#slot}, generation ${this.generation}`);
    worker.on('error', (error: unknown) => (this.#error ??= error));
    worker.on('exit', this.#left);
  }

  post(entry: number, posting: Posting): void {
    this.#recorder.post(entry, posting);
  }

  wake(): void {
    if (this.#recorder.claimWakeUp()) this.#pool.run(WAKE).then(this.#answered, this.#answered);
  }

  revoke(entry: number): boolean {
    return this.#recorder.revoke(entry);
  }

  startedAt(entry: number): number | undefined {
    return this.#recorder.startedAt(entry);
  }

  started(): number {
    return this.#recorder.started();
  }

  drain(reader: OutcomeReader): void {
    const done = this.#recorder.done();
    this.#bell.listen();
    this.#recorder.drain(reader, done);
  }

  figures(entry: number): AttemptFigures {
    return this.#recorder.figures(entry);
  }

  cancel(entry: number, id: number, reason: unknown): Promise<boolean> {
    return this.#control.cancel({ entry, id, reason: toWire(reason) });
  }

  async describe(href: string): Promise<ModuleDescription> {
    const died = this.#exit.then((code) => {
      // A death is told as what it is; callers wrap it.
      throw deathOf(code, this.#error, true) as unknown as Error;
    });
    return Promise.race([this.#control.describe(href), died]);
  }

  async end(quiesceMs: number, exitMs: number): Promise<ThreadEnd> {
    const wasUp = this.#state === 'up';
    const wasGone = this.#state === 'gone';
    this.#state = 'ending';
    const report =
      wasUp && quiesceMs > 0
        ? await within<QuiesceReport | number>(quiesceMs, this.#control.quiesce(), this.#exit)
        : undefined;
    const { exited } = await this.#terminate(wasGone, exitMs);
    // What it had still written is read before the ports close, even if its exit comes later than anybody waits for.
    void this.#exit.then(this.#letGo);
    if (exited) this.#letGo();
    const quiesced = typeof report === 'object' ? report : undefined;
    return { quiesced: quiesced !== undefined, exited, errors: (quiesced?.errors ?? []).map(fromWireError) };
  }

  /** Destroying a pool that never got its worker would reject where nobody can catch it, and there is nothing to destroy. */
  async #terminate(wasGone: boolean, exitMs: number): Promise<{ exited: boolean }> {
    if (wasGone || this.#worker === undefined) return { exited: true };
    // Not awaited: it waits for as long as the thread sits in a native call. The exit is awaited with a limit instead.
    void this.#pool.destroy();
    return { exited: (await within(exitMs, this.#exit)) !== undefined };
  }

  gauges(): ThreadGauges {
    const up = this.#state === 'up';
    const utilization = up ? this.#worker?.performance.eventLoopUtilization().utilization : undefined;
    return {
      threadId: this.#welcome?.threadId ?? null,
      cpuMs: this.#recorder.gauge('cpuMs'),
      eventLoopUtilization: utilization === undefined ? null : Math.min(1, Math.max(0, utilization)),
      heapUsedBytes: this.#recorder.gauge('heapUsed'),
      heapLimitBytes: this.#recorder.gauge('heapLimit'),
      externalBytes: this.#recorder.gauge('external'),
    };
  }

  #greeting(): Greeting<MessagePort> {
    const { entries, output, args, logs } = this.#setup;
    return {
      type: 'greeting',
      protocol: PROTOCOL_VERSION,
      slot: this.#slot,
      generation: this.generation,
      recorder: this.#recorder.memory,
      entries,
      cargo: this.#cargo.port2,
      bell: this.#bell.threadPort,
      control: this.#channel.port2,
      output,
      args,
      logs,
    };
  }

  readonly #greeted = (welcome: Welcome): void => {
    const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
    this.#recorder.clockOffset = performance.now() - monotonicMs + welcome.monotonicMs - welcome.clock;
    this.#welcome = welcome;
    if (this.#state !== 'starting') return;
    this.#state = 'up';
    this.#listener.ready();
  };

  /** The greeting was not answered. Where there is a worker its exit follows and says why. */
  readonly #refused = (error: unknown): void => {
    this.#error ??= error;
    if (this.#worker === undefined && this.#state === 'starting') this.#die({ kind: 'boot', error });
  };

  readonly #answered = (): void => {
    this.#listener.outcomes();
  };

  readonly #left = (exitCode: number): void => {
    this.#ledger.strike(this);
    this.#exited(exitCode);
    if (this.#state === 'ending' || this.#state === 'gone') return;
    this.#die(deathOf(exitCode, this.#error, this.#state === 'up'));
  };

  #die(death: Death): void {
    this.#state = 'gone';
    this.#exited(0);
    this.#listener.died(death);
    this.#gone();
  }

  readonly #letGo = (): void => {
    if (this.#state === 'gone') return;
    this.#listener.outcomes();
    this.#gone();
  };

  /** Whatever is still on the ports has been read by now. */
  #gone(): void {
    this.#state = 'gone';
    this.#cargo.port1.close();
    this.#bell.close();
    this.#control.close();
  }
}

function poolOptions(setup: ThreadSetup): ConstructorParameters<typeof Piscina>[0] {
  const { resourceLimits, env, argv, execArgv, workerData } = setup;
  return {
    filename: THREAD_ENTRY,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: UNLIMITED,
    // 'sync' would freeze an idle thread's event loop; 'async' buys nothing measurable over plain messages here.
    atomics: 'disabled',
    trackUnmanagedFds: true,
    recordTiming: false,
    workerData,
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(argv === undefined ? {} : { argv: [...argv] }),
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  };
}
