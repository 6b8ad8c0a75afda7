import assert from 'node:assert/strict';
import test from 'node:test';
import { compiled } from '../support/compiled.js';

interface Slope {
  readonly mean: number;
  readonly perHour: number;
  readonly standardError: number;
  readonly margin: number;
  readonly verdict: string;
}

const { slopeOf } = await compiled<{
  slopeOf: (samples: readonly { seconds: number; value: number }[]) => Slope;
}>('soak/slope.js');

const HOUR = 3_600;
const samplesOf = (valueAt: (seconds: number) => number, count = HOUR) =>
  Array.from({ length: count }, (_, seconds) => ({ seconds, value: valueAt(seconds) }));

/** Numbers from -1 to 1 that depend on the seed only, each half of the one before: neighbours are alike, as they are in memory. */
function noise(seed: number): () => number {
  let state = seed;
  let last = 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    last = last / 2 + state / 2 ** 32 - 0.5;
    return last;
  };
}

const about = (value: number, expected: number): void => {
  assert.ok(Math.abs(value - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${value}, expected ${expected}`);
};

test('a straight line has its slope per hour, and no error', () => {
  const slope = slopeOf(samplesOf((seconds) => 5 + seconds / 600));
  about(slope.perHour, 6);
  about(slope.standardError, 0);
  about(slope.mean, 5 + (HOUR - 1) / 2 / 600);
  assert.equal(slope.verdict, 'rises');
  assert.equal(slopeOf(samplesOf((seconds) => -seconds)).verdict, 'falls');
});

test('what never changes has a slope of zero', () => {
  const { perHour, standardError, verdict } = slopeOf(samplesOf(() => 22));
  assert.deepEqual([perHour, standardError, verdict], [0, 0, 'zero within noise']);
});

test('noise without a slope is told as such for all but one seed in a hundred or so', () => {
  const SEEDS = 400;
  const wrong = Array.from({ length: SEEDS }, (_, seed) => {
    const next = noise(seed + 1);
    return slopeOf(samplesOf(() => 100 + next())).verdict;
  }).filter((verdict) => verdict !== 'zero within noise');
  assert.ok(wrong.length <= 0.03 * SEEDS, `${wrong.length} of ${SEEDS}`);
});

test('a slope that is greater than the noise leaves open is found, for nearly every seed', () => {
  const SEEDS = 400;
  const found = Array.from({ length: SEEDS }, (_, seed) => {
    const next = noise(seed + 1);
    return slopeOf(samplesOf((seconds) => 100 + next() + (0.2 * seconds) / HOUR)).verdict;
  }).filter((verdict) => verdict === 'rises');
  assert.ok(found.length >= 0.95 * SEEDS, `${found.length} of ${SEEDS}`);
});

test('fewer samples than blocks tell no slope', () => {
  assert.throws(() => slopeOf(samplesOf(() => 1, 29)), /29 samples are too few/);
  assert.equal(slopeOf(samplesOf(() => 1, 30)).verdict, 'zero within noise');
});
