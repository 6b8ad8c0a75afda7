import type { Bench, Setting } from './harness/bench.js';
import { CPU_PER_CALL, gauge, RATE } from './harness/gauge.js';
import { callAtOnce, warmUp } from './harness/warm-up.js';
import { type Contender, OTHER_POOLS, openPool, PISCINA_MODES } from './pools/pool.js';

export const trivialCalls: Bench = {
  name: 'trivial-calls',
  work: '100,000 trivial calls at once',
  note: 'Calls and answers are numbers. tinypool, workerpool and poolifier are given 20,000 calls, their rates are per second all the same.',
  contenders: ['plustwo', ...PISCINA_MODES, ...OTHER_POOLS],
  peers: PISCINA_MODES,
  rank: { metric: 'perSecond', best: 'highest' },
  metrics: { perSecond: RATE, cpuMicros: CPU_PER_CALL },
  goals: () => [
    { metric: 'perSecond', of: 'fastest', sense: 'at least', times: 10 },
    { metric: 'cpuMicros', of: 'fastest', sense: 'at most', times: 1 / 8 },
  ],
  measure: async (contender, setting) => {
    const count = countFor(contender, setting);
    const pool = await openPool(contender, new URL('./handlers/increment.js', import.meta.url), setting.threads);
    await warmUp(pool, 1, { wave: 2_000, waves: 5 });
    let answers: unknown[] = [];
    const reading = await gauge(count, async () => {
      answers = await callAtOnce(pool, count, (index) => index);
    });
    const wrong = answers.findIndex((answer, index) => answer !== index + 1);
    if (wrong !== -1) throw new Error(`call ${String(wrong)} was answered with ${String(answers[wrong])}`);
    await pool.close();
    return reading;
  },
};

function countFor(contender: Contender, setting: Setting): number {
  if (setting.quick) return 5_000;
  return OTHER_POOLS.some((other) => other === contender) ? 20_000 : 100_000;
}
