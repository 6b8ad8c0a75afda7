import assert from 'node:assert/strict';
import test from 'node:test';
import { visible } from '../../../cli/render/visible.js';

test('control characters are shown, not sent to the terminal', () => {
  assert.equal(visible('a\nb\tc\u001b]0;title\u0007\u009b2J'), 'a\\nb\\tc\\x1b]0;title\\x07\\x9b2J');
});

test('all other text stays as it is', () => {
  assert.equal(visible('naïve 日本 \\n'), 'naïve 日本 \\n');
});
