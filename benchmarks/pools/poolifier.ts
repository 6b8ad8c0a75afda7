import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';
import type { Pool } from './pool.js';
import { callInWindow } from './window.js';

export function openPoolifier(handler: URL, threads: number): Pool {
  const pool = new FixedThreadPool<unknown, unknown>(
    threads,
    fileURLToPath(new URL('./poolifier-thread.js', import.meta.url)),
    { workerOptions: { workerData: handler.href } },
  );
  const call = (input: unknown): Promise<unknown> => pool.execute(input);
  return {
    call,
    each: (inputs, window, seen) => callInWindow(call, inputs, window, seen),
    close: () => {
      // Its threads end, but its promise sometimes never settles, so it is not waited for.
      void pool.destroy();
      return Promise.resolve();
    },
  };
}
