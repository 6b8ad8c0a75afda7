import spin from '../handlers/spin.js';

const STEPS = 200_000;

/** Steps of the spin handler that take so long alone on a core; the fastest of many tries counts: nothing can make one faster. */
export function stepsOf(milliseconds: number): number {
  let least = Infinity;
  for (let attempt = 0; attempt < 50; attempt++) {
    const before = performance.now();
    spin(STEPS);
    least = Math.min(least, performance.now() - before);
  }
  return Math.round((STEPS * milliseconds) / least);
}
