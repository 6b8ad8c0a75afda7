/**
 * Where the code of threads and hosts lies. The addresses hold for this room and for the bundle, which lies beside it.
 */

/** What the pool loads in every thread: one file, made by the build from workers/entry.ts. */
export const THREAD_ENTRY = new URL('../bundle/entry.cjs', import.meta.url).href;

/** The same code without the pool, for a supervisor that runs its handlers inline. */
export const THREAD_CODE = new URL('../workers/thread.js', import.meta.url).href;

/** What a child process runs that performs tasks: one file as well, made from process/host-main.ts. */
export const HOST_ENTRY = new URL('../bundle/host.js', import.meta.url);
