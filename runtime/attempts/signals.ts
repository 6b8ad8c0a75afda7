/**
 * One listener per signal, however many tasks share it: adding a listener looks through all there are, so a listener per task would cost
 * the square of their number.
 */
export class Signals {
  readonly #bySignal = new WeakMap<AbortSignal, Map<object, () => void>>();

  /** Calls `aborted` when the signal is aborted, until the returned function is called. */
  listen(signal: AbortSignal, key: object, aborted: () => void): () => void {
    const listeners = this.#bySignal.get(signal) ?? this.#attach(signal);
    listeners.set(key, aborted);
    return () => {
      listeners.delete(key);
      if (listeners.size === 0) this.#detach(signal);
    };
  }

  readonly #onAbort = (event: Event): void => {
    const signal = event.target as AbortSignal;
    const listeners = this.#bySignal.get(signal);
    this.#bySignal.delete(signal);
    for (const aborted of [...(listeners?.values() ?? [])]) aborted();
  };

  #attach(signal: AbortSignal): Map<object, () => void> {
    const listeners = new Map<object, () => void>();
    this.#bySignal.set(signal, listeners);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    return listeners;
  }

  #detach(signal: AbortSignal): void {
    this.#bySignal.delete(signal);
    signal.removeEventListener('abort', this.#onAbort);
  }
}
