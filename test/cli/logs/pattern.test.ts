import assert from 'node:assert/strict';
import test from 'node:test';
import { pattern } from '../../../cli/logs/pattern.js';

test('a text is looked for as it is written', () => {
  assert.ok(pattern('a.c').matches('xa.cx'));
  assert.ok(!pattern('a.c').matches('abc'));
  assert.ok(!pattern('A').matches('a'));
});

test('between slashes stands a regular expression, with flags that make sense here', () => {
  assert.ok(pattern('/a.c/').matches('abc'));
  assert.ok(pattern('/A/i').matches('a'));
  assert.ok(pattern('/^b$/m').matches('a\nb'));
  assert.ok(pattern('/var/log').matches('in /var/log'));
  assert.equal(pattern('/a/').needle, undefined);
});

test('the needle is what JSON writes as it is', () => {
  assert.equal(pattern('plain ü').needle, 'plain ü');
  assert.equal(pattern('he said "hello there"').needle, 'hello there');
  assert.equal(pattern('a\\\tlonger').needle, 'longer');
  assert.equal(pattern('"').needle, undefined);
});

test('no text and a wrong expression are refused', () => {
  assert.throws(() => pattern(''), /got nothing/);
  assert.throws(() => pattern('/(/'), /got '\/\(\/' \(Invalid regular expression/);
});
