import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { BlackBoxTerms } from '../../workers/protocol/black-box.js';
import type { HoldingNote } from '../../workers/protocol/ledger.js';
import type { Greeting, QuiesceReport } from '../../workers/protocol/messages.js';
import { PROTOCOL_VERSION } from '../../workers/protocol/messages.js';
import { fromWireError } from '../../workers/protocol/wire-error.js';
import type { Clock } from '../clock.js';
import { toWire } from '../clone.js';
import { Bell } from './bell.js';
import { Control } from './control.js';
import { FlightRecorder } from './flight-recorder.js';
import type { AttemptFigures, OutcomeReader, Posting, ThreadEnd, ThreadGauges, ThreadListener } from './thread.js';
import { ThreadLines } from './thread-lines.js';

/** What the wires of a thread are made with. */
export interface WireSetup {
  readonly entries: number;
  /** Whether what tasks print and log is wanted. */
  readonly logs: boolean;
  readonly clock: Clock;
  /** There is one in a process that performs tasks for another, and may die of them. */
  readonly box?: BlackBoxTerms | undefined;
}

/** Whatever runs attempts out of a flight recorder, in a thread of its own or in the caller's: the supervisor's end of its wires. */
export abstract class RecordedThread {
  readonly slot: number;
  readonly generation: number;
  readonly entries: number;
  protected readonly recorder: FlightRecorder;
  protected readonly control: Control;
  protected readonly bell: Bell;
  readonly #cargo = new MessageChannel();
  readonly #channel = new MessageChannel();
  /** Undefined where nobody wants them. */
  readonly #lines: ThreadLines | undefined;

  constructor({ entries, logs, clock, box }: WireSetup, slot: number, generation: number, listener: ThreadListener) {
    this.slot = slot;
    this.generation = generation;
    this.entries = entries;
    const follows = box === undefined ? undefined : { slot, generation };
    this.#lines = logs ? new ThreadLines(clock, listener.lines.bind(listener), follows) : undefined;
    this.recorder = new FlightRecorder(entries, {
      send: (value, transfer) => {
        this.#cargo.port1.postMessage(value, transfer as never);
      },
      receive: () => receiveMessageOnPort(this.#cargo.port1)?.message as unknown,
    });
    this.control = new Control(this.#channel.port1);
    this.bell = new Bell({
      outcomes: listener.outcomes.bind(listener),
      said: listener.said.bind(listener),
      lines: (isUrgent) => {
        if (isUrgent) this.#lines?.hurry();
        else this.#lines?.plan();
      },
    });
  }

  post(entry: number, posting: Posting): void {
    this.recorder.post(entry, posting);
  }

  revoke(entry: number): boolean {
    return this.recorder.revoke(entry);
  }

  startedAt(entry: number): number | undefined {
    return this.recorder.startedAt(entry);
  }

  started(): number {
    return this.recorder.started();
  }

  drain(reader: OutcomeReader): void {
    const done = this.recorder.done();
    this.bell.listen();
    // Who has nothing to tell is read in its turns: to look at it each time would be to read it all the time.
    if (this.recorder.isUnread(done)) this.readLines();
    this.recorder.drain(reader, done);
  }

  figures(entry: number): AttemptFigures {
    return this.recorder.figures(entry);
  }

  cancel(entry: number, id: number, reason: unknown): Promise<boolean> {
    return this.control.cancel({ entry, id, reason: toWire(reason) });
  }

  inspect(): Promise<HoldingNote[]> {
    return this.control.inspect();
  }

  /** Reads what was printed and logged. */
  protected readLines(): void {
    this.#lines?.read();
  }

  /** The same, by who is told of each. */
  protected lookForLines(): void {
    this.#lines?.look();
  }

  /** The thread is gone: reads the last of it. */
  protected closeLines(): void {
    this.#lines?.close();
  }

  /** What the recorder tells of it; `null` for what it does not know. */
  protected readGauges(): Omit<ThreadGauges, 'threadId' | 'stamp' | 'eventLoopUtilization'> {
    const { recorder } = this;
    return {
      cpuMs: recorder.gauge('cpuMs'),
      heapUsedBytes: recorder.gauge('heapUsed'),
      heapLimitBytes: recorder.gauge('heapLimit'),
      externalBytes: recorder.gauge('external'),
      arrayBuffersBytes: recorder.gauge('arrayBuffers'),
      retainedBytes: recorder.gauge('retained'),
      descriptorsOpen: recorder.gauge('descriptorsOpen'),
      descriptorsRunning: recorder.gauge('descriptorsRunning'),
      descriptorsHeld: recorder.gauge('descriptorsHeld'),
      descriptorsLeaked: recorder.gauge('descriptorsLeaked'),
    };
  }

  /** What the thread's code is told first, with its ends of the wires. */
  protected greeting(
    own: Omit<
      Greeting<MessagePort>,
      | 'type'
      | 'protocol'
      | 'slot'
      | 'generation'
      | 'recorder'
      | 'entries'
      | 'lines'
      | 'isInspected'
      | 'cargo'
      | 'bell'
      | 'control'
    >,
  ): Greeting<MessagePort> {
    return {
      type: 'greeting',
      protocol: PROTOCOL_VERSION,
      slot: this.slot,
      generation: this.generation,
      recorder: this.recorder.memory,
      entries: this.entries,
      lines: this.#lines?.memory,
      isInspected: this.#lines !== undefined && isInspected(),
      cargo: this.#cargo.port2,
      bell: this.bell.threadPort,
      control: this.#channel.port2,
      ...own,
    };
  }

  /** Lets go of the wires; whatever is still on them has been read by now. */
  protected closePorts(): void {
    this.closeLines();
    this.#cargo.port1.close();
    this.bell.close();
    this.control.close();
  }
}

/** Asked for without an import, which would cost every start a millisecond or two. */
function isInspected(): boolean {
  return process.getBuiltinModule('node:inspector').url() !== undefined;
}

/** How a thread ended, by what it told of its quiescing; undefined when it told nothing. */
export function endOf(report: QuiesceReport | undefined, exited: boolean): ThreadEnd {
  return {
    quiesced: report !== undefined,
    exited,
    errors: (report?.errors ?? []).map(fromWireError),
    closed: report?.closed ?? [],
    left: report?.left ?? [],
  };
}

/** What a reader is told of something that could not be closed. */
export function nameOfHolding({ resource, path, descriptor, task }: HoldingNote): string {
  const what = path ?? (descriptor === null ? 'without a name' : `descriptor ${descriptor}`);
  return `${resource} ${what}${task === null ? '' : ` of ${task}`}`;
}
