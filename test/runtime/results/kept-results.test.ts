import assert from 'node:assert/strict';
import test from 'node:test';
import { KeptResults } from '../../../runtime/results/kept-results.js';
import { ResultBytes } from '../../../runtime/results/result-bytes.js';

const counter = (max = 1_000_000): ResultBytes => new ResultBytes(max, queueMicrotask);

test('gives back what was put at a place, once, and counts it meanwhile', () => {
  const results = counter();
  const kept = new KeptResults<string>(4, results);
  kept.put(5, 'five', 'x'.repeat(84));
  kept.put(6, 'six', 1);
  assert.equal(kept.take(4), undefined);
  assert.deepEqual([kept.bytes, results.held], [108, 108]);
  assert.equal(kept.take(5), 'five');
  assert.equal(kept.take(5), undefined);
  assert.deepEqual([kept.bytes, results.held], [8, 8]);
  assert.equal(kept.take(6), 'six');
  assert.deepEqual([kept.bytes, results.held], [0, 0]);
});

test('one of several gives up only what is its own', () => {
  const results = counter();
  const [one, other] = [new KeptResults<string>(4, results), new KeptResults<string>(4, results)];
  one.put(0, 'a', 'x'.repeat(84));
  other.put(0, 'b', 1);
  one.clear();
  assert.deepEqual([one.bytes, results.held], [0, 8]);
  assert.equal(one.take(0), undefined);
  assert.equal(other.take(0), 'b');
});

test('follows the size of the last results', () => {
  const kept = new KeptResults<number>(2, counter());
  assert.equal(kept.meanBytes, 0);
  const put = (count: number, text: string): void => {
    for (let index = 0; index < count; index++) {
      kept.put(index, index, text);
      kept.take(index);
    }
  };
  put(10, 'x'.repeat(84));
  assert.equal(kept.meanBytes, 100);
  put(1_000, 'x'.repeat(984));
  assert.ok(Math.abs(kept.meanBytes - 1_000) < 1);
});

test('measures nothing where there is no limit', () => {
  const results = counter(Number.POSITIVE_INFINITY);
  const kept = new KeptResults<string>(2, results);
  const value = Object.defineProperty({}, 'trap', { enumerable: true, get: () => assert.fail('it was looked at') });
  kept.put(0, 'a', value);
  assert.deepEqual([kept.bytes, results.held, kept.take(0)], [0, 0, 'a']);
});
