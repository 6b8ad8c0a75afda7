import type { Contender } from '../pools/pool.js';
import type { Bench, Goal, Reading, Setting } from './bench.js';
import { median } from './median.js';
import type { Readings } from './rounds.js';

/** One figure per metric and contender, over all rounds. */
export type Summary = Partial<Record<Contender, Reading>>;

/** One goal and how it came out. */
export interface Row {
  readonly metric: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly peerName: string;
  readonly ratio: number | null;
  readonly sense: Goal['sense'];
  readonly times: number;
  /** `null` if no verdict can be given: a contender was left out, or the run was a quick or a short one. */
  readonly met: boolean | null;
}

export function summarise(bench: Bench, readings: Readings): Summary {
  const summary: Summary = {};
  for (const [contender, list] of Object.entries(readings)) {
    summary[contender as Contender] = Object.fromEntries(
      Object.entries(bench.metrics).map(([metric, { over }]) => {
        const values = list.map((reading) => valueOf(reading, metric));
        return [metric, over === 'least' ? Math.min(...values) : median(values)];
      }),
    );
  }
  return summary;
}

export function judge(bench: Bench, summary: Summary, setting: Setting, conclusive: boolean): Row[] {
  return bench.goals(setting).map((goal) => {
    const ours = summary.plustwo ? valueOf(summary.plustwo, goal.metric) : null;
    const { name, value: peer } = figureOf(goal, bench, summary);
    const ratio = ours === null || peer === null ? null : ours / peer;
    const { metric, sense, times } = goal;
    const met = ratio === null || !conclusive ? null : sense === 'at least' ? ratio >= times : ratio <= times;
    return { metric, ours, peer, peerName: name, ratio, sense, times, met };
  });
}

function figureOf(goal: Goal, bench: Bench, summary: Summary): { name: string; value: number | null } {
  if (typeof goal.of === 'object') return { name: goal.of.label, value: goal.of.value };
  const name = goal.of === 'fastest' ? fastest(bench, summary) : goal.of;
  const reading = name && summary[name];
  return reading ? { name, value: valueOf(reading, goal.metric) } : { name: name ?? 'not measured', value: null };
}

function fastest(bench: Bench, summary: Summary): Contender | undefined {
  const { metric, best } = bench.rank;
  const direction = best === 'highest' ? -1 : 1;
  const ranked = bench.peers
    .flatMap((name) => {
      const reading = summary[name];
      return reading ? [{ name, value: valueOf(reading, metric) }] : [];
    })
    .sort((one, other) => direction * (one.value - other.value));
  return ranked[0]?.name;
}

function valueOf(reading: Reading, metric: string): number {
  const value = reading[metric];
  if (value === undefined) throw new Error(`a reading lacks ${metric}`);
  return value;
}
