import { readFileSync } from 'node:fs';
import type { Host } from '../host.js';

/** Of a clock tick in /proc, milliseconds: the same on every Linux, whatever the kernel itself ticks at. */
const tickMs = 10;

/**
 * CPU time of this process and of its children that have ended, in milliseconds: most of a run's is used in a child. `null` where the system
 * does not tell of children and there were any.
 */
export function cpuTimeMs(host: Pick<Host, 'cpuUsage'>, hadChildren: boolean): number | null {
  const { user, system } = host.cpuUsage();
  const children = childrenTicks();
  if (children === undefined) return hadChildren ? null : Math.round((user + system) / 1000);
  return Math.round((user + system) / 1000 + children * tickMs);
}

/** Of /proc/self/stat, fields 16 and 17; counted behind the command's name, which may hold anything. */
function childrenTicks(): number | undefined {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[13]) + Number(fields[14]);
  } catch {
    return undefined;
  }
}
