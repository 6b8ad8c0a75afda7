import assert from 'node:assert/strict';
import test from 'node:test';
import { dependency, retryBudget, uses } from '../../cli/dependency-flags.js';

test('dependencies are gathered by name, with a concurrency or without', () => {
  const all = dependency('search', dependency('billing=10'));
  assert.deepEqual(
    [...all],
    [
      ['billing', 10],
      ['search', undefined],
    ],
  );
  assert.deepEqual([...dependency('billing', dependency('billing=10'))], [['billing', 10]]);
  assert.deepEqual([...dependency('billing=3', dependency('billing=10'))], [['billing', 3]]);
  assert.deepEqual([...dependency('__proto__=1')], [['__proto__', 1]]);
});

test('a dependency needs a name, and a number where there is an =', () => {
  assert.throws(() => dependency('=10'), { message: /^Expected a name, or a name and a number .*, got '=10'\.$/ });
  assert.throws(() => dependency(''), { message: /^Expected a name, .*, got ''\.$/ });
  assert.throws(() => dependency('billing='), { message: "Expected a whole number of at least 1, got ''." });
  assert.throws(() => dependency('billing=0'), { message: "Expected a whole number of at least 1, got '0'." });
  assert.throws(() => dependency('a=1=2'), { message: "Expected a whole number of at least 1, got '1=2'." });
});

test('a list of dependencies is answered with how to write it', () => {
  assert.throws(() => dependency('billing,search'), {
    message: "Expected one name, got 'billing,search'. Did you mean --dependency billing --dependency search?",
  });
});

test('names that are used are gathered, each once', () => {
  assert.deepEqual(uses('search, billing', uses('billing')), ['billing', 'search']);
  for (const wrong of ['', 'billing,', ',']) {
    assert.throws(() => uses(wrong), { message: /^Expected a name, or names such as billing,search, got '/ });
  }
});

test('a retry budget is a share, or off', () => {
  assert.deepEqual(['0', '1', '0.25', '.5'].map(retryBudget), [
    { ratio: 0 },
    { ratio: 1 },
    { ratio: 0.25 },
    { ratio: 0.5 },
  ]);
  assert.equal(retryBudget('off'), false);
  for (const wrong of ['', '2', '1.01', '-0.1', 'on', '1e-1', '.', '200%']) {
    assert.throws(() => retryBudget(wrong), {
      message: `Expected a share of the calls from 0 to 1, such as 0.2, or off, got '${wrong}'.`,
    });
  }
  assert.throws(() => retryBudget('20%'), { message: /got '20%'\. Did you mean 0\.2\?$/ });
});
