import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Greeting, ModuleDescription, Welcome } from '../../workers/protocol/messages.js';
import { PROTOCOL_VERSION } from '../../workers/protocol/messages.js';
import { fromWireError } from '../../workers/protocol/wire-error.js';
import { toWire } from '../clone.js';
import { THREAD_CODE } from '../thread-code.js';
import { Bell } from './bell.js';
import { Control } from './control.js';
import { FlightRecorder } from './flight-recorder.js';
import type {
  AttemptFigures,
  OutcomeReader,
  Posting,
  Thread,
  ThreadEnd,
  ThreadGauges,
  ThreadListener,
} from './thread.js';

/** The thread's own code, which is told apart from the supervisor's by being imported by URL. */
interface ThreadCode {
  readonly Thread: new (
    greeting: Greeting<MessagePort>,
  ) => { welcome(): Welcome; readonly runner: { wake(): Promise<void> | undefined } };
}

/**
 * `threads: 0`: the code of a thread, run in the caller's own. Values are cloned and options hold as in a real thread, but nothing is
 * contained: what a handler does to the process, it does to the caller's; an attempt that does not stop when asked cannot be ended, it
 * is only given up.
 */
export class InlineThread implements Thread {
  readonly generation: number;
  readonly entries: number;
  readonly #slot: number;
  readonly #args: unknown;
  readonly #logs: boolean;
  readonly #listener: ThreadListener;
  readonly #recorder: FlightRecorder;
  readonly #cargo = new MessageChannel();
  readonly #bell: Bell;
  readonly #channel = new MessageChannel();
  readonly #control: Control;
  #wake: (() => Promise<void> | undefined) | undefined;

  constructor(
    setup: { entries: number; args: unknown; logs: boolean },
    slot: number,
    generation: number,
    listener: ThreadListener,
  ) {
    this.generation = generation;
    this.entries = setup.entries;
    this.#slot = slot;
    this.#args = setup.args;
    this.#logs = setup.logs;
    this.#listener = listener;
    this.#recorder = new FlightRecorder(setup.entries, {
      send: (value, transfer) => {
        this.#cargo.port1.postMessage(value, transfer as never);
      },
      receive: () => receiveMessageOnPort(this.#cargo.port1)?.message as unknown,
    });
    this.#control = new Control(this.#channel.port1);
    this.#bell = new Bell(listener);
  }

  start(): void {
    void this.#start();
  }

  post(entry: number, posting: Posting): void {
    this.#recorder.post(entry, posting);
  }

  wake(): void {
    if (!this.#recorder.claimWakeUp()) return;
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

  describe(href: string): Promise<ModuleDescription> {
    return this.#control.describe(href);
  }

  async end(quiesceMs: number): Promise<ThreadEnd> {
    const report = quiesceMs > 0 ? await this.#control.quiesce() : undefined;
    this.#listener.outcomes();
    this.#cargo.port1.close();
    this.#bell.close();
    this.#control.close();
    return { quiesced: report !== undefined, exited: true, errors: (report?.errors ?? []).map(fromWireError) };
  }

  gauges(): ThreadGauges {
    return {
      threadId: 0,
      cpuMs: this.#recorder.gauge('cpuMs'),
      eventLoopUtilization: null,
      heapUsedBytes: this.#recorder.gauge('heapUsed'),
      heapLimitBytes: this.#recorder.gauge('heapLimit'),
      externalBytes: this.#recorder.gauge('external'),
    };
  }

  async #start(): Promise<void> {
    const code = (await import(THREAD_CODE)) as ThreadCode;
    this.#bell.threadPort.unref();
    this.#channel.port2.unref();
    const inside = new code.Thread({
      type: 'greeting',
      protocol: PROTOCOL_VERSION,
      slot: this.#slot,
      generation: this.generation,
      recorder: this.#recorder.memory,
      entries: this.entries,
      cargo: this.#cargo.port2,
      bell: this.#bell.threadPort,
      control: this.#channel.port2,
      output: 'inherit',
      args: this.#args,
      logs: this.#logs,
    });
    this.#channel.port2.unref();
    this.#wake = () => inside.runner.wake();
    this.#listener.ready();
  }
}
