import type { Setting } from '../harness/bench.js';

export type Contender =
  | 'plustwo'
  | PiscinaContender
  | 'tinypool'
  | 'workerpool'
  | 'poolifier'
  | 'bare workers'
  | 'xargs'
  | 'winston'
  | OverloadContender;

/** Those that are asked for more than they can do: with the queue Piscina gives itself, with one that has no end, and without any pool. */
export type OverloadContender = 'piscina auto queue' | 'piscina endless queue' | 'Promise.all';

export type PiscinaContender = 'piscina sync' | 'piscina async' | 'piscina disabled' | 'piscina disabled x 100';

/** Piscina's three ways of waking a thread; the fastest of them is the peer of a row. */
export const PISCINA_MODES = ['piscina sync', 'piscina async', 'piscina disabled'] as const;

export const OTHER_POOLS = ['tinypool', 'workerpool', 'poolifier'] as const;

/** What a measurement asks of any pool. */
export interface Pool {
  call(input: unknown): Promise<unknown>;
  /** Runs all inputs, at most `window` of them pulled and not yet answered, and shows every value. */
  each(inputs: Iterable<unknown>, window: number, seen: (value: unknown) => void): Promise<void>;
  close(): Promise<unknown>;
}

/**
 * Opens a contender; only its own library is loaded, so that no other one costs it memory or start-up time. `isolation` is ours: the others
 * have threads only.
 */
export async function openPool(
  contender: Contender,
  handler: URL,
  threads: number,
  isolation: Setting['isolation'] = 'thread',
): Promise<Pool> {
  switch (contender) {
    case 'plustwo':
      return (await import('./plustwo.js')).openPlustwo(handler, threads, isolation);
    case 'piscina sync':
    case 'piscina async':
    case 'piscina disabled':
    case 'piscina disabled x 100':
      return (await import('./piscina.js')).openPiscina(handler, threads, contender);
    case 'tinypool':
      return (await import('./tinypool.js')).openTinypool(handler, threads);
    case 'workerpool':
      return (await import('./workerpool.js')).openWorkerpool(handler, threads);
    case 'poolifier':
      return (await import('./poolifier.js')).openPoolifier(handler, threads);
    case 'bare workers':
      return (await import('./bare-workers.js')).openBareWorkers(handler, threads);
    case 'xargs':
    case 'winston':
    case 'piscina auto queue':
    case 'piscina endless queue':
    case 'Promise.all':
      throw new Error(`${contender} is not opened as a pool`);
  }
}
