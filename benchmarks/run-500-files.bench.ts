import { join } from 'node:path';
import type { Bench } from './harness/bench.js';
import { runFiles } from './harness/file-run.js';
import { writeSampleFiles } from './harness/sample-files.js';
import { PISCINA_MODES } from './pools/pool.js';

export const run500Files: Bench = {
  name: 'run-500-files',
  work: '`plustwo run` on 500 files of up to 20 KB (gzip + sha256)',
  note: 'CPU of the whole command, start-up included, as the shell counts it. Piscina is a script written by hand, scripts/piscina-files.ts; xargs starts a node process per file, as many at a time as there are threads.',
  contenders: ['plustwo', ...PISCINA_MODES, 'xargs'],
  peers: PISCINA_MODES,
  rank: { metric: 'cpuMs', best: 'lowest' },
  metrics: {
    cpuMs: { label: 'CPU ms', digits: 0, over: 'median' },
    wallMs: { label: 'wall ms', digits: 0, over: 'median' },
  },
  goals: () => [
    { metric: 'cpuMs', of: 'fastest', sense: 'at most', times: 1.15 },
    { metric: 'cpuMs', of: 'xargs', sense: 'at most', times: 1 / 8 },
  ],
  prepare: async (setting) => {
    await writeSampleFiles(join(setting.directory, 'files'), setting.quick ? 20 : 500);
    return {};
  },
  measure: runFiles,
};
