import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { Pool } from './pool.js';
import { callInWindow } from './window.js';

export function openTinypool(handler: URL, threads: number): Pool {
  const pool = new Tinypool({
    filename: fileURLToPath(handler),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  const call = (input: unknown): Promise<unknown> => pool.run(input);
  return {
    call,
    each: (inputs, window, seen) => callInWindow(call, inputs, window, seen),
    close: () => pool.destroy(),
  };
}
