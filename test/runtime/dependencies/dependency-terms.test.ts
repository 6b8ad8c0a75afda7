import assert from 'node:assert/strict';
import test from 'node:test';
import { checkUses } from '../../../runtime/dependencies/check-uses.js';
import { DEFAULT_BREAKER, dependencyTerms } from '../../../runtime/dependencies/dependency-terms.js';
import { BadOptionError } from '../../../runtime/errors.js';

test('a dependency that says nothing has no limit and the usual breaker', () => {
  assert.deepEqual(dependencyTerms({ billing: {} }), [{ name: 'billing', concurrency: 0, breaker: DEFAULT_BREAKER }]);
});

test('a breaker that is switched off is none', () => {
  assert.deepEqual(dependencyTerms({ billing: { concurrency: 3, breaker: false } }), [
    { name: 'billing', concurrency: 3, breaker: null },
  ]);
});

test('what is given holds, and the rest follows from the defaults', () => {
  const [terms] = dependencyTerms({ mail: { breaker: { threshold: 0.9, window: 500 } } });
  assert.deepEqual(terms?.breaker, { ...DEFAULT_BREAKER, threshold: 0.9, windowMs: 500 });
});

test('of the two lengths of a break the one that is not given gives way', () => {
  const [long, short] = dependencyTerms({ a: { breaker: { break: 60_000 } }, b: { breaker: { maxBreak: 2_000 } } });
  assert.deepEqual([long?.breaker?.breakMs, long?.breaker?.maxBreakMs], [60_000, 60_000]);
  assert.deepEqual([short?.breaker?.breakMs, short?.breaker?.maxBreakMs], [2_000, 2_000]);
});

test('a break that is longer than the longest is refused', () => {
  assert.throws(
    () => dependencyTerms({ a: { breaker: { break: 300, maxBreak: 200 } } }),
    (error: unknown) =>
      error instanceof BadOptionError &&
      error.option === 'dependencies.a.breaker.maxBreak' &&
      error.message.includes('at least `break`, 300 ms, got 200 ms'),
  );
});

test('a task may use what is known, and learns what is when it does not', () => {
  checkUses([], []);
  checkUses(['mail', 'billing'], ['billing', 'mail']);
  assert.throws(() => checkUses(['mail', 'biling'], ['billing', 'mail']), {
    code: 'PLUSTWO_BAD_OPTION',
    option: 'uses',
    message: "Expected `uses` to name dependencies of the supervisor ('billing', 'mail'), got 'biling'",
  });
  assert.throws(() => checkUses(['billing'], []), /\(it has none\), got 'billing'/);
});
