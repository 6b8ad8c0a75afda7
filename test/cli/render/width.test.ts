import assert from 'node:assert/strict';
import test from 'node:test';
import { cutEnd, cutStart, fold, pad, widthOf } from '../../../cli/render/width.js';

test('the width of a text is in columns of a terminal', () => {
  assert.equal(widthOf(''), 0);
  assert.equal(widthOf('photos/a.png'), 12);
  assert.equal(widthOf('naïve'), 5);
  assert.equal(widthOf('写真/猫.png'), 11);
  assert.equal(widthOf('한국'), 4);
  assert.equal(widthOf('🎉'), 2);
});

test('what belongs to one character is counted once', () => {
  assert.equal(widthOf('e\u0301'), 1);
  assert.equal(widthOf('👩‍👩‍👧'), 2);
  assert.equal(widthOf('🇨🇭'), 2);
  assert.equal(widthOf('❤️'), 2);
  assert.equal(widthOf('a\u200bb'), 2);
});

test('a text that fits is not cut', () => {
  assert.equal(cutEnd('写真', 4), '写真');
  assert.equal(cutStart('photos', 6), 'photos');
});

test('what is cut stays within its width, also where a wide character would stand half outside', () => {
  assert.equal(cutEnd('photos/summer', 8), 'photos/…');
  assert.equal(cutStart('photos/summer', 8), '…/summer');
  assert.equal(cutEnd('写真写真', 4), '写…');
  assert.equal(cutEnd('写真写真', 5), '写真…');
  assert.equal(cutStart('写真写真', 4), '…真');
  assert.equal(cutStart('cafe\u0301s', 4), '…fe\u0301s');
});

test('a text is filled up by its width, not by its length', () => {
  assert.equal(pad('写真', 6), '写真  ');
  assert.equal(pad('7', 3, 'right'), '  7');
  assert.equal(pad('too long', 3), 'too long');
});

test('a text folds into parts that fit, between words where there are some', () => {
  assert.deepEqual(fold('unexpected end of file', 12), ['unexpected ', 'end of file']);
  assert.deepEqual(fold('unexpected end of file', 14), ['unexpected end', 'of file']);
  assert.deepEqual(fold('a bcdefghijkl', 8), ['a bcdefg', 'hijkl']);
  assert.deepEqual(fold('', 4), ['']);
  assert.deepEqual(fold('abcdefghi', 4), ['abcd', 'efgh', 'i']);
  assert.deepEqual(fold('写真a写', 3), ['写', '真a', '写']);
  assert.deepEqual(fold('写a', 1), ['写', 'a']);
  assert.deepEqual(fold('👩‍👩‍👧x', 2), ['👩‍👩‍👧', 'x']);
});
