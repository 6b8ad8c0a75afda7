import type { Socket } from 'node:net';
import type { EngineEnd } from '../engine.js';
import { ClosedError, RestartIntensityError } from '../errors.js';
import type { ByteReader } from './byte-reader.js';
import { FrameReader } from './frame-reader.js';
import { OpenLines } from './open-lines.js';
import { Outbox } from './outbox.js';
import { unpackOutcome } from './outcome-records.js';
import { Questions } from './questions.js';
import { markError, reviveError } from './revive.js';
import type { StartedAttempts } from './started-attempts.js';
import { plainOf, TaskPacker } from './task-records.js';
import type { FromHost, HostedOutcome, HostedTask, HostedType, HostedWish, HostMessage, ToHost } from './wire.js';

/** What is known of a host that died. */
export interface HostDeath {
  /** Null where a signal ended it, or it never came up. */
  readonly exitCode: number | null;
  /** Name of the signal that ended it. */
  readonly signal: string | null;
  /** What it printed last, the last 4 KB of both its outputs in the order they were read. */
  readonly output: string;
  /** Why it did not come up; undefined for one that was. */
  readonly error: unknown;
  /** Whether a task had begun an attempt in it and not ended it: a suspect. Asked only of tasks it has not told the outcome of. */
  readonly started: (id: number) => boolean;
}

/** Who hears a host. */
export interface HostListener {
  /** It takes tasks now, and answers. */
  ready(): void;
  outcomes(batch: readonly HostedOutcome[]): void;
  told(message: FromHost): void;
  /** It is gone, unasked. Whatever it had still said has been told before, and nothing follows. */
  died(death: HostDeath): void;
}

/** What a wire is made with. */
interface WireParts {
  readonly listener: HostListener;
  readonly started: StartedAttempts;
  readonly ready: () => void;
  readonly ended: (report: EngineEnd) => void;
  /** Something is asked, or answered. */
  readonly changed: () => void;
}

/** What is said to one host, and what it says. */
export class HostWire {
  readonly #parts: WireParts;
  readonly #packer = new TaskPacker();
  readonly #questions: Questions;
  readonly #reader: FrameReader;
  readonly #open = new OpenLines();
  #outbox: Outbox | undefined;
  /** Tasks sent. Wraps at 32 bits. */
  #sent = 0;
  /** What the host told last: how many tasks had not started, of those that had come. */
  #unstarted = 0;
  #received = 0;
  /** Why the host was given up before it was up. */
  failure: unknown;

  constructor(parts: WireParts) {
    this.#parts = parts;
    this.#questions = new Questions(parts.changed);
    this.#reader = new FrameReader({
      numbers: (unstarted, received) => {
        this.#unstarted = unstarted;
        this.#received = received;
      },
      message: (message) => {
        this.#heard(message as HostMessage);
      },
      records: (records) => {
        this.#read(records);
      },
    });
  }

  /** Tasks that have not started, as far as is known: those that have not come to the host are none of them. */
  get waiting(): number {
    return this.#unstarted + Math.max(0, (this.#sent - this.#received) | 0);
  }

  /** Whether an answer is waited for. */
  get isAsked(): boolean {
    return this.#questions.size > 0;
  }

  /** From now on it leads somewhere. */
  open(socket: Socket | undefined): void {
    if (socket !== undefined) this.#outbox = new Outbox(socket, queueMicrotask, () => [0, 0]);
  }

  /** It leads nowhere any more. */
  close(why: unknown): void {
    this.#outbox = undefined;
    const entries = this.#open.take();
    if (entries.length > 0) this.#parts.listener.told({ type: 'lines', entries, lost: undefined });
    this.#questions.close(why);
  }

  /** Takes in what the host has sent. */
  take(chunk: Buffer): void {
    this.#reader.take(chunk);
  }

  /** @throws what serializing it throws */
  send(message: ToHost): void {
    this.#outbox?.message(message);
  }

  introduce({ number, href, name, label, plan }: HostedType): void {
    this.send({ type: 'introduce', task: { number, href, name, label, plan: plainOf(plan) } });
  }

  /** See `HostProcess.submit`. */
  submit(task: HostedTask): void {
    if (this.#outbox === undefined) return;
    this.#packer.add(task, this.#outbox);
    this.#sent = (this.#sent + 1) | 0;
  }

  cancel(id: number, outcome: HostedWish['outcome'], error: unknown): void {
    this.send({ type: 'cancel', id, outcome, error: markError(error) });
  }

  /** Asks something; rejects when the host is gone before it has answered. */
  ask<Answer>(question: (request: number) => ToHost): Promise<Answer> {
    if (this.#outbox === undefined) return Promise.reject(new ClosedError(false));
    return this.#questions.ask((request) => {
      this.send(question(request));
    });
  }

  #read(records: ByteReader): void {
    const batch: HostedOutcome[] = [];
    while (!records.isAtEnd) {
      const outcome = unpackOutcome(records);
      this.#parts.started.forget(outcome.id);
      batch.push(outcome);
    }
    this.#parts.listener.outcomes(batch);
  }

  #heard(message: HostMessage): void {
    const { listener, started, ready, ended } = this.#parts;
    switch (message.type) {
      case 'ready':
        ready();
        return;
      case 'described':
        this.#questions.answer(message.request, message.description);
        return;
      case 'inspected':
        this.#questions.answer(message.request, message.inspection);
        return;
      case 'failed':
        this.#questions.refuse(message.request, reviveError(message.error));
        return;
      case 'ended':
        ended({ ...message.end, errors: message.errors.map(reviveError) });
        return;
      case 'retried':
        started.over(message.retry.id, message.retry.attempts);
        listener.told(message);
        return;
      case 'retry':
        listener.told({ type: 'retry', event: { ...message.event, error: reviveError(message.error) } });
        return;
      case 'restart': {
        const error = message.error === undefined ? undefined : reviveError(message.error);
        listener.told({ type: 'restart', event: { ...message.event, error } });
        return;
      }
      case 'broken': {
        const error = reviveError(message.error);
        if (error instanceof RestartIntensityError) listener.told({ type: 'broken', error });
        return;
      }
      default:
        if (message.type === 'lines') this.#open.heard(message.open, message.entries);
        listener.told(message);
    }
  }
}
