import assert from 'node:assert/strict';
import test from 'node:test';
import { sentence } from '../../cli/sentence.js';

test('a message gets a full stop unless it ends like a sentence', () => {
  assert.equal(sentence('no such file'), 'no such file.');
  assert.deepEqual(['did you mean `a`?', 'No.', 'No!'].map(sentence), ['did you mean `a`?', 'No.', 'No!']);
});
