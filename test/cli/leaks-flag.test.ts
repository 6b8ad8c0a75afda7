import assert from 'node:assert/strict';
import test from 'node:test';
import { leaksMode, withLeaksMode } from '../../cli/leaks-flag.js';

test('a mode is one of three words', () => {
  for (const mode of ['report', 'fail', 'off']) assert.equal(leaksMode(mode), mode);
  assert.throws(() => leaksMode('fial'), { message: "Expected report, fail or off, got 'fial'. Did you mean fail?" });
  assert.throws(() => leaksMode('tasks'), {
    message: "Expected report, fail or off, got 'tasks'. For the plain flag before an input: --leaks=report tasks",
  });
});

test('the plain flag means report, whatever follows that is no bare word', () => {
  for (const next of [['./hash.js'], ['src/**/*.ts'], ['--quiet'], ['-0'], ['42'], []]) {
    assert.deepEqual(withLeaksMode(['run', '--leaks', ...next]), ['run', '--leaks=report', ...next]);
  }
});

test('a bare word behind it is its mode, right or wrong', () => {
  for (const word of ['fail', 'fial']) {
    assert.deepEqual(withLeaksMode(['run', 'a.js', '--leaks', word]), ['run', 'a.js', '--leaks', word]);
  }
  assert.deepEqual(withLeaksMode(['run', 'a.js', '--leaks=fail', 'x']), ['run', 'a.js', '--leaks=fail', 'x']);
});

test('inputs behind -- and other commands are left alone', () => {
  for (const args of [
    ['run', 'a.js', '--', '--leaks', './b'],
    ['inspect', '--', 'plustwo', 'run', '--leaks', './b'],
  ]) {
    assert.deepEqual(withLeaksMode(args), args);
  }
});
