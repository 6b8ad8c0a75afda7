import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FromThread } from '../../workers/protocol/messages.js';

/** What a bell leads to. */
export interface BellListener {
  outcomes(): void;
  /** There are lines to read; many, where it is urgent. */
  lines(isUrgent: boolean): void;
  said(message: Exclude<FromThread, { type: 'ring' | 'lines' }>): void;
}

/**
 * The supervisor's end of what a thread says by itself. It never keeps the process alive: attempts that run do.
 *
 * Outcomes are also told by the pool's own answers, on another port, and between two ports there is no order. So what was said is taken in
 * before outcomes are read: a task's last progress comes before its end.
 */
export class Bell {
  readonly #channel = new MessageChannel();
  readonly #listener: BellListener;

  constructor(listener: BellListener) {
    this.#listener = listener;
    this.#channel.port1.on('message', this.#heard);
    this.#channel.port1.unref();
  }

  /** The thread's end. */
  get threadPort(): MessagePort {
    return this.#channel.port2;
  }

  /** Takes in what was said and not heard yet. */
  listen(): void {
    for (let next = this.#receive(); next !== undefined; next = this.#receive()) {
      if (next.message.type !== 'ring') this.#heard(next.message);
    }
  }

  close(): void {
    this.#channel.port1.close();
  }

  #receive(): { message: FromThread } | undefined {
    return receiveMessageOnPort(this.#channel.port1);
  }

  readonly #heard = (message: FromThread): void => {
    if (message.type === 'ring') this.#listener.outcomes();
    else if (message.type === 'lines') this.#listener.lines(message.isUrgent);
    else this.#listener.said(message);
  };
}
