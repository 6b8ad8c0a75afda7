/** How a figure moves over time. */
export interface Slope {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** By least squares. */
  readonly perHour: number;
  readonly standardError: number;
  /** Half the width of its 99 % interval, by Student's t. */
  readonly margin: number;
  readonly verdict: 'zero within noise' | 'rises' | 'falls';
}

export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

/** Samples are put together into so many blocks, however many there are. */
const BLOCKS = 30;
const SECONDS_PER_HOUR = 3_600;

/**
 * The line through the means of 30 blocks in a row, and how sure it is. Blocks, because figures of neighbouring seconds are nearly the same
 * one: thousands of samples would pretend to know a slope a dozen times better than they do.
 */
export function slopeOf(samples: readonly Sample[]): Slope {
  if (samples.length < BLOCKS) throw new Error(`${String(samples.length)} samples are too few to tell a slope`);
  const blocks = Array.from({ length: BLOCKS }, (_, block) => meanOf(part(samples, block)));
  const center = meanOf(blocks);
  const sum = (term: (block: Sample) => number): number => blocks.reduce((total, block) => total + term(block), 0);
  const spread = sum(({ seconds }) => (seconds - center.seconds) ** 2);
  const slope = sum(({ seconds, value }) => (seconds - center.seconds) * (value - center.value)) / spread;
  const residue = sum(({ seconds, value }) => (value - center.value - slope * (seconds - center.seconds)) ** 2);
  const freedom = BLOCKS - 2;
  const perHour = slope * SECONDS_PER_HOUR;
  const standardError = Math.sqrt(residue / freedom / spread) * SECONDS_PER_HOUR;
  const margin = T_OF_28 * standardError;
  const values = samples.map(({ value }) => value);
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const verdict = Math.abs(perHour) <= margin ? 'zero within noise' : perHour > 0 ? 'rises' : 'falls';
  return { mean, least: Math.min(...values), most: Math.max(...values), perHour, standardError, margin, verdict };
}

/** The 99.5 % quantile of Student's t with 28 degrees of freedom, two less than there are blocks. */
const T_OF_28 = 2.763;

function part(samples: readonly Sample[], block: number): readonly Sample[] {
  const from = Math.floor((block * samples.length) / BLOCKS);
  return samples.slice(from, Math.floor(((block + 1) * samples.length) / BLOCKS));
}

function meanOf(samples: readonly Sample[]): Sample {
  const mean = (figure: (sample: Sample) => number): number =>
    samples.reduce((total, sample) => total + figure(sample), 0) / samples.length;
  return { seconds: mean(({ seconds }) => seconds), value: mean(({ value }) => value) };
}
