/**
 * Where the code of a thread lies. The addresses hold for this room and for the bundle, which lies beside it.
 */

/** What the pool loads in every thread: one file, made by the build from workers/entry.ts. */
export const THREAD_ENTRY = new URL('../bundle/entry.cjs', import.meta.url).href;

/** The same code without the pool, for a supervisor that runs its handlers inline. */
export const THREAD_CODE = new URL('../workers/thread.js', import.meta.url).href;
