import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decideRetry, NO_RETRY, type RetryPolicy } from '../../../runtime/attempts/retry.js';

const THREE: RetryPolicy = { ...NO_RETRY, attempts: 3 };
const outcome = fc.constantFrom('failed' as const, 'timed-out' as const, 'lost' as const);

test('gives no second attempt unless asked to', () => {
  assert.deepEqual(decideRetry(NO_RETRY, 1, 'failed', new Error('x'), 0.5), { next: 'final' });
});

test('counts the first attempt', () => {
  assert.equal(decideRetry(THREE, 1, 'failed', undefined, 0).next, 'again');
  assert.equal(decideRetry(THREE, 2, 'failed', undefined, 0).next, 'again');
  assert.equal(decideRetry(THREE, 3, 'failed', undefined, 0).next, 'final');
});

test('never repeats what is ok or was cancelled, whatever the policy lists', () => {
  const eager = { ...THREE, on: ['ok', 'cancelled', 'AbortError', 'failed'] };
  assert.equal(decideRetry(eager, 1, 'ok', undefined, 0).next, 'final');
  assert.equal(decideRetry(eager, 1, 'cancelled', new DOMException('x', 'AbortError'), 0).next, 'final');
});

test('doubles the wait before each further attempt, up to its limit', () => {
  const policy = { ...NO_RETRY, attempts: 10, backoff: 100, maxBackoff: 500, jitter: false };
  const waits = [1, 2, 3, 4, 5].map((attempt) => decideRetry(policy, attempt, 'failed', undefined, 0.3));
  assert.deepEqual(
    waits,
    [100, 200, 400, 500, 500].map((afterMs) => ({ next: 'again', afterMs })),
  );
});

test('draws the wait evenly from nothing to its full length', () => {
  const policy = { ...NO_RETRY, attempts: 10, backoff: 100 };
  assert.deepEqual(decideRetry(policy, 2, 'failed', undefined, 0), { next: 'again', afterMs: 0 });
  assert.deepEqual(decideRetry(policy, 2, 'failed', undefined, 0.25), { next: 'again', afterMs: 50 });
  assert.deepEqual(decideRetry(policy, 2, 'failed', undefined, 1), { next: 'again', afterMs: 200 });
});

test('waits for a time from zero to the limit, at whatever attempt', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      outcome,
      (attempt, backoff, maxBackoff, jitter, random, ended) => {
        const policy = { ...NO_RETRY, attempts: 10_001, backoff, maxBackoff, jitter };
        const decision = decideRetry(policy, attempt, ended, undefined, random);
        assert.ok(decision.next === 'again');
        assert.ok(decision.afterMs >= 0 && decision.afterMs <= maxBackoff, `waits ${decision.afterMs} ms`);
      },
    ),
  );
});

test('does not wait at all without backoff, however many attempts there have been', () => {
  const policy = { ...NO_RETRY, attempts: 5_000, backoff: 0 };
  for (const attempt of [1, 2, 1_024, 1_025, 4_999]) {
    assert.deepEqual(decideRetry(policy, attempt, 'failed', undefined, 0.5), { next: 'again', afterMs: 0 });
  }
});

test('repeats only the outcomes it is told to', () => {
  const onlyLost = { ...THREE, on: ['lost'] };
  assert.equal(decideRetry(onlyLost, 1, 'lost', undefined, 0).next, 'again');
  assert.equal(decideRetry(onlyLost, 1, 'failed', undefined, 0).next, 'final');
  assert.equal(decideRetry(onlyLost, 1, 'timed-out', undefined, 0).next, 'final');
});

test('repeats errors by their code or their name', () => {
  const picky = { ...THREE, on: ['ECONNRESET', 'TypeError'] };
  const reset = Object.assign(new Error('x'), { code: 'ECONNRESET' });
  assert.equal(decideRetry(picky, 1, 'failed', reset, 0).next, 'again');
  assert.equal(decideRetry(picky, 1, 'failed', new TypeError('x'), 0).next, 'again');
  assert.equal(decideRetry(picky, 1, 'failed', new RangeError('x'), 0).next, 'final');
});

test('takes anything for an error: null, text, a numeric code', () => {
  const picky = { ...THREE, on: ['7'] };
  for (const thrown of [null, undefined, 'TypeError', 7, Symbol('x'), { code: 7 }]) {
    assert.equal(decideRetry(picky, 1, 'failed', thrown, 0).next, 'final');
  }
  assert.equal(decideRetry(picky, 1, 'failed', { code: '7' }, 0).next, 'again');
});
