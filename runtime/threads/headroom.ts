import { countDescriptors } from '../ledger/descriptor-count.js';
import type { Headroom } from './recycle.js';

/** What the process has left: memory up to the limit of its control group or of the machine, descriptors up to its own limit. */
export function readHeadroom(): Headroom {
  const counted = countDescriptors();
  // Where there is nothing to look at, no limit is known.
  const descriptors = counted === null ? Number.POSITIVE_INFINITY : counted.limit - counted.open;
  return { bytes: process.availableMemory(), descriptors };
}
