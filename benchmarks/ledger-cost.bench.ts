import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Goal, Reading, Setting } from './harness/bench.js';
import type { Cost } from './ledger/cost.js';
import { compare, measurePairs } from './ledger/pairs.js';
import { runSide } from './ledger/run-side.js';
import { stepsOf } from './ledger/steps.js';
import type { Workload } from './ledger/workloads.js';

/** An interval of fewer says little. */
const PAIRS_FOR_A_BOUND = 10;

/** What tracking, which is the default, costs in CPU: pairs of a supervisor that tracks and one with `ledger: false`. */
export function ledgerCost(workload: Workload, { pairs }: { pairs: number }): Bench {
  const bounded = pairs >= PAIRS_FOR_A_BOUND;
  return {
    name: `ledger-cost-${workload.name}`,
    work: `tracking on against off: ${workload.work}`,
    note: `${String(pairs)} pairs per round; each side is a fresh supervisor in a fresh process, and who goes first changes from pair to pair. A ratio is the median of the pairs. CPU of the threads is read from outside, when they rest, from the kernel: what a thread does behind an attempt's end counts, and the supervisor, the file threads of Node and the garbage collector's helpers, which would water the ratio down, do not; they are in the ratio of the process.`,
    contenders: ['plustwo'],
    peers: [],
    rank: { metric: 'threadRatio', best: 'lowest' },
    metrics: {
      threadRatio: { label: 'x thread CPU', digits: 3, over: 'median' },
      ...(bounded
        ? {
            threadLower: { label: 'lower 95 % bound', digits: 3, over: 'median' },
            threadUpper: { label: 'upper 95 % bound', digits: 3, over: 'median' },
          }
        : {}),
      processRatio: { label: 'x process CPU', digits: 3, over: 'median' },
      trackedMs: { label: 'thread CPU ms, tracked', digits: 0, over: 'median' },
      untrackedMs: { label: 'thread CPU ms, untracked', digits: 0, over: 'median' },
    },
    goals: () => goalsOf(workload, bounded),
    prepare: async (setting) => {
      await writeFile(fileOf(setting), 'x'.repeat(64));
      return { steps: stepsOf(1) };
    },
    measure: (_contender, setting) => measure(workload, setting, pairs),
  };
}

function goalsOf({ of, most }: Workload, bounded: boolean): Goal[] {
  const goal = (metric: string): Goal => ({
    metric,
    of: { label: 'untracked', value: 1 },
    sense: 'at most',
    times: most,
  });
  if (of === 'ratio') return [goal('threadRatio')];
  // With few pairs the bound says nothing, and the ratio alone is not what was asked.
  return bounded ? [goal('threadUpper')] : [];
}

async function measure(workload: Workload, setting: Setting, count: number): Promise<Reading> {
  const { steps } = setting.figures;
  if (steps === undefined) throw new Error('the number of steps is missing');
  const terms = {
    workload: workload.name,
    threads: setting.threads,
    file: fileOf(setting),
    steps,
    part: setting.quick ? 20 : 1,
  };
  const pairs = await measurePairs<Cost>(
    count,
    (side) => runSide('cost', { ...terms, tracked: side === 'ours' }),
    ({ ours, other }, index) => {
      const ratio = (ours.threadMs / other.threadMs).toFixed(3);
      process.stderr.write(`${workload.name}, pair ${String(index + 1)} of ${String(count)}: ${ratio}\n`);
    },
  );
  const thread = compare(pairs, (side) => side.threadMs);
  const total = (side: 'ours' | 'other'): number => pairs.reduce((sum, pair) => sum + pair[side].threadMs, 0);
  return {
    threadRatio: thread.ratio,
    ...(count >= PAIRS_FOR_A_BOUND ? { threadLower: thread.lower, threadUpper: thread.upper } : {}),
    processRatio: compare(pairs, (side) => side.processMs).ratio,
    trackedMs: total('ours') / count,
    untrackedMs: total('other') / count,
  };
}

function fileOf({ directory }: Setting): string {
  return join(directory, 'sample.txt');
}
