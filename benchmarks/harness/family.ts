import { readdirSync } from 'node:fs';
import { contentOf } from './footprint.js';

/** What the kernel tells the CPU time of other processes in, on every architecture. */
const MICROS_PER_TICK = 10_000;

/**
 * CPU time of this process and of the children it has now, in microseconds: with process isolation the threads are a child's. A child's
 * part is right to two ticks of 10 ms. Without /proc it is this process's alone.
 */
export function cpuMicros(): number {
  const own = process.cpuUsage();
  return children().reduce((sum, pid) => sum + ticksOf(pid) * MICROS_PER_TICK, own.user + own.system);
}

/** Memory of this process and of the children it has now, in bytes; what they share counts for each. */
export function rssBytes(): number {
  return children().reduce((sum, pid) => sum + residentKb(pid) * 1_024, process.memoryUsage.rss());
}

function children(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/task')
    .flatMap((thread) => read(`/proc/self/task/${thread}/children`).split(' '))
    .filter((pid) => pid !== '');
}

function ticksOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name stands in brackets and may hold anything; behind the last one come numbers, from the third field on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0] = fields.slice(14 - 3, 16 - 3).map(Number);
  return user + system;
}

function residentKb(pid: string): number {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

const read = (path: string): string => contentOf(path)?.trim() ?? '';
