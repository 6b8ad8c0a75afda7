import { readdirSync, readFileSync } from 'node:fs';
import { owners } from './owners-table.js';

/** What the process has open, and may have. */
export interface DescriptorCount {
  readonly open: number;
  /** Those of them that tasks have opened in threads that are there. */
  readonly tasks: number;
  /** The soft limit. */
  readonly limit: number;
}

/** Counting takes a descriptor itself. Where there is none, how many there might be does not matter. */
const NONE_LEFT: DescriptorCount = { open: 0, tasks: 0, limit: 0 };

/** Null where there is no limit, or the platform does not tell. */
export function countDescriptors(): DescriptorCount | null {
  try {
    const limit = readLimit();
    if (limit === null) return null;
    const numbers = readNumbers();
    const tasks = numbers.filter((number) => (owners.ownerOf(Number(number))?.task ?? 0) !== 0);
    return { open: numbers.length - 1, tasks: tasks.length, limit };
  } catch (error) {
    const { code } = error as { code?: unknown };
    return code === 'EMFILE' || code === 'ENFILE' ? NONE_LEFT : null;
  }
}

/** How many descriptors the process has open; null where the platform does not tell. */
export function descriptorsOpen(): number | null {
  try {
    return readNumbers().length - 1;
  } catch {
    return null;
  }
}

/** How many it may have open, the soft limit; null where there is none or the platform does not tell. */
export function descriptorLimit(): number | null {
  try {
    return readLimit();
  } catch {
    return null;
  }
}

/** One of them is that of the directory itself, which is open while it is read. */
function readNumbers(): string[] {
  return readdirSync('/proc/self/fd');
}

function readLimit(): number | null {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === undefined ? null : Number(limit);
}
