import type { Pool } from '../pools/pool.js';

const LEAST_MS = 700;

/**
 * Calls in waves until every thread has long been up and the handler is compiled: for at least 700 ms and at least
 * `waves` waves, whatever comes last, so that a slow contender is as warm as a fast one.
 */
export async function warmUp(
  pool: Pool,
  input: unknown,
  { wave, waves }: { wave: number; waves: number },
): Promise<void> {
  const start = performance.now();
  for (let done = 0; done < waves || performance.now() - start < LEAST_MS; done++) {
    await callAtOnce(pool, wave, () => input);
  }
}

export function callAtOnce(pool: Pool, count: number, input: (index: number) => unknown): Promise<unknown[]> {
  const answers = new Array<Promise<unknown>>(count);
  for (let index = 0; index < count; index++) answers[index] = pool.call(input(index));
  return Promise.all(answers);
}
