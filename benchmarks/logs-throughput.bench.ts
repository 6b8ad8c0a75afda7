import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './harness/bench.js';
import { CPU_PER_CALL, RATE } from './harness/gauge.js';
import { measureThroughput } from './logs/throughput.js';
import { PISCINA_MODES } from './pools/pool.js';

/** How many tasks a second there are where each says ten lines. */
export const logsThroughputBenches: readonly Bench[] = [false, true].map(logsThroughput);

function logsThroughput(isGated: boolean): Bench {
  return {
    name: isGated ? 'logs-throughput-gated' : 'logs-throughput',
    work: `tasks with 10 lines of \`console.log\` each${isGated ? ', noise counted' : ', every line written'}`,
    note: '20,000 tasks, called one by one, 160 at a time for each thread. Ours are written to log files; the output of the process of Piscina is a file. Time runs until the last line is in its file.',
    contenders: ['plustwo', ...PISCINA_MODES],
    peers: PISCINA_MODES,
    rank: { metric: 'perSecond', best: 'highest' },
    metrics: { perSecond: RATE, cpuMicros: CPU_PER_CALL },
    goals: () => [{ metric: 'perSecond', of: 'fastest', sense: 'at least', times: 3 }],
    measure: async (contender, { directory, threads, quick }) => {
      const dir = await mkdtemp(join(directory, 'logs-'));
      try {
        return await measureThroughput({ contender, dir, threads, isGated, tasks: quick ? 200 : 20_000 });
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  };
}
