import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { itemKey } from '../../cli/item-key.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

test('a string of up to 120 characters is its own key', () => {
  assert.equal(itemKey('src/a.ts'), 'src/a.ts');
  assert.equal(itemKey(''), '');
  assert.equal(itemKey('x'.repeat(120)), 'x'.repeat(120));
});

test('a longer string is named by its hash', () => {
  assert.equal(itemKey('x'.repeat(121)), sha256('x'.repeat(121)));
});

test('any other value is named by the hash of its canonical JSON', () => {
  assert.equal(itemKey(1), sha256('1'));
  assert.equal(itemKey(null), sha256('null'));
  assert.equal(itemKey({ b: [1, { d: 'é', c: true }], a: null }), sha256('{"a":null,"b":[1,{"c":true,"d":"é"}]}'));
});

test('the order of members does not matter, the order of elements does', () => {
  assert.equal(itemKey({ a: 1, b: { c: 2, d: 3 } }), itemKey({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(itemKey([1, 2]), itemKey([2, 1]));
});

test('a number and its text have different keys', () => {
  assert.notEqual(itemKey(1), itemKey('1'));
});
