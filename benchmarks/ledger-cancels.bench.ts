import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './harness/bench.js';
import { runSide } from './ledger/run-side.js';

/** Whether a task that is cancelled in the middle of opening something costs the process a descriptor. */
export function ledgerCancels({ cancels }: { cancels: number }): Bench {
  const count = (quick: boolean): number => (quick ? 8 : cancels);
  return {
    name: 'ledger-cancels',
    work: 'tasks cancelled while they loop through `fs.promises`',
    note: `${String(cancels)} tasks, each cancelled up to 30 ms after its loop began, by an AbortSignal it does not heed, so that its thread is ended; the grace is 1 ms. One loop opens, reads and closes, another reads whole files. Lost is what is open when the pool is closed: nobody can close it any more. Piscina ends a thread at once; the supervisor asks it to let what is in flight come to its end first.`,
    contenders: ['plustwo', 'piscina sync'],
    peers: ['piscina sync'],
    rank: { metric: 'lost', best: 'lowest' },
    metrics: {
      kept: { label: 'cancels without a loss', digits: 0, over: 'least' },
      lost: { label: 'descriptors lost', digits: 0, over: 'median' },
      endedMs: { label: 'ms to the rejection', digits: 1, over: 'median' },
    },
    goals: ({ quick }) => [
      { metric: 'kept', of: { label: 'cancels', value: count(quick) }, sense: 'at least', times: 1 },
    ],
    prepare: async ({ directory }) => {
      await writeFile(join(directory, 'sample.txt'), 'x'.repeat(10_000));
      return {};
    },
    measure: async (contender, { directory, threads, quick }) => {
      const { lost, endedMs } = await runSide('cancels', {
        pool: contender === 'plustwo' ? 'plustwo' : 'piscina',
        file: join(directory, 'sample.txt'),
        threads,
        cancels: count(quick),
      });
      // A cancel may cost more than one descriptor, so that this is the least it can be.
      return { kept: Math.max(0, count(quick) - lost), lost, endedMs };
    },
  };
}
