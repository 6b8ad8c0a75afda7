import assert from 'node:assert/strict';
import test from 'node:test';
import { suggest } from '../../cli/suggest.js';

test('the nearest candidate is suggested', () => {
  assert.equal(suggest('hahs', ['default', 'has', 'hash']), 'has');
  assert.equal(suggest('fial', ['report', 'fail', 'off']), 'fail');
  assert.equal(suggest('resise', ['default', 'resize']), 'resize');
  assert.equal(suggest('Resize', ['resize']), 'resize');
});

test('nothing is suggested when nothing is near', () => {
  assert.equal(suggest('compress', ['default', 'hash']), undefined);
  assert.equal(suggest('compress', []), undefined);
});
