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

/** The attempt whose handler is somewhere up the asynchronous call chain, ended or not. */
export function currentAttempt(): Attempt | undefined {
  return current.getStore();
}
