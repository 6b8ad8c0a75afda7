import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { PiscinaContender, Pool } from './pool.js';
import { callInWindow } from './window.js';

const SETTINGS = {
  'piscina sync': { atomics: 'sync' },
  'piscina async': { atomics: 'async' },
  'piscina disabled': { atomics: 'disabled' },
  'piscina disabled x 100': { atomics: 'disabled', concurrentTasksPerWorker: 100 },
} as const satisfies Record<PiscinaContender, object>;

export function openPiscina(handler: URL, threads: number, contender: PiscinaContender): Pool {
  const pool = new Piscina<unknown, unknown>({
    filename: fileURLToPath(handler),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
    ...SETTINGS[contender],
  });
  const call = (input: unknown): Promise<unknown> => pool.run(input);
  return {
    call,
    each: (inputs, window, seen) => callInWindow(call, inputs, window, seen),
    close: () => pool.destroy(),
  };
}
