import type { MessagePort } from 'node:worker_threads';
import type { Greeting, ModuleDescription, Welcome } from '../../workers/protocol/messages.js';
import type { Clock } from '../clock.js';
import { THREAD_CODE } from '../thread-code.js';
import type { ThreadSetup } from './piscina-thread.js';
import { endOf, RecordedThread } from './recorded-thread.js';
import type { Thread, ThreadEnd, ThreadGauges, ThreadListener } from './thread.js';

/** The thread's own code, which is told apart from the supervisor's by being imported by URL. */
interface ThreadCode {
  readonly Thread: new (
    greeting: Greeting<MessagePort>,
    hear: (() => void) | undefined,
  ) => { welcome(): Welcome; readonly runner: { wake(): Promise<void> | undefined } };
}

/** What of a setup means something without threads. */
type InlineSetup = Pick<ThreadSetup, 'entries' | 'args' | 'logs' | 'faults' | 'dependencies' | 'gone'> & {
  readonly clock: Clock;
};

/**
 * `threads: 0`: the code of a thread, run in the caller's own. Values are cloned and options hold as in a real thread, but nothing is
 * contained: what a handler does to the process, it does to the caller's; an attempt that does not stop when asked cannot be ended, it
 * is only given up.
 */
export class InlineThread extends RecordedThread implements Thread {
  readonly #setup: InlineSetup;
  readonly #listener: ThreadListener;
  #wake: (() => Promise<void> | undefined) | undefined;

  constructor(setup: InlineSetup, slot: number, generation: number, listener: ThreadListener) {
    super(setup, slot, generation, listener);
    this.#setup = setup;
    this.#listener = listener;
  }

  start(): void {
    void this.#start();
  }

  wake(): void {
    if (!this.recorder.claimWakeUp()) return;
    // A turn later, as if from another thread: a handler never runs inside the caller's own call.
    setImmediate(() => {
      const working = this.#wake?.();
      if (working === undefined) this.#listener.outcomes();
      else
        void working.then(() => {
          this.#listener.outcomes();
        });
    });
  }

  describe(href: string): Promise<ModuleDescription> {
    return this.control.describe(href);
  }

  async end(quiesceMs: number): Promise<ThreadEnd> {
    const report = quiesceMs > 0 ? await this.control.quiesce() : undefined;
    this.#listener.outcomes();
    this.#setup.gone(this.slot, this.generation);
    this.closePorts();
    return endOf(report, true);
  }

  gauges(): ThreadGauges {
    return { ...this.readGauges(), threadId: 0, stamp: 0, eventLoopUtilization: null };
  }

  async #start(): Promise<void> {
    const code = (await import(THREAD_CODE)) as ThreadCode;
    const { args, faults, dependencies } = this.#setup;
    const untracked = { ledger: undefined, growth: undefined };
    const greeting = this.greeting({ output: 'inherit', args, faults, dependencies, ...untracked });
    greeting.bell.unref();
    greeting.control.unref();
    // At once: what a handler logs that gives nobody else a turn would fill the ring.
    const inside = new code.Thread(greeting, () => {
      this.lookForLines();
    });
    greeting.control.unref();
    this.#wake = () => inside.runner.wake();
    this.#listener.ready();
  }
}
