import { readdirSync, readFileSync } from 'node:fs';
import type { Headroom } from './recycle.js';

/** What the process has left: memory up to the limit of its control group or of the machine, descriptors up to its own limit. */
export function readHeadroom(): Headroom {
  return { bytes: process.availableMemory(), descriptors: descriptorsLeft() };
}

function descriptorsLeft(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit) - readdirSync('/proc/self/fd').length;
  } catch (error) {
    // Without descriptors to look with there are none for a thread; where there is nothing to look at, no limit is known.
    return isOutOfDescriptors(error) ? 0 : Number.POSITIVE_INFINITY;
  }
}

function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'EMFILE' || code === 'ENFILE';
}
