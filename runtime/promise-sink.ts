import type { Sink, Task } from './task.js';

const nothing = (): void => undefined;
let resolveLast: (value: unknown) => void = nothing;
let rejectLast: (error: unknown) => void = nothing;
/** One function for all promises: a closure for each would be garbage as soon as it was made. */
const keepSettlers = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  resolveLast = resolve;
  rejectLast = reject;
};

/** Settles the promise a caller holds. */
export class PromiseSink implements Sink {
  readonly promise: Promise<unknown>;
  readonly #resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;

  constructor() {
    this.promise = new Promise(keepSettlers);
    this.#resolve = resolveLast;
    this.reject = rejectLast;
    // What is left there would keep the promise, and all it was settled with.
    resolveLast = rejectLast = nothing;
  }

  ok(_task: Task, value: unknown): void {
    this.#resolve(value);
  }

  bad(_task: Task, _outcome: string, error: unknown): void {
    this.reject(error);
  }
}
