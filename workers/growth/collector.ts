import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Figures } from './schedule.js';

/** What is outside the heap is counted twice when it seems to have grown by more than this. */
const DOUBTFUL_BYTES = 2 ** 18;

/** Collects this thread's garbage and tells what is left, without flags on the command line. */
export class Collector {
  #gc: (() => void) | undefined;

  /**
   * What is alive; undefined when V8's collector cannot be had this time.
   *
   * The memory of array buffers is given back by the collection after the one that found them dead, so a second one runs where the first
   * seems to show growth there above `external`.
   */
  survivors(external: number): Figures | undefined {
    const gc = (this.#gc ??= findCollector());
    if (gc === undefined) return undefined;
    gc();
    if (getHeapStatistics().external_memory > external + DOUBTFUL_BYTES) gc();
    const { used_heap_size, external_memory } = getHeapStatistics();
    return { heap: used_heap_size, external: external_memory };
  }
}

/**
 * The flag belongs to the process and only contexts made under it have the function. Another thread may take the flag back in between;
 * then there is none this time, and the next point asks again. A flag that somebody else has set stays.
 */
function findCollector(): (() => void) | undefined {
  const given = collectorOfNewContext();
  if (given !== undefined) return given;
  setFlagsFromString('--expose-gc');
  try {
    return collectorOfNewContext();
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

function collectorOfNewContext(): (() => void) | undefined {
  return runInNewContext('globalThis.gc') as (() => void) | undefined;
}
