import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Estimate } from '../../../runtime/attempts/estimate.js';

const sample = fc.double({ min: 0, max: 1e6, noNaN: true });

function learnt(...samples: number[]): Estimate {
  const estimate = new Estimate();
  for (const ms of samples) estimate.learn(ms);
  return estimate;
}

test('expects nothing finite before anything is known', () => {
  assert.equal(new Estimate().expectedMs, Number.POSITIVE_INFINITY);
});

test('is careful after the first sample and grows sure with more of the same', () => {
  assert.equal(learnt(10).expectedMs, 20);
  const sure = learnt(...new Array<number>(100).fill(10));
  assert.ok(Math.abs(sure.expectedMs - 10) < 1e-6, `expects ${sure.expectedMs}`);
});

test('stays finite and never negative, whatever it learns', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
      const { expectedMs } = learnt(...samples);
      assert.ok(Number.isFinite(expectedMs) && expectedMs >= 0, `expects ${expectedMs}`);
    }),
  );
});

test('never expects less than the shortest sample it has seen', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
      const shortest = Math.min(...samples);
      assert.ok(learnt(...samples).expectedMs >= shortest * (1 - 1e-9));
    }),
  );
});

test('expects more of samples that scatter than of steady ones with the same mean', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1_000, noNaN: true }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      (mean, part) => {
        const steady = learnt(...new Array<number>(40).fill(mean));
        const scattered = learnt(
          ...Array.from({ length: 40 }, (_, index) => mean * (index % 2 === 0 ? 1 + part : 1 - part)),
        );
        assert.ok(scattered.expectedMs > steady.expectedMs);
      },
    ),
  );
});

test('follows a task that has become longer or shorter', () => {
  const tail = new Array<number>(60);
  assert.ok(Math.abs(learnt(...new Array<number>(20).fill(1), ...tail.fill(50)).expectedMs - 50) < 1);
  assert.ok(Math.abs(learnt(...new Array<number>(20).fill(50), ...tail.fill(1)).expectedMs - 1) < 1);
});
