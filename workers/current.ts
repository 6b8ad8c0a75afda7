import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attempt } from './attempt.js';
import { CURRENT } from './symbols.js';

interface Holder {
  [CURRENT]?: AsyncLocalStorage<Attempt>;
}

const holder = globalThis as typeof globalThis & Holder;

/** Which attempt is running here; one storage for all copies of this package in the thread. */
export const current: AsyncLocalStorage<Attempt> = holder[CURRENT] ?? new AsyncLocalStorage<Attempt>();
holder[CURRENT] = current;

/** Calls a function as nobody's: what it starts and opens, now or later, is no attempt's. */
export function outside<Value>(fn: () => Value): Value {
  return current.run(undefined as unknown as Attempt, fn);
}

/** The attempt whose handler is somewhere up the asynchronous call chain, ended or not. */
export function currentAttempt(): Attempt | undefined {
  return current.getStore();
}
