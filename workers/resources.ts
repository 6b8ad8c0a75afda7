import { outside } from './current.js';
import type { Resource } from './handler.js';

interface Waiter {
  readonly grant: () => void;
}

/** One resource in this thread. Opening is shared: whoever comes while it opens waits for the same promise. */
interface Held {
  value: Promise<unknown>;
  users: number;
  readonly waiting: Waiter[];
}

/** All resources of this thread, and who holds them. */
export class Resources {
  readonly #held = new Map<Resource<unknown>, Held>();

  /** Leases a resource; the returned function gives it back. Waits while it is fully shared, until `signal` is aborted. */
  async lease(resource: Resource<unknown>, signal: AbortSignal): Promise<{ value: unknown; release: () => void }> {
    if (!isResource(resource))
      throw new TypeError(`Expected use() to get what resource() made, got ${textOf(resource)}`);
    signal.throwIfAborted();
    const held = this.#held.get(resource) ?? this.#open(resource);
    if (held.users < resource.share) held.users++;
    else await this.#wait(held, signal);
    const release = (): void => {
      const next = held.waiting.shift();
      if (next === undefined) held.users--;
      else next.grant();
    };
    try {
      return { value: await held.value, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Closes everything that is open, last opened first; answers with what went wrong. */
  async close(): Promise<unknown[]> {
    const errors: unknown[] = [];
    const open = [...this.#held].reverse();
    this.#held.clear();
    for (const [resource, held] of open) {
      try {
        await resource.close(await held.value);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  #open(resource: Resource<unknown>): Held {
    const held: Held = { value: outside(() => Promise.resolve().then(() => resource.open())), users: 0, waiting: [] };
    this.#held.set(resource, held);
    // A failed opening is forgotten, so that the next attempt tries anew instead of inheriting the failure for ever.
    held.value.catch(() => {
      if (this.#held.get(resource) === held) this.#held.delete(resource);
    });
    return held;
  }

  #wait(held: Held, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        held.waiting.splice(held.waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      held.waiting.push(waiter);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

/** A plain `{ open, close }` would not do: without its `share` nobody ever got it. */
function isResource(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'share' in value && typeof value.share === 'number';
}

function textOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object; write resource({ open, close })' : typeof value;
}
