import type { Metric, Reading } from './bench.js';
import { cpuMicros } from './family.js';

export const RATE = { label: 'per second', digits: 0, over: 'median' } as const satisfies Metric;
export const CPU_PER_CALL = { label: 'CPU µs each', digits: 1, over: 'median' } as const satisfies Metric;

/** Measures wall time and the CPU time of the whole process, all its threads and children included, around `work`. */
export async function gauge(count: number, work: () => Promise<void>): Promise<Reading> {
  const cpuBefore = cpuMicros();
  const before = performance.now();
  await work();
  const seconds = (performance.now() - before) / 1000;
  return { perSecond: count / seconds, cpuMicros: (cpuMicros() - cpuBefore) / count };
}
