import { median } from '../harness/median.js';

/** One side of a comparison, measured right before or right after its counterpart. */
export interface Pair<Side> {
  readonly ours: Side;
  readonly other: Side;
}

/**
 * Measures pairs one after another; the side that goes first changes from pair to pair, so that a drift of the machine, and whatever the
 * first one leaves warm for the second, favours nobody.
 */
export async function measurePairs<Side>(
  count: number,
  measure: (side: 'ours' | 'other') => Promise<Side>,
  tell: (pair: Pair<Side>, index: number) => void,
): Promise<Pair<Side>[]> {
  const pairs: Pair<Side>[] = [];
  for (let index = 0; index < count; index++) {
    const first = index % 2 === 0 ? 'ours' : 'other';
    const before = await measure(first);
    const after = await measure(first === 'ours' ? 'other' : 'ours');
    const pair = first === 'ours' ? { ours: before, other: after } : { ours: after, other: before };
    tell(pair, index);
    pairs.push(pair);
  }
  return pairs;
}

export interface Comparison {
  /** The median of the pairs: one that something else on the machine spoilt does not move it. */
  readonly ratio: number;
  /** Ends of the two-sided 95 % interval of the geometric mean, by Student's t on the logarithms; far apart with few pairs. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Ratios of ours to the other side. Logarithms, because a ratio of 2 and one of 1/2 have to cancel; t rather than a bootstrap, because
 * thirty logarithms of sums over thousands of calls are close to normal, and a bootstrap of few pairs is too narrow.
 */
export function compare<Side>(pairs: readonly Pair<Side>[], figure: (side: Side) => number): Comparison {
  const ratios = pairs.map(({ ours, other }) => figure(ours) / figure(other));
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const margin = studentsT(logs.length - 1) * Math.sqrt(variance / logs.length);
  return { ratio: median(ratios), lower: Math.exp(mean - margin), upper: Math.exp(mean + margin) };
}

/** 97.5 % quantiles of t for few pairs, where the expansion is too coarse. */
const FEW = [NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306];

/** The 97.5 % quantile of Student's t, by its expansion around the normal one (Abramowitz and Stegun, 26.7.5); good to 0.001. */
function studentsT(freedom: number): number {
  const few = FEW[freedom];
  if (few !== undefined) return few;
  const z = 1.959964;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}
