import fs from 'node:fs';
import { NEVER } from './calls.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';

/** Calls that open descriptors of their own on their way; with callbacks. */
const CALLBACKS = ['readFile', 'writeFile', 'appendFile', 'copyFile', 'cp', 'truncate'] as const;

/** Calls that answer with an iterator instead of a promise. */
const ITERATED: ReadonlySet<string> = new Set(['watch', 'glob']);
const NEVER_ENDING: AsyncIterableIterator<never> = {
  next: () => NEVER,
  [Symbol.asyncIterator]: () => NEVER_ENDING,
};

/**
 * Puts all of `fs.promises` behind the ledger's gate, and those callback functions that open something meanwhile. A call that is cut off by
 * the end of its thread between opening and closing leaves the descriptor open in the process for good.
 */
export function trackCalls(ledger: Ledger): void {
  for (const name of Object.keys(fs.promises) as (keyof typeof fs.promises)[]) {
    // These two look at the gate themselves: they count what they let through.
    if (typeof fs.promises[name] !== 'function' || name === 'open' || name === 'opendir') continue;
    replace(fs.promises as unknown as Record<string, (...args: never[]) => unknown>, name, (native) => {
      return function gated(this: unknown, ...args: never[]): unknown {
        if (ledger.calls.gate === 'open') return Reflect.apply(native, this, args);
        return ITERATED.has(name) ? NEVER_ENDING : NEVER;
      };
    });
  }
  for (const name of CALLBACKS) {
    replace(fs as unknown as Record<string, (...args: never[]) => unknown>, name, (native) => {
      return function gated(this: unknown, ...args: never[]): unknown {
        return ledger.calls.gate === 'shut' ? undefined : Reflect.apply(native, this, args);
      };
    });
  }
}
