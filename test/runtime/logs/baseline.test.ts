import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Baseline } from '../../../runtime/logs/baseline.js';
import { Chance } from '../../simulation/seeded.js';

/** Numbers spread like run times are: most near the middle, a long tail. */
function lognormal(chance: Chance, median: number, sigma: number): number {
  const angle = Math.cos(2 * Math.PI * chance.next());
  return median * Math.exp(sigma * angle * Math.sqrt(-2 * Math.log(1 - chance.next())));
}

function fed(samples: Iterable<number>): Baseline {
  const baseline = new Baseline();
  for (const sample of samples) baseline.add(sample);
  return baseline;
}

const times = (count: number, sample: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, n) => sample(n));

/** Buckets are 3 % wide, and stand for their middle. */
function near(found: number, wanted: number): void {
  assert.ok(Math.abs(found - wanted) <= 0.032 * wanted, `${found} is not near ${wanted}`);
}

test('nothing is far out until a hundred samples are known', () => {
  const baseline = new Baseline();
  for (let n = 0; n < 99; n++) assert.equal(baseline.add(n % 2 === 0 ? 1 : 10 ** 6), false);
  assert.equal(baseline.threshold, Number.POSITIVE_INFINITY);
  baseline.add(1);
  assert.ok(Number.isFinite(baseline.threshold));
});

test('the threshold is three times the 99th percentile', () => {
  // So many that it has just been worked out.
  const baseline = fed(times(100 + 14 * 64, (n) => 100 + n));
  near(baseline.median, 597);
  near(baseline.threshold, 3 * 1_086);
});

test('it is six median deviations above the median where these reach further', () => {
  const baseline = fed(times(1_024, (n) => [10, 500, 1_000][n % 3] ?? 0));
  near(baseline.median, 500);
  near(baseline.threshold, 500 + 6 * 490);
});

test('tasks that are short or always alike are left alone for what a pause adds', () => {
  const baseline = fed(times(1_000, () => 0.005));
  assert.equal(baseline.add(19), false);
  assert.equal(baseline.add(21), true);
});

test('percentiles are those of the samples, within the width of a bucket', () => {
  const sample = fc.double({ min: 0.001, max: 4e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 100, maxLength: 100 }), (samples) => {
      const baseline = fed(samples);
      const sorted = samples.toSorted((a, b) => a - b);
      const median = sorted[49] ?? 0;
      near(baseline.median, median);
      const deviations = sorted.map((each) => Math.abs(each - median)).sort((a, b) => a - b);
      const wanted = Math.max(3 * (sorted[98] ?? 0), median + 6 * (deviations[49] ?? 0), median + 20);
      // Of the deviation, a difference, the error is that of both its ends.
      assert.ok(Math.abs(baseline.threshold - wanted) <= 0.25 * wanted, `${baseline.threshold} for ${wanted}`);
    }),
  );
});

test('of lognormal run times, a hundred thousand each, hardly one is called far out', () => {
  // Beyond three times the 99th percentile lie 0.6, 3 and 310 of a million, by the distribution itself.
  for (const [sigma, most] of [
    [0.25, 2],
    [0.5, 6],
    [1, 70],
  ] as const) {
    const chance = new Chance(5);
    const baseline = new Baseline();
    let alarms = 0;
    for (let n = 0; n < 100_000; n++) if (baseline.add(lognormal(chance, 50, sigma))) alarms++;
    assert.ok(alarms <= most, `${alarms} at sigma ${sigma}`);
  }
});

test('slow tasks are found among lognormal ones, up to nearly one in a hundred', () => {
  for (const every of [2_000, 400, 150]) {
    const chance = new Chance(every);
    const baseline = new Baseline();
    let found = 0;
    let planted = 0;
    for (let n = 1; n <= 40_000; n++) {
      const isSlow = n > 200 && n % every === 0;
      if (isSlow) planted++;
      if (baseline.add(isSlow ? 2_000 : lognormal(chance, 50, 0.4)) && isSlow) found++;
    }
    assert.equal(found, planted);
  }
});

test('what has become slow for good is usual before long', () => {
  const baseline = fed(times(1_024, () => 10));
  let alarms = 0;
  for (let n = 0; n < 5_000; n++) if (baseline.add(1_000)) alarms++;
  assert.ok(alarms > 64 && alarms < 600, String(alarms));
  near(baseline.median, 1_000);
});

test('what is old is forgotten', () => {
  const baseline = fed([...times(1_024, () => 5_000), ...times(1_024 + 64, () => 50)]);
  near(baseline.median, 50);
  near(baseline.threshold, 150);
});

test('any number is taken', () => {
  const odd = [Number.NaN, -1, 0, -0, Number.MIN_VALUE, 1e300, Number.POSITIVE_INFINITY];
  const baseline = fed(times(2_000, (n) => odd[n % odd.length] ?? 0));
  assert.ok(baseline.threshold > 0);
  near(baseline.median, fed(times(100, () => 0)).median);
});
