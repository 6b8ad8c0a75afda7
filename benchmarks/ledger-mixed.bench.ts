import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './harness/bench.js';
import { runSide } from './ledger/run-side.js';

const AT_A_TIME = 18;

/** Whether every leak is named and nobody else is. */
export function ledgerMixed({ tasks }: { tasks: number }): Bench {
  return {
    name: 'ledger-mixed',
    work: '40 leaking and 40 clean task types, mixed',
    note: `${tasks.toLocaleString('en-US')} tasks, ${String(AT_A_TIME)} at a time, all io, so that attempts of a thread overlap. Twenty ways of opening, from \`openSync\` to a child process, each left open by two types: in the handler, and in a function below it behind an await. Of the clean types twenty close the same, and twenty end in ways that look like a leak: pooled sockets, handles still closing, streams that close themselves, \`shared\`. A leaking type counts as named if every row about it has its task, resource, path and line.`,
    contenders: ['plustwo'],
    peers: [],
    rank: { metric: 'named', best: 'highest' },
    metrics: {
      named: { label: 'leaking types named', digits: 0, over: 'least' },
      countedPercent: { label: '% of leaks counted under their line', digits: 2, over: 'least' },
      spared: { label: 'clean types not accused', digits: 0, over: 'least' },
      failed: { label: 'tasks failed', digits: 0, over: 'median' },
      recycles: { label: 'recycles', digits: 0, over: 'median' },
    },
    goals: () => [
      { metric: 'named', of: { label: 'leaking types', value: 40 }, sense: 'at least', times: 1 },
      { metric: 'spared', of: { label: 'clean types', value: 40 }, sense: 'at least', times: 1 },
    ],
    measure: async (_contender, { directory, threads, quick }) => {
      const found = await runSide('mixed', {
        directory: await mkdtemp(join(directory, 'mixed-')),
        threads,
        tasks: quick ? 240 : tasks,
        atATime: AT_A_TIME,
        faults: join(directory, 'ledger-mixed-faults.json'),
      });
      const { named, failed, recycles } = found;
      return {
        named,
        countedPercent: (100 * found.counted) / found.leaks,
        spared: found.clean - found.accused,
        failed,
        recycles,
      };
    },
  };
}
