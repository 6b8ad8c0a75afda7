import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Attempt, type AttemptHost } from './attempt.js';
import type { LoadedHandler } from './handler.js';
import type { AnnotatedInput, HandlerAddress } from './protocol/messages.js';
import { Flag, type RecorderViews, Tag, Word } from './protocol/recorder.js';
import { type TextArea, takeValue } from './protocol/value.js';

/** The thread's end of what is posted to it: entries from the recorder, inputs from there or from the cargo port. */
export class Inbox {
  readonly #views: RecorderViews;
  readonly #area: TextArea;
  readonly #cargo: MessagePort;
  readonly #host: AttemptHost;
  readonly #handlers = new Map<number, LoadedHandler>();
  #taken = 0;
  /** All it knows, in the order it came to know them. */
  readonly handlers: LoadedHandler[] = [];

  constructor(views: RecorderViews, area: TextArea, cargo: MessagePort, host: AttemptHost) {
    this.#views = views;
    this.#area = area;
    this.#cargo = cargo;
    this.#host = host;
  }

  /** Whether nothing was posted that has not been taken. */
  get isEmpty(): boolean {
    return Atomics.load(this.#views.words, Word.posted) === this.#taken;
  }

  /** The next attempt, with its input; undefined when there is none. */
  take(): Attempt | undefined {
    if (this.isEmpty) return undefined;
    const views = this.#views;
    const entry = views.inbox[this.#taken & (views.entries - 1)] ?? 0;
    this.#taken = (this.#taken + 1) | 0;
    const received = views.tag[entry] === Tag.message ? this.#receive() : takeValue(views, this.#area, entry);
    const annotated = ((views.flags[entry] ?? 0) & Flag.note) === 0 ? undefined : (received as AnnotatedInput);
    const input = annotated === undefined ? received : annotated.input;
    return new Attempt(
      this.#host,
      entry,
      views.idOf[entry] ?? 0,
      this.#handler(entry, annotated),
      input,
      annotated?.note,
    );
  }

  /** A task's handler is made known with its first attempt in this thread. */
  #handler(entry: number, annotated: AnnotatedInput | undefined): LoadedHandler {
    const task = this.#views.taskOf[entry] ?? 0;
    const address = annotated?.note.introduce;
    const known = this.#handlers.get(task);
    const handler = known ?? (address === undefined ? undefined : this.#meet(address));
    if (handler === undefined) throw new Error(`task ${task} was posted before it was introduced`);
    return handler;
  }

  #meet(address: HandlerAddress): LoadedHandler {
    const handler: LoadedHandler = { ...address, run: undefined, slow: true, openings: 0, ended: 0 };
    this.#handlers.set(address.task, handler);
    this.handlers.push(handler);
    return handler;
  }

  #receive(): unknown {
    const received = receiveMessageOnPort(this.#cargo) as { message: unknown } | undefined;
    if (received === undefined) throw new Error('an input that should have come on the cargo port is missing');
    return received.message;
  }
}
