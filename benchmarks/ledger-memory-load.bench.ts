import { join } from 'node:path';
import type { Bench, Goal, Reading, Setting } from './harness/bench.js';
import type { MemoryLoadFound } from './ledger/load-memory.js';
import { compare, measurePairs } from './ledger/pairs.js';
import { runSide } from './ledger/run-side.js';
import { stepsOf } from './ledger/steps.js';

export interface MemoryLoad {
  /** Of the one long run whose RSS is watched; none without it, and RSS is that of the last pair's leaky side. */
  readonly minutes: number;
  /** Pairs of a leaky and a healthy run, and how long each side of one is. */
  readonly pairs: number;
  readonly pairSeconds: number;
  readonly heapGrowth: string;
}

const TASK_MS = 5;
/** So much may the highest RSS of the second half be above that of the first to be called flat. */
const FLAT = 1.05;

/** Whether a task type that leaks memory costs a process its memory, or its throughput. */
export function ledgerMemoryLoad(load: MemoryLoad): Bench {
  const { minutes, pairs, pairSeconds, heapGrowth } = load;
  const long = minutes > 0;
  const bounded = pairs > 1;
  return {
    name: 'ledger-memory-load',
    work: 'load with tasks that keep 64 KB of heap each, beside a healthy one',
    note: `Tasks of ${String(TASK_MS)} ms that fill 64 KB of the heap, four per thread under way; the leaky ones keep it, and threads are recycled at a verified growth of ${heapGrowth}. Throughput: ${String(pairs)} pairs of fresh processes of ${String(pairSeconds)} s each, leaky and healthy, who goes first changes from pair to pair; a pause of one side while the other runs would give it an idle moment to collect garbage in. RSS: the highest of the second half of ${long ? `one run of ${String(minutes)} minutes` : 'the leaky side'} by that of the first. The curve by second is in the JSON.`,
    contenders: ['plustwo'],
    peers: [],
    rank: { metric: 'throughputRatio', best: 'highest' },
    metrics: {
      throughputRatio: { label: 'x throughput', digits: 3, over: 'median' },
      ...(bounded
        ? {
            throughputLower: { label: 'lower 95 % bound', digits: 3, over: 'median' },
            throughputUpper: { label: 'upper 95 % bound', digits: 3, over: 'median' },
          }
        : {}),
      rssRatio: { label: 'x RSS, second half by first', digits: 3, over: 'median' },
      rssMb: { label: 'highest RSS MB', digits: 0, over: 'median' },
      lost: { label: 'tasks lost', digits: 0, over: 'median' },
      recycles: { label: 'recycles', digits: 0, over: 'median' },
      slowestMs: { label: 'slowest leaky task ms', digits: 0, over: 'median' },
      healthySlowestMs: { label: 'slowest healthy task ms', digits: 0, over: 'median' },
    },
    goals: () => (long ? goals() : []),
    prepare: () => ({ steps: stepsOf(TASK_MS) }),
    measure: (_contender, setting) => measure(load, setting),
  };
}

/** A short run has too few recycles to be judged by. */
function goals(): Goal[] {
  return [
    { metric: 'throughputRatio', of: { label: 'healthy', value: 1 }, sense: 'at least', times: 0.97 },
    { metric: 'rssRatio', of: { label: 'first half', value: 1 }, sense: 'at most', times: FLAT },
    { metric: 'lost', of: { label: 'one task', value: 1 }, sense: 'at most', times: 0 },
  ];
}

async function measure(load: MemoryLoad, setting: Setting): Promise<Reading> {
  const { threads, directory, quick, figures } = setting;
  const run = (name: string, keep: boolean, seconds: number): Promise<MemoryLoadFound> =>
    runSide('load memory', {
      keep,
      threads,
      seconds: quick ? 2 : seconds,
      steps: figures['steps'] ?? NaN,
      heapGrowth: load.heapGrowth,
      curve: join(directory, `ledger-memory-load-${name}.json`),
    });
  const long = load.minutes > 0 ? await run('long', true, 60 * load.minutes) : undefined;
  const pairs = await measurePairs<MemoryLoadFound>(
    load.pairs,
    (side) => run(side === 'ours' ? 'leaky' : 'healthy', side === 'ours', load.pairSeconds),
    ({ ours, other }, index) => {
      const ratio = (ours.perSecond / other.perSecond).toFixed(3);
      process.stderr.write(`memory load, pair ${String(index + 1)} of ${String(load.pairs)}: ${ratio}\n`);
    },
  );
  const leaky = pairs.map((pair) => pair.ours);
  const watched = long ?? leaky.at(-1);
  if (!watched) throw new Error('there is no pair');
  const runs = [...leaky, ...(long ? [long] : [])];
  const throughput = compare(pairs, (side) => side.perSecond);
  return {
    throughputRatio: throughput.ratio,
    // One pair has no interval, and NaN does not come through as JSON.
    ...(pairs.length > 1 ? { throughputLower: throughput.lower, throughputUpper: throughput.upper } : {}),
    rssRatio: watched.secondHalf / watched.firstHalf,
    rssMb: Math.max(watched.firstHalf, watched.secondHalf) / 2 ** 20,
    lost: runs.reduce((sum, { failed }) => sum + failed, 0),
    recycles: watched.recycles,
    slowestMs: Math.max(...runs.map((side) => side.slowestMs)),
    healthySlowestMs: Math.max(...pairs.map((pair) => pair.other.slowestMs)),
  };
}
