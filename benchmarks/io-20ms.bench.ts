import type { Bench, Setting } from './harness/bench.js';
import { CPU_PER_CALL, gauge, RATE } from './harness/gauge.js';
import { callAtOnce, warmUp } from './harness/warm-up.js';
import { type Contender, openPool, PISCINA_MODES } from './pools/pool.js';

const WAIT_MS = 20;
const IO_CONCURRENCY = 100;

export const io20ms: Bench = {
  name: 'io-20ms',
  work: '20,000 io tasks that wait 20 ms',
  note: "Piscina's default is one task per thread: 20,000 tasks would take it 100 s, so it is given 100 per thread, and its rate is per second all the same. `piscina disabled x 100` is Piscina told to run 100 tasks per thread, with all 20,000.",
  contenders: ['plustwo', ...PISCINA_MODES, 'piscina disabled x 100'],
  peers: PISCINA_MODES,
  rank: { metric: 'perSecond', best: 'highest' },
  metrics: { perSecond: RATE, cpuMicros: CPU_PER_CALL },
  goals: ({ threads }) => [
    { metric: 'perSecond', of: 'fastest', sense: 'at least', times: 50 },
    {
      metric: 'perSecond',
      of: { label: 'threads x ioConcurrency / 20 ms', value: (threads * IO_CONCURRENCY * 1000) / WAIT_MS },
      sense: 'at least',
      times: 0.9,
    },
  ],
  measure: async (contender, setting) => {
    const handler = contender === 'plustwo' ? './handlers/wait-io.js' : './handlers/wait.js';
    const pool = await openPool(contender, new URL(handler, import.meta.url), setting.threads);
    const count = countFor(contender, setting);
    await warmUp(pool, WAIT_MS, { wave: count / 20, waves: 2 });
    const reading = await gauge(count, async () => {
      const answers = await callAtOnce(pool, count, () => WAIT_MS);
      if (answers.some((answer) => answer !== WAIT_MS)) throw new Error('a wait gave something else back');
    });
    await pool.close();
    return reading;
  },
};

function countFor(contender: Contender, { threads, quick }: Setting): number {
  const oneByOne = PISCINA_MODES.some((mode) => mode === contender);
  const full = oneByOne ? 100 * threads : 20_000;
  return quick ? full / 10 : full;
}
