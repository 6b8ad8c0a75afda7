import { InputError, type Inputs } from './inputs.js';

const over: IteratorResult<unknown> = { done: true, value: undefined };

/**
 * The inputs as a run takes them: counted, and ended from outside by `stop`. A source that breaks ends like one that
 * is empty, its error kept in `failure`: what was read before still runs to its end.
 */
export class Feed implements AsyncIterableIterator<unknown> {
  readonly #inputs: Inputs;
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>;
  #state: 'open' | 'stopped' | 'ended' = 'open';
  #endWaitingRead: (() => void) | undefined;
  #taken = 0;
  #failure: InputError | undefined;

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
    const { items } = inputs;
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** How many inputs were handed out. */
  get taken(): number {
    return this.#taken;
  }

  /** How many inputs there are, once that is known. */
  get total(): number | undefined {
    return this.#state === 'ended' ? this.#taken : this.#inputs.total();
  }

  /** Why the source broke, if it did. */
  get failure(): InputError | undefined {
    return this.#failure;
  }

  /** Hands out nothing more, also while a read waits for a source that is silent. */
  stop(): void {
    if (this.#state !== 'open') return;
    this.#state = 'stopped';
    this.#inputs.close();
    this.#endWaitingRead?.();
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#state !== 'open') return Promise.resolve(over);
    const read = this.#iterator.next();
    if (!(read instanceof Promise)) return Promise.resolve(this.#handOut(read));
    const item = read.then(
      (result) => (this.#state === 'open' ? this.#handOut(result) : over),
      (error: unknown) => this.#breakOff(error),
    );
    return new Promise((resolve, reject) => {
      this.#endWaitingRead = () => {
        resolve(over);
      };
      item.then(resolve, reject);
    });
  }

  return(): Promise<IteratorResult<unknown>> {
    this.stop();
    return Promise.resolve(over);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #handOut(result: IteratorResult<unknown>): IteratorResult<unknown> {
    if (result.done) {
      this.#state = 'ended';
      this.#inputs.close();
    } else {
      this.#taken++;
    }
    return result;
  }

  #breakOff(error: unknown): IteratorResult<unknown> {
    // A read that `stop` broke off may fail in any way; that is no fault of the source.
    if (this.#state !== 'open') return over;
    if (!(error instanceof InputError)) throw error;
    this.#failure = error;
    this.#state = 'stopped';
    return over;
  }
}
