import type { Bench, Reading } from './harness/bench.js';
import { CPU_PER_CALL, gauge } from './harness/gauge.js';
import { quantile } from './harness/median.js';
import { warmUp } from './harness/warm-up.js';
import { OTHER_POOLS, openPool, PISCINA_MODES, type Pool } from './pools/pool.js';

export const loneCall: Bench = {
  name: 'lone-call',
  work: 'one lone call after another',
  note: 'Wake-ups are bimodal on shared machines, and the CPU of a call doubles or trebles with the slow one, so p50 and CPU are the best of the rounds, each with a fresh pool; the ranges show the rest. The peer is Piscina in the mode that wakes threads as ours are woken.',
  contenders: ['plustwo', ...PISCINA_MODES, ...OTHER_POOLS],
  peers: ['piscina disabled'],
  rank: { metric: 'p50Micros', best: 'lowest' },
  metrics: {
    p50Micros: { label: 'best p50 µs', digits: 1, over: 'least' },
    p99Micros: { label: 'p99 µs', digits: 0, over: 'median' },
    cpuMicros: { ...CPU_PER_CALL, over: 'least' },
  },
  goals: () => [
    { metric: 'p50Micros', of: 'fastest', sense: 'at most', times: 1.15 },
    { metric: 'cpuMicros', of: 'fastest', sense: 'at most', times: 1.15 },
  ],
  measure: async (contender, setting) => {
    const pool = await openPool(contender, new URL('./handlers/increment.js', import.meta.url), setting.threads);
    await warmUp(pool, 1, { wave: 1_000, waves: 5 });
    await callOneByOne(pool, setting.quick ? 200 : 2_000);
    const reading = await callOneByOne(pool, setting.quick ? 1_000 : 20_000);
    await pool.close();
    return reading;
  },
};

async function callOneByOne(pool: Pool, count: number): Promise<Reading> {
  const micros = new Array<number>(count).fill(0);
  const reading = await gauge(count, async () => {
    for (let index = 0; index < count; index++) {
      const before = performance.now();
      const answer = await pool.call(index);
      micros[index] = (performance.now() - before) * 1000;
      if (answer !== index + 1) throw new Error(`call ${String(index)} was answered with ${String(answer)}`);
    }
  });
  return { ...reading, p50Micros: quantile(micros, 0.5), p99Micros: quantile(micros, 0.99) };
}
