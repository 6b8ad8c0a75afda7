import assert from 'node:assert/strict';
import test from 'node:test';
import { reasonOf, withReason } from '../../../cli/render/reason.js';

test('a reason is told once, however short it is', () => {
  assert.equal(withReason('unhandled failed', 'Error', 'un'), 'unhandled failed: Error: un');
  assert.equal(withReason('the thread died: uncaught Error: un', 'Error', 'un'), 'the thread died: uncaught Error: un');
});

test('a type that says all there is stands alone', () => {
  assert.equal(withReason('a failed', 'null', 'null'), 'a failed: null');
  assert.equal(withReason('a failed', 'RangeError', ''), 'a failed: RangeError');
  assert.equal(reasonOf(undefined, 'gone'), 'Error: gone');
});
