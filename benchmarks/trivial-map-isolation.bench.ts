import type { Bench } from './harness/bench.js';
import { trivialMap } from './trivial-map.bench.js';

export const trivialMapIsolation: Bench = {
  ...trivialMap,
  name: 'trivial-map-isolation',
  work: `${trivialMap.work}, \`isolation: 'process'\``,
  note: 'As trivial-map, with our threads in a child process. CPU and RSS are those of both processes; Piscina has one.',
  goals: () => [
    { metric: 'perSecond', of: 'fastest', sense: 'at least', times: 10 },
    { metric: 'growthMb', of: { label: '30 MB', value: 30 }, sense: 'at most', times: 1 },
  ],
  measure: (contender, setting) => trivialMap.measure(contender, { ...setting, isolation: 'process' }),
};
