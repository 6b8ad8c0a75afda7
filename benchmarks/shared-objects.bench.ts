import { checkOwnClones, type SharedInput, sharedInputs } from './handlers/shared-input.js';
import type { Bench } from './harness/bench.js';
import { CPU_PER_CALL, gauge, RATE } from './harness/gauge.js';
import { callAtOnce, warmUp } from './harness/warm-up.js';
import { openPool, PISCINA_MODES } from './pools/pool.js';

export const sharedObjects: Bench = {
  name: 'shared-objects',
  work: 'echo of 20,000 objects of 1 KB that share a nested one, at once',
  note: 'All inputs point to one options object. The handler marks it; afterwards every answer must carry exactly one mark and an options object of its own, or the reading fails.',
  contenders: ['plustwo', ...PISCINA_MODES],
  peers: PISCINA_MODES,
  rank: { metric: 'perSecond', best: 'highest' },
  metrics: { perSecond: RATE, cpuMicros: CPU_PER_CALL },
  goals: () => [{ metric: 'perSecond', of: 'fastest', sense: 'at least', times: 4 }],
  measure: async (contender, setting) => {
    const inputs = sharedInputs(setting.quick ? 2_000 : 20_000);
    const pool = await openPool(contender, new URL('./handlers/echo.js', import.meta.url), setting.threads);
    await warmUp(pool, inputs[0], { wave: 1_000, waves: 5 });
    let answers: unknown[] = [];
    const reading = await gauge(inputs.length, async () => {
      answers = await callAtOnce(pool, inputs.length, (index) => inputs[index]);
    });
    checkOwnClones(answers as SharedInput[]);
    await pool.close();
    return reading;
  },
};
