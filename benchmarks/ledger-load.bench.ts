import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './harness/bench.js';
import { runSide } from './ledger/run-side.js';
import { stepsOf } from './ledger/steps.js';

const MOST = 64;
const TASK_MS = 5;

/** Whether leaky tasks can use up the process's descriptors. */
export function ledgerLoad({ minutes }: { minutes: number }): Bench {
  return {
    name: 'ledger-load',
    work: 'load with tasks that leave a descriptor open each',
    note: `${String(minutes)} minutes, four tasks per thread under way, each of ${String(TASK_MS)} ms; threads are recycled at ${String(MOST)} descriptors held. The start is the highest number while the same tasks close their file; the figure is the highest above it, read twenty times a second. Piscina goes on until the time is over or its tasks fail with EMFILE. The curve by second is in the JSON.`,
    contenders: ['plustwo', 'piscina sync'],
    peers: ['piscina sync'],
    rank: { metric: 'above', best: 'lowest' },
    metrics: {
      above: { label: 'descriptors above the start', digits: 0, over: 'median' },
      perSecond: { label: 'tasks per second', digits: 1, over: 'median' },
      seconds: { label: 'seconds it went on', digits: 0, over: 'median' },
      failed: { label: 'tasks failed', digits: 0, over: 'median' },
      recycles: { label: 'recycles', digits: 0, over: 'median' },
      slowestMs: { label: 'slowest task ms', digits: 0, over: 'median' },
    },
    goals: ({ threads }) => [
      {
        metric: 'above',
        of: { label: `threads x ${String(MOST)}`, value: threads * MOST },
        sense: 'at most',
        times: 1,
      },
    ],
    prepare: async ({ directory }) => {
      await writeFile(join(directory, 'sample.txt'), 'x'.repeat(64));
      return { steps: stepsOf(TASK_MS) };
    },
    measure: async (contender, { directory, threads, quick, figures: { steps = NaN } }) => {
      const pool = contender === 'plustwo' ? 'plustwo' : 'piscina';
      const found = await runSide('load descriptors', {
        pool,
        file: join(directory, 'sample.txt'),
        threads,
        seconds: quick ? 2 : 60 * minutes,
        steps,
        most: MOST,
        curve: join(directory, `ledger-load-${pool}.json`),
      });
      const { start, highest, done, seconds, failed, recycles, slowestMs } = found;
      return { above: highest - start, perSecond: done / seconds, seconds, failed, recycles, slowestMs };
    },
  };
}
