import { cpu5ms } from './cpu-5ms.bench.js';
import type { Bench } from './harness/bench.js';
import { PISCINA_MODES } from './pools/pool.js';

export const cpu5msIsolation: Bench = {
  ...cpu5ms,
  name: 'cpu-5ms-isolation',
  work: `${cpu5ms.work}, \`isolation: 'process'\``,
  note: 'As cpu-5ms, with our threads in a child process. CPU is that of both processes; Piscina has one.',
  contenders: ['plustwo', ...PISCINA_MODES],
  goals: () => [{ metric: 'perSecond', of: 'fastest', sense: 'at least', times: 0.98 }],
  measure: (contender, setting) => cpu5ms.measure(contender, { ...setting, isolation: 'process' }),
};
