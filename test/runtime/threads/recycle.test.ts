import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  allowsOverlap,
  DEFAULT_PACE,
  DEFAULT_RECYCLE,
  drawThresholds,
  exceeded,
  OWN_DESCRIPTORS,
  pauseAfter,
  type RecycleFigures,
  type RecycleLimits,
  wishOf,
} from '../../../runtime/threads/recycle.js';

const LIMITS: RecycleLimits = { heapGrowth: 1_000, descriptors: 64, tasks: 100, age: 60_000 };
const OFF: RecycleLimits = { heapGrowth: Infinity, descriptors: Infinity, tasks: Infinity, age: Infinity };
const FRESH: RecycleFigures = { heapGrowthBytes: 0, descriptorsHeld: 0, tasks: 0, ageMs: 0 };
const GROWN: RecycleFigures = { ...FRESH, ageMs: DEFAULT_PACE.minimumLife };
const UNKNOWN: RecycleFigures = { heapGrowthBytes: null, descriptorsHeld: null, tasks: 0, ageMs: 0 };

const never = (): number => Number.NEGATIVE_INFINITY;

function wish(figures: RecycleFigures, options: { limits?: RecycleLimits; until?: number; now?: number } = {}) {
  const { limits = LIMITS, until = Number.NEGATIVE_INFINITY, now = 0 } = options;
  return wishOf({ figures, limits, thresholds: limits, pace: DEFAULT_PACE, now, pausedUntil: () => until });
}

test('a thread is measured by limits of its own, never above those asked for', () => {
  const whole = fc.integer({ min: 1, max: 1_000_000 });
  const limits = fc.record({ heapGrowth: whole, descriptors: whole, tasks: whole, age: whole });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(limits, random, (asked, drawn) => {
      const thresholds = drawThresholds(asked, () => drawn);
      for (const reason of ['heapGrowth', 'descriptors', 'tasks', 'age'] as const) {
        assert.ok(thresholds[reason] > 0, reason);
        assert.ok(thresholds[reason] <= asked[reason], reason);
        assert.ok(thresholds[reason] >= Math.min(1, asked[reason] / 2), reason);
      }
      assert.ok(asked.descriptors < 2 || thresholds.descriptors < asked.descriptors, 'it asks before it is stopped');
    }),
  );
});

test('what is off stays off', () => {
  assert.deepEqual(
    drawThresholds(OFF, () => 0.5),
    OFF,
  );
  const figures = { heapGrowthBytes: 1e15, descriptorsHeld: 1e6, tasks: 1e9, ageMs: 1e12 };
  assert.equal(wish(figures, { limits: OFF }), undefined);
});

test('threads do not come due together', () => {
  let seed = 0;
  const random = (): number => (seed = (seed + 0.618) % 1);
  const ages = new Set(Array.from({ length: 16 }, () => drawThresholds(LIMITS, random).age));
  assert.equal(ages.size, 16);
});

test('tells which limits a thread has come to; what is not known has come to none', () => {
  assert.deepEqual(exceeded(FRESH, LIMITS), []);
  assert.deepEqual(exceeded(UNKNOWN, LIMITS), []);
  const all = { heapGrowthBytes: 1_000, descriptorsHeld: 64, tasks: 100, ageMs: 60_000 };
  assert.deepEqual(exceeded(all, LIMITS), ['descriptors', 'heapGrowth', 'tasks', 'age']);
});

test('nothing is replaced before its minimum life, but what starts nothing any more', () => {
  const young = { ...FRESH, heapGrowthBytes: 1_000, tasks: 100 };
  assert.equal(wish(young), undefined);
  assert.deepEqual(wish({ ...young, ageMs: DEFAULT_PACE.minimumLife }), { reason: 'heapGrowth', urgent: false });
  assert.deepEqual(wish({ ...FRESH, descriptorsHeld: 64 }), { reason: 'descriptors', urgent: true });
});

test('an age that was asked for is a minimum life itself', () => {
  const limits = { ...OFF, age: 100 };
  assert.equal(wish({ ...FRESH, ageMs: 99 }, { limits }), undefined);
  assert.deepEqual(wish({ ...FRESH, ageMs: 100 }, { limits }), { reason: 'age', urgent: false });
});

test('a pause holds for what levels off, and not for what goes on growing', () => {
  const grown = { ...GROWN, heapGrowthBytes: 1_500 };
  assert.equal(wish(grown, { now: 5, until: 10 }), undefined);
  assert.deepEqual(wish(grown, { now: 10, until: 10 }), { reason: 'heapGrowth', urgent: false });
  assert.deepEqual(wish({ ...grown, heapGrowthBytes: 2_000 }, { now: 5, until: 10 }), {
    reason: 'heapGrowth',
    urgent: false,
  });
  assert.deepEqual(
    wish({ ...FRESH, descriptorsHeld: 64 }, { now: 5, until: 10 }),
    { reason: 'descriptors', urgent: true },
    'a thread that starts nothing cannot wait',
  );
});

test('a pause for one reason holds up no other', () => {
  const figures = { ...GROWN, heapGrowthBytes: 1_000, tasks: 100 };
  const pausedUntil = (reason: string): number => (reason === 'heapGrowth' ? 10 : never());
  const view = { figures, limits: LIMITS, thresholds: LIMITS, pace: DEFAULT_PACE, now: 0, pausedUntil };
  assert.deepEqual(wishOf(view), { reason: 'tasks', urgent: false });
});

test('pauses double, up to the longest', () => {
  const pace = { ...DEFAULT_PACE, pause: 10, longestPause: 50 };
  assert.deepEqual(
    [1, 2, 3, 4, 1_000].map((times) => pauseAfter(times, pace)),
    [10, 20, 40, 50, 50],
  );
});

test('a successor is started beside a thread only where there is memory and where there are descriptors for both', () => {
  const plenty = { bytes: 2 ** 33, descriptors: 1_000 };
  const idle = { held: 0, running: 0 };
  assert.equal(allowsOverlap(plenty, idle, LIMITS), true);
  assert.equal(allowsOverlap({ ...plenty, bytes: 2 ** 20 }, idle, LIMITS), false);
  assert.equal(allowsOverlap({ ...plenty, descriptors: OWN_DESCRIPTORS }, idle, LIMITS), false);
  assert.equal(allowsOverlap(plenty, { held: 64 - OWN_DESCRIPTORS, running: 0 }, LIMITS), true);
  assert.equal(allowsOverlap(plenty, { held: 64 - OWN_DESCRIPTORS, running: 1 }, LIMITS), false);
  assert.equal(allowsOverlap(plenty, { held: 0, running: 100 }, LIMITS), true, 'nothing speaks against what runs');
});

test('without the option memory and descriptors are watched, tasks and age are not', () => {
  assert.deepEqual(DEFAULT_RECYCLE, { heapGrowth: 268_435_456, descriptors: 64, tasks: Infinity, age: Infinity });
});
