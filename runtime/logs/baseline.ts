/** Samples there must be before anything is called unusual, */
const LEAST_SAMPLES = 100;
/** those that are remembered, the last ones; a power of two, */
const WINDOW = 1_024;
/** and those that pass before the threshold is worked out anew. */
const STRIDE = 64;

/** A pause of the garbage collector, or another thread's slice of the core: what is less than this above the median is no finding. */
const LEAST_EXCESS_MS = 20;
const TIMES_P99 = 3;
const TIMES_MAD = 6;

/**
 * Buckets are the leading bits of a 32-bit float: its exponent and five bits of its fraction, so each is 3 % wide. They reach from a
 * microsecond to seven weeks; what lies outside counts as the last of them.
 */
const FRACTION_BITS = 5;
const SHIFT = 23 - FRACTION_BITS;
const EXPONENT_BIAS = 127;
const LOWEST = (EXPONENT_BIAS - 10) << FRACTION_BITS;
const BUCKETS = 42 << FRACTION_BITS;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The middle of each bucket, milliseconds. */
const MIDDLES = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
  bits[0] = ((LOWEST + bucket) << SHIFT) | (1 << (SHIFT - 1));
  return float[0] ?? 0;
});

function bucketOf(ms: number): number {
  if (!(ms > 0)) return 0;
  float[0] = ms;
  const bucket = ((bits[0] ?? 0) >>> SHIFT) - LOWEST;
  return bucket < 0 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/**
 * What is usual for one figure of one task name, learned from its last {@link WINDOW} samples. A sample is far out above three times the
 * 99th percentile or six median deviations above the median, whichever is more.
 *
 * The samples are kept as counts of logarithmic buckets: a sample costs two increments, and the percentiles one walk over the buckets every
 * {@link STRIDE} samples. Sorting the window instead costs ten times that.
 */
export class Baseline {
  readonly #counts = new Uint16Array(BUCKETS);
  readonly #window = new Uint16Array(WINDOW);
  #count = 0;
  #next = 0;
  #untilWorkedOut = LEAST_SAMPLES;
  #threshold = Number.POSITIVE_INFINITY;
  #median = Number.NaN;

  /** Above it a sample is far out, milliseconds; Infinity while there are too few. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Half of the samples are at most this, milliseconds; NaN while there are too few. */
  get median(): number {
    return this.#median;
  }

  /**
   * Takes a sample, milliseconds; says whether it is far out. One that is counts as the threshold from then on: a few of them do not
   * hide the next, and if all tasks have become slow for good, that is what is usual some hundred tasks later.
   */
  add(ms: number): boolean {
    const isFarOut = ms > this.#threshold;
    const bucket = bucketOf(isFarOut ? this.#threshold : ms);
    const counts = this.#counts;
    const at = this.#next;
    if (this.#count === WINDOW) {
      const oldest = this.#window[at] ?? 0;
      counts[oldest] = (counts[oldest] ?? 0) - 1;
    } else this.#count++;
    this.#window[at] = bucket;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.#next = (at + 1) & (WINDOW - 1);
    if (--this.#untilWorkedOut === 0) this.#workOut();
    return isFarOut;
  }

  #workOut(): void {
    this.#untilWorkedOut = STRIDE;
    const middle = this.#rank(0, 0, 0.5);
    const p99 = MIDDLES[this.#rank(middle.bucket, middle.below, 0.99).bucket] ?? 0;
    const median = MIDDLES[middle.bucket] ?? 0;
    const spread = median + TIMES_MAD * this.#deviation(middle.bucket, median);
    this.#median = median;
    this.#threshold = Math.max(TIMES_P99 * p99, spread, median + LEAST_EXCESS_MS);
  }

  /** The bucket in which the sample of such a rank lies, looked for from one that has so many samples below it. */
  #rank(from: number, before: number, part: number): { bucket: number; below: number } {
    const rank = Math.ceil(part * this.#count);
    let below = before;
    for (let bucket = from; bucket < BUCKETS; bucket++) {
      const here = this.#counts[bucket] ?? 0;
      if (below + here >= rank) return { bucket, below };
      below += here;
    }
    return { bucket: BUCKETS - 1, below };
  }

  /** The median of the distances from the median: buckets are taken in, nearest first, until they hold half of the samples. */
  #deviation(middle: number, median: number): number {
    const half = Math.ceil(this.#count / 2);
    let low = middle - 1;
    let high = middle + 1;
    let within = this.#counts[middle] ?? 0;
    let distance = 0;
    while (within < half) {
      const down = low < 0 ? Number.POSITIVE_INFINITY : median - (MIDDLES[low] ?? 0);
      const up = high >= BUCKETS ? Number.POSITIVE_INFINITY : (MIDDLES[high] ?? 0) - median;
      distance = Math.min(down, up);
      within += this.#counts[down < up ? low-- : high++] ?? 0;
    }
    return distance;
  }
}
