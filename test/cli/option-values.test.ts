import assert from 'node:assert/strict';
import test from 'node:test';
import { count, duration, json, limit, MOST_THREADS, milliseconds } from '../../cli/option-values.js';
import { OPTIONS } from '../../runtime/index.js';

test('a count is a whole number from its least value up', () => {
  assert.equal(count(1)('12'), 12);
  assert.equal(count(0)('0'), 0);
  for (const wrong of ['0', '-1', '1.5', '1e3', '', ' 1', 'two', '99999999999999999999']) {
    assert.throws(() => count(1)(wrong), { message: `Expected a whole number of at least 1, got '${wrong}'.` });
  }
});

test('a count may have a most; that of threads is what the runtime takes', () => {
  assert.equal(count(1, MOST_THREADS)('1024'), 1024);
  assert.throws(() => count(1, MOST_THREADS)('1025'), {
    message: "Expected a whole number from 1 to 1024, got '1025'.",
  });
  const check = OPTIONS['threads']?.check;
  assert.equal(check?.('threads', MOST_THREADS), MOST_THREADS);
  assert.throws(() => check('threads', MOST_THREADS + 1));
});

test('a duration has a unit', () => {
  for (const right of ['500ms', '1.5s', '5m', '1h']) assert.equal(duration(right), right);
  for (const wrong of ['', 's', '5 s', '-1s', '5d', '1,5s']) {
    assert.throws(() => duration(wrong), {
      message: `Expected a duration such as 500ms, 30s, 5m or 1h, got '${wrong}'.`,
    });
  }
});

test('a duration without a unit is answered with what was probably meant', () => {
  assert.throws(() => duration('30'), /got '30'\. Did you mean 30s\?$/);
});

test('a duration is read as milliseconds', () => {
  assert.deepEqual(['250ms', '1.5s', '2m', '1h'].map(milliseconds), [250, 1500, 120_000, 3_600_000]);
});

test('a limit is above zero', () => {
  assert.equal(limit('0.5s'), '0.5s');
  assert.throws(() => limit('0s'), { message: "Expected a duration above 0, got '0s'." });
  assert.throws(() => limit('5'), /Expected a duration such as/);
});

test('JSON of any kind is taken, also null', () => {
  assert.deepEqual(json('{"width":320}'), { value: { width: 320 } });
  assert.deepEqual(json('null'), { value: null });
  assert.throws(() => json('{width:320}'), /^\w*Error.*Expected JSON, got '\{width:320\}' \(/);
});
