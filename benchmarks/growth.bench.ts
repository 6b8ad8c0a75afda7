import { runTrial, type Trial } from './growth/trial.js';
import { LIMIT, WORKLOADS } from './growth/workloads.js';
import type { Bench, Metric } from './harness/bench.js';

const [LEAKS, HEALTHY] = [true, false].map(
  (leaks) => WORKLOADS.filter(({ leak }) => (leak !== undefined) === leaks).length,
);
/** The one that leaves 200 bytes may be missed. */
const TO_FIND = (LEAKS ?? 0) - 1;

const count = (label: string): Metric => ({ label, digits: 0, over: 'least' });

export const growth: Bench = {
  name: 'ledger-growth',
  work: 'growth of memory, 8 leaks and 12 healthy workloads',
  note: `Every workload has a supervisor with one thread and 16 tasks under way, so that the thread is hardly ever idle: ${LIMIT.toLocaleString('en-US')} tasks for a leak, half as many again for a healthy one, because a cache that is still filling may be called a leak until it is full. What a leak leaves behind in truth is measured beside it without a supervisor. A table of all of them is printed while it runs.`,
  contenders: ['plustwo'],
  peers: [],
  rank: { metric: 'found', best: 'highest' },
  metrics: {
    found: count('leaks found'),
    right: count('of them, rate within 10 % and task named'),
    cleared: count('healthy ones not called a leak at the end, and not recycled'),
    never: count('of them, never called one'),
    slowest: { label: 'tasks until the last was found', digits: 0, over: 'median' },
  },
  goals: () => [
    { metric: 'found', of: { label: 'all but 200 B', value: TO_FIND }, sense: 'at least', times: 1 },
    { metric: 'right', of: { label: 'all but 200 B', value: TO_FIND }, sense: 'at least', times: 1 },
    { metric: 'cleared', of: { label: 'all', value: HEALTHY ?? 0 }, sense: 'at least', times: 1 },
  ],
  measure: async (_contender, { quick }) => {
    const trials: Trial[] = [];
    process.stderr.write(`${line(['workload', 'B left', 'B found', 'after', 'named', 'at the end'])}\n`);
    for (const workload of WORKLOADS) {
      const trial = await runTrial(workload, quick ? 50 : workload.tasks);
      process.stderr.write(`${describe(trial)}\n`);
      trials.push(trial);
    }
    return judge(trials);
  },
};

function judge(trials: readonly Trial[]): Record<string, number> {
  const found = trials.filter(({ truth, stands }) => truth > 0 && stands);
  const healthy = trials.filter(({ truth }) => truth === 0);
  const cleared = healthy.filter(({ stands, recycles }) => !stands && recycles === 0);
  return {
    found: found.length,
    right: found.filter((trial) => trial.named && Math.abs(deviation(trial)) <= 0.1).length,
    cleared: cleared.length,
    never: cleared.filter(({ after }) => after === undefined).length,
    slowest: Math.max(0, ...found.map(({ after = 0 }) => after)),
  };
}

/** How far the rate that was found is from the truth. */
function deviation({ found = NaN, truth }: Trial): number {
  return found / truth - 1;
}

function describe(trial: Trial): string {
  const { name, truth, found, named, after, stands, recycles } = trial;
  const off = truth > 0 && found !== undefined ? ` (${(100 * deviation(trial)).toFixed(1)} %)` : '';
  const rate = found === undefined ? '-' : `${found.toFixed(0)}${off}`;
  const end = `${stands ? 'leaks' : 'healthy'}${recycles > 0 ? `, recycled ${String(recycles)}` : ''}`;
  return line([
    name,
    truth.toFixed(0),
    rate,
    String(after ?? '-'),
    found === undefined ? '-' : named ? 'yes' : 'no',
    end,
  ]);
}

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(index === 0 ? 16 : 20)).join('');
}
