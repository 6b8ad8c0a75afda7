import { readFileSync } from 'node:fs';

/** Calls that bring every thread to say who it is; each blocks its thread for a moment, so that they spread. */
const MOST_WAVES = 50;

/** What the kernel calls the threads: the numbers that `whoami` gives from each of them. Linux only. */
export async function threadNumbers(whoami: () => Promise<number>, count: number): Promise<number[]> {
  const numbers = new Set<number>();
  for (let wave = 0; numbers.size < count; wave++) {
    if (wave === MOST_WAVES) throw new Error(`${String(numbers.size)} of ${String(count)} threads said who they are`);
    for (const number of await Promise.all(Array.from({ length: count }, whoami))) numbers.add(number);
  }
  return [...numbers];
}

/**
 * CPU of these threads so far, in milliseconds, as the kernel keeps it: exact for a thread that waits. Taken from outside, so that what a
 * thread does after an attempt's end counts too.
 */
export function threadCpuMs(numbers: readonly number[]): number {
  let nanoseconds = 0;
  for (const number of numbers) {
    nanoseconds += Number(readFileSync(`/proc/self/task/${String(number)}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e6;
}
