import type { Point, Space } from './points.js';

/** What each task of a label leaves behind. `label` is its place in the counts of the points. */
export interface Part {
  readonly label: number;
  readonly bytesPerTask: number;
}

/** A fit of the levels: a constant plus, for each of its labels, so many bytes per task. */
interface Fit {
  readonly parts: readonly Part[];
  /** What it leaves unexplained, bytes: the root of the mean square, the mean over the points it was free to miss. */
  readonly error: number;
}

/** Levels differ by so much from run to run with the same things alive. */
const NOISE_BYTES = 48 * 1024;
/** An explanation stands out when the next best leaves at least so many times as much unexplained. */
const CLEARER = 2;
/** A fit that leaves more than this part of the rise unexplained is none. */
const LOOSE = 0.12;
/** When two labels explain it better than one and it is not clear which two, the one is named if it leaves no more than this part. */
const TIGHT = 0.03;
/** A label of a pair that makes up less of the rise than this is not named. */
const LEAST_PART = 0.2;

/** The level of a space at each point. */
export function levels(points: readonly Point[], space: Space): number[] {
  return points.map((point) => point[space]);
}

/**
 * Who makes the levels rise: the one label, or the two, whose counts explain it and better than anybody else's would; nothing when that
 * is not clear, as with two types that always run in the same proportion.
 *
 * Not a fit over all labels at once: there are more labels than points in an ordinary program, and with so many free figures whatever
 * ran can be made to explain whatever happened. One culprit is the likely case, two are tried, three are left unnamed.
 */
export function attribute(points: readonly Point[], space: Space): readonly Part[] {
  const labels = ran(points);
  const bytes = levels(points, space);
  const rise = Math.max(...bytes) - Math.min(...bytes);
  const [only] = labels;
  if (only === undefined || rise <= 0) return [];
  if (labels.length === 1) return fitOne(points, bytes, only)?.parts ?? [];
  const singles = labels.flatMap((label) => fitOne(points, bytes, label) ?? []).sort(byError);
  const best = singles[0];
  if (best === undefined) return [];
  if (best.error > NOISE_BYTES) {
    const pairs = pairsOf(labels)
      .flatMap((pair) => fitTwo(points, bytes, pair) ?? [])
      .sort(byError);
    const pair = pairs[0];
    if (pair !== undefined && pair.error * CLEARER <= best.error) {
      if (standsOut(pair, pairs[1], rise)) return pair.parts.filter((part) => weighs(part, points, rise));
      if (best.error > TIGHT * rise) return [];
    }
  }
  return standsOut(best, singles[1], rise) ? best.parts : [];
}

/** Bytes per task when nobody stands out: the slope of the levels over all tasks. */
export function bytesPerAnyTask(points: readonly Point[], space: Space): number {
  const tasks = centred(points.map((point) => point.tasks));
  return dot(tasks, centred(levels(points, space))) / dot(tasks, tasks);
}

/** Tasks of a label that had ended at a point. */
export function countAt(point: Point, label: number): number {
  return point.counts[label] ?? 0;
}

function standsOut(fit: Fit, next: Fit | undefined, rise: number): boolean {
  if (fit.error > Math.max(NOISE_BYTES, LOOSE * rise)) return false;
  return next === undefined || next.error >= CLEARER * Math.max(fit.error, NOISE_BYTES / 2);
}

function weighs({ label, bytesPerTask }: Part, points: readonly Point[], rise: number): boolean {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return false;
  return bytesPerTask * (countAt(last, label) - countAt(first, label)) >= LEAST_PART * rise;
}

/** Labels of which at least one task ended between the first point and the last. */
function ran(points: readonly Point[]): number[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  return [...last.counts.keys()].filter((label) => countAt(last, label) > countAt(first, label));
}

function pairsOf(labels: readonly number[]): (readonly [number, number])[] {
  return labels.flatMap((one, index) => labels.slice(index + 1).map((other) => [one, other] as const));
}

/** Least squares with a constant; nothing when the label would have to give memory back. */
function fitOne(points: readonly Point[], bytes: readonly number[], label: number): Fit | undefined {
  const counts = centred(points.map((point) => countAt(point, label)));
  const rising = centred(bytes);
  const bytesPerTask = dot(counts, rising) / dot(counts, counts);
  if (!(bytesPerTask > 0)) return undefined;
  return {
    parts: [{ label, bytesPerTask }],
    error: unexplained(
      rising.map((y, i) => y - bytesPerTask * (counts[i] ?? 0)),
      2,
    ),
  };
}

function fitTwo(
  points: readonly Point[],
  bytes: readonly number[],
  [one, other]: readonly [number, number],
): Fit | undefined {
  const a = centred(points.map((point) => countAt(point, one)));
  const b = centred(points.map((point) => countAt(point, other)));
  const y = centred(bytes);
  const [aa, ab, bb, ay, by] = [dot(a, a), dot(a, b), dot(b, b), dot(a, y), dot(b, y)];
  const determinant = aa * bb - ab * ab;
  const ofOne = (ay * bb - by * ab) / determinant;
  const ofOther = (by * aa - ay * ab) / determinant;
  // Proportional counts have no determinant to speak of: NaN and Infinity are refused with the negative ones.
  if (!(ofOne > 0 && ofOther > 0 && determinant > 1e-9 * aa * bb)) return undefined;
  const parts = [
    { label: one, bytesPerTask: ofOne },
    { label: other, bytesPerTask: ofOther },
  ];
  return {
    parts,
    error: unexplained(
      y.map((value, i) => value - ofOne * (a[i] ?? 0) - ofOther * (b[i] ?? 0)),
      3,
    ),
  };
}

function byError(one: Fit, other: Fit): number {
  return one.error - other.error;
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

/** `free` is how many figures were fitted: so many points every fit goes through. */
function unexplained(values: readonly number[], free: number): number {
  return values.length > free ? Math.sqrt(dot(values, values) / (values.length - free)) : 0;
}
