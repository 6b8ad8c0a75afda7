import spin from './handlers/spin.js';
import type { Bench, Setting } from './harness/bench.js';
import { CPU_PER_CALL, gauge, RATE } from './harness/gauge.js';
import { callAtOnce, warmUp } from './harness/warm-up.js';
import { type Contender, OTHER_POOLS, openPool, PISCINA_MODES } from './pools/pool.js';

const TASK_MS = 5;

export const cpu5ms: Bench = {
  name: 'cpu-5ms',
  work: '1,000 cpu tasks of 5 ms',
  note: 'A task is a fixed number of steps, set once per run so that it takes 5 ms alone on a core. tinypool, workerpool and poolifier are given 300 tasks.',
  contenders: ['plustwo', ...PISCINA_MODES, ...OTHER_POOLS],
  peers: PISCINA_MODES,
  rank: { metric: 'perSecond', best: 'highest' },
  metrics: { perSecond: { ...RATE, digits: 1 }, cpuMicros: { ...CPU_PER_CALL, digits: 0 } },
  goals: () => [{ metric: 'perSecond', of: 'fastest', sense: 'at least', times: 0.99 }],
  prepare: () => ({ steps: findSteps() }),
  measure: async (contender, setting) => {
    const { steps } = setting.figures;
    if (steps === undefined) throw new Error('the number of steps is missing');
    const { threads, isolation } = setting;
    const pool = await openPool(contender, new URL('./handlers/spin.js', import.meta.url), threads, isolation);
    await warmUp(pool, steps, { wave: 4 * threads, waves: 4 });
    const count = countFor(contender, setting);
    const expected = spin(steps);
    const reading = await gauge(count, async () => {
      const answers = await callAtOnce(pool, count, () => steps);
      if (answers.some((answer) => answer !== expected)) throw new Error('a task computed something else');
    });
    await pool.close();
    return reading;
  },
};

function countFor(contender: Contender, setting: Setting): number {
  if (setting.quick) return 40;
  return OTHER_POOLS.some((other) => other === contender) ? 300 : 1_000;
}

/** The fastest of many tries counts: whatever else the machine does can only make one slower. */
function findSteps(): number {
  const steps = 1_000_000;
  let least = Infinity;
  for (let attempt = 0; attempt < 50; attempt++) {
    const before = performance.now();
    spin(steps);
    least = Math.min(least, performance.now() - before);
  }
  return Math.round((steps * TASK_MS) / least);
}
