import type { MessagePort } from 'node:worker_threads';
import * as comlink from 'comlink';
import type { HoldingNote } from '../../workers/protocol/ledger.js';
import type {
  CancelRequest,
  ModuleDescription,
  QuiesceReport,
  ThreadControl,
} from '../../workers/protocol/messages.js';

/**
 * The supervisor's end of the control channel. The port keeps the process alive only while an answer is awaited. A call to a thread that
 * dies is never answered: callers race it against the death.
 */
export class Control {
  readonly #port: MessagePort;
  readonly #remote: comlink.Remote<ThreadControl>;
  #awaited = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    this.#remote = comlink.wrap<ThreadControl>(port);
    port.unref();
  }

  describe(href: string): Promise<ModuleDescription> {
    return this.#ask(() => this.#remote.describe(href));
  }

  cancel(request: CancelRequest): Promise<boolean> {
    return this.#ask(() => this.#remote.cancel(request));
  }

  inspect(): Promise<HoldingNote[]> {
    return this.#ask(() => this.#remote.inspect());
  }

  quiesce(): Promise<QuiesceReport> {
    return this.#ask(() => this.#remote.quiesce());
  }

  /** Closes the port. Comlink's own release would first ask the other end, which may be dead. */
  close(): void {
    // Comlink keeps the port, and with it every listener that still waits for an answer.
    this.#port.removeAllListeners('message');
    this.#port.close();
  }

  async #ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    this.#awaited++;
    const answer = call();
    this.#port.ref();
    try {
      return await answer;
    } finally {
      this.#awaited--;
      if (this.#awaited === 0) this.#port.unref();
    }
  }
}
