import type { ResourceLimits, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { BlackBoxTerms } from '../../workers/protocol/black-box.js';
import type { DependencyWire } from '../../workers/protocol/dependencies.js';
import type { FaultTerms } from '../../workers/protocol/faults.js';
import type { StackPolicy } from '../../workers/protocol/ledger.js';
import type { ModuleDescription, QuiesceReport, Welcome } from '../../workers/protocol/messages.js';
import type { Clock } from '../clock.js';
import { toWire } from '../clone.js';
import { endChildren } from '../ledger/children.js';
import type { Ledger } from '../ledger/ledger.js';
import { owners } from '../ledger/owners-table.js';
import { THREAD_ENTRY } from '../thread-code.js';
import { deathOf } from './death.js';
import { endOf, RecordedThread } from './recorded-thread.js';
import type { Death, Thread, ThreadEnd, ThreadGauges, ThreadListener } from './thread.js';
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
  /** Undefined when nothing is tracked. `mostHeld` is how many descriptors ended attempts may hold before the thread starts nothing more. */
  readonly ledger: { readonly stacks: StackPolicy; readonly mostHeld: number } | undefined;
  readonly growth: { readonly budget: number } | undefined;
  /** Undefined where no faults are injected. */
  readonly faults: FaultTerms | undefined;
  /** Undefined where there are none. */
  readonly dependencies: DependencyWire | undefined;
  /** Where threads mark what they start, in a child process that performs tasks. */
  readonly box?: BlackBoxTerms | undefined;
  /** A thread is gone, whatever ended it: what it held of dependencies is free. */
  readonly gone: (slot: number, generation: number) => void;
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
export class PiscinaThread extends RecordedThread implements Thread {
  readonly #setup: ThreadSetup;
  readonly #listener: ThreadListener;
  readonly #ledger: Ledger;
  readonly #pool: Piscina;
  /** Its name in the table of owners. */
  readonly #stamp: number;
  #state: 'made' | 'starting' | 'up' | 'ending' | 'gone' = 'made';
  #worker: Worker | undefined;
  #error: unknown;
  #welcome: Welcome | undefined;
  /** Resolves at the worker's exit. */
  readonly #exit: Promise<number>;
  #exited: (code: number) => void = () => undefined;

  constructor(
    setup: ThreadSetup & { readonly clock: Clock },
    slot: number,
    generation: number,
    listener: ThreadListener,
    ledger: Ledger,
  ) {
    super(setup, slot, generation, listener);
    this.#ledger = ledger;
    this.#setup = setup;
    this.#listener = listener;
    this.#stamp = owners.register(slot);
    this.#exit = new Promise((resolve) => (this.#exited = resolve));
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
    const greeting = this.#greet();
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
    this.#ledger.enter(this, {
      name: `thread of slot ${this.slot}, generation ${this.generation}`,
      children: () => this.recorder.children(),
    });
    worker.on('error', (error: unknown) => (this.#error ??= error));
    worker.on('exit', this.#left);
  }

  wake(): void {
    if (this.recorder.claimWakeUp()) this.#pool.run(WAKE).then(this.#answered, this.#answered);
  }

  async describe(href: string): Promise<ModuleDescription> {
    const died = this.#exit.then((code) => {
      // A death is told as what it is; callers wrap it.
      throw deathOf(code, this.#error, true) as unknown as Error;
    });
    return Promise.race([this.control.describe(href), died]);
  }

  async end(quiesceMs: number, exitMs: number): Promise<ThreadEnd> {
    const wasUp = this.#state === 'up';
    const wasGone = this.#state === 'gone';
    this.#state = 'ending';
    const report =
      wasUp && quiesceMs > 0
        ? await within<QuiesceReport | number>(quiesceMs, this.control.quiesce().catch(failedReport), this.#exit)
        : undefined;
    const { exited } = await this.#terminate(wasGone, exitMs);
    // What it had still written is read before the ports close, even if its exit comes later than anybody waits for.
    void this.#exit.then(this.#letGo);
    if (exited) this.#letGo();
    // It is left behind. What it holds may be in use for as long as it sits there; for others that would be for ever.
    else this.#setup.gone(this.slot, this.generation);
    const quiesced = typeof report === 'object' ? report : undefined;
    return endOf(quiesced, exited);
  }

  /** Destroying a pool that never got its worker would reject where nobody can catch it, and there is nothing to destroy. */
  async #terminate(wasGone: boolean, exitMs: number): Promise<{ exited: boolean }> {
    if (wasGone || this.#worker === undefined) return { exited: true };
    // Not awaited: it waits for as long as the thread sits in a native call. The exit is awaited with a limit instead.
    void this.#pool.destroy();
    return { exited: (await within(exitMs, this.#exit)) !== undefined };
  }

  gauges(): ThreadGauges {
    const worker = this.#state === 'up' ? this.#worker : undefined;
    return {
      ...this.readGauges(),
      threadId: this.#welcome?.threadId ?? null,
      stamp: this.#stamp,
      // Read only by who asks for it: it is dearer than all the rest.
      get eventLoopUtilization() {
        return worker === undefined ? null : utilizationOf(worker);
      },
    };
  }

  #greet(): ReturnType<RecordedThread['greeting']> {
    const { output, args, ledger, growth, faults, dependencies, box } = this.#setup;
    const terms = ledger === undefined ? undefined : { ...ledger, owners: owners.memory, stamp: this.#stamp };
    return this.greeting({ output, args, ledger: terms, growth, faults, dependencies, box });
  }

  readonly #greeted = (welcome: Welcome): void => {
    const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
    this.recorder.clockOffset = performance.now() - monotonicMs + welcome.monotonicMs - welcome.clock;
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
    owners.retire(this.#stamp);
    this.#setup.gone(this.slot, this.generation);
    owners.nativeLost(this.recorder.nativeRunning());
    // Its descriptors end with it, its children do not.
    endChildren(this.recorder.children());
    this.#exited(exitCode);
    if (this.#state === 'ending' || this.#state === 'gone') return;
    this.#die(deathOf(exitCode, this.#error, this.#state === 'up'));
  };

  #die(death: Death): void {
    this.#state = 'gone';
    this.#exited(0);
    this.closeLines();
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
    owners.retire(this.#stamp);
    this.#state = 'gone';
    this.closePorts();
  }
}

/** Quiescing itself went wrong; that is an error like those of teardowns. */
function failedReport(error: unknown): QuiesceReport {
  return { errors: [toWire(error)], closed: [], left: [] };
}

function utilizationOf(worker: Worker): number {
  return Math.min(1, Math.max(0, worker.performance.eventLoopUtilization().utilization));
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
