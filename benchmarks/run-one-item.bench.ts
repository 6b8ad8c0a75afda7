import { join } from 'node:path';
import type { Bench } from './harness/bench.js';
import { runFiles } from './harness/file-run.js';
import { median } from './harness/median.js';
import { writeSampleFiles } from './harness/sample-files.js';
import { PISCINA_MODES } from './pools/pool.js';

const TRIES = 5;

export const runOneItem: Bench = {
  name: 'run-one-item',
  work: '`plustwo run` on one item',
  note: 'Wall time of the whole command, the median of five tries a round. Piscina is the script of run-500-files with as many threads.',
  contenders: ['plustwo', ...PISCINA_MODES],
  peers: PISCINA_MODES,
  rank: { metric: 'wallMs', best: 'lowest' },
  metrics: {
    wallMs: { label: 'wall ms', digits: 0, over: 'median' },
    cpuMs: { label: 'CPU ms', digits: 0, over: 'median' },
  },
  goals: () => [{ metric: 'wallMs', of: 'fastest', sense: 'at most', times: 1.5 }],
  prepare: async (setting) => {
    await writeSampleFiles(join(setting.directory, 'files'), 1);
    return {};
  },
  measure: async (contender, setting) => {
    const runs = [];
    for (let round = 0; round < (setting.quick ? 1 : TRIES); round++) runs.push(await runFiles(contender, setting));
    return { wallMs: median(runs.map((run) => run.wallMs)), cpuMs: median(runs.map((run) => run.cpuMs)) };
  },
};
