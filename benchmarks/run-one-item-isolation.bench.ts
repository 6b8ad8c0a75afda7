import type { Bench } from './harness/bench.js';
import { runOneItem } from './run-one-item.bench.js';

export const runOneItemIsolation: Bench = {
  ...runOneItem,
  name: 'run-one-item-isolation',
  work: `${runOneItem.work}, \`--isolation process\``,
  note: 'As run-one-item, with the threads in a child process whatever the default is. Piscina is the same script.',
  goals: () => [{ metric: 'wallMs', of: 'fastest', sense: 'at most', times: 2.3 }],
  measure: (contender, setting) => runOneItem.measure(contender, { ...setting, isolation: 'process' }),
};
