/**
 * Where the code of a thread lies. These addresses are relative to this room, and hold as well in the bundle, which lies beside it.
 */

/** What the pool loads in every thread. */
export const THREAD_ENTRY = new URL('../workers/entry.js', import.meta.url).href;

/** The same code without the pool, for a supervisor that runs its handlers inline. */
export const THREAD_CODE = new URL('../workers/thread.js', import.meta.url).href;
