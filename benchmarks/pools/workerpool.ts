import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import type { Pool } from './pool.js';
import { callInWindow } from './window.js';

export function openWorkerpool(handler: URL, threads: number): Pool {
  const pool = workerpool.pool(fileURLToPath(new URL('./workerpool-thread.js', import.meta.url)), {
    minWorkers: threads,
    maxWorkers: threads,
    workerType: 'thread',
    workerThreadOpts: { workerData: handler.href },
  });
  // Its own promise class is no Promise to the compiler, but it is awaited as one; wrapping it would slow it.
  const call = (input: unknown): Promise<unknown> => pool.exec('handle', [input]) as Promise<unknown>;
  return {
    call,
    each: (inputs, window, seen) => callInWindow(call, inputs, window, seen),
    close: async () => {
      await pool.terminate();
    },
  };
}
