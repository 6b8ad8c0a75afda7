import assert from 'node:assert/strict';
import test from 'node:test';
import { attributesText } from '../../../cli/render/attributes.js';

const stack = 'RangeError: no such size\n    at resize (/app/images.js:7:11)';

test('fields are told as JSON', () => {
  assert.deepEqual(attributesText(undefined), { text: '', stack: undefined });
  assert.deepEqual(attributesText({ width: 320 }), { text: '{"width":320}', stack: undefined });
  for (const foreign of ['text', 7, null, [1]]) assert.equal(attributesText(foreign).text, JSON.stringify(foreign));
  assert.deepEqual(attributesText({ error: 'no' }), { text: '{"error":"no"}', stack: undefined });
  assert.deepEqual(attributesText({ error: { code: 7 } }), { text: '{"error":{"code":7}}', stack: undefined });
});

test('the stack of an error stands by itself, and says its name and message', () => {
  const error = { name: 'RangeError', message: 'no such size', stack };
  assert.deepEqual(attributesText({ error }), { text: '', stack });
  assert.deepEqual(attributesText({ item: 3, error }), { text: '{"item":3}', stack });
});

test('stacks of causes follow', () => {
  const cause = { name: 'Error', message: 'refused', stack: 'Error: refused\n    at connect', code: 'ECONNREFUSED' };
  const error = { name: 'RangeError', message: 'no such size', stack, cause };
  assert.deepEqual(attributesText({ error }), {
    text: '{"error":{"cause":{"code":"ECONNREFUSED"}}}',
    stack: `${stack}\nCaused by: Error: refused\n    at connect`,
  });
  const top = { ...error, cause: { name: 'Error', message: 'refused', stack: 'Error: refused' } };
  assert.deepEqual(attributesText({ error: top }), { text: '', stack: `${stack}\nCaused by: Error: refused` });
});

test('what a stack does not say stays beside it', () => {
  const error = { name: 'RangeError', message: 'no such size', stack, code: 'SIZE', cause: { message: 'why' } };
  assert.equal(attributesText({ error }).text, '{"error":{"code":"SIZE","cause":{"message":"why"}}}');
  const other = { name: 'RangeError', message: 'changed later', stack };
  assert.deepEqual(attributesText({ error: other }), {
    text: '{"error":{"name":"RangeError","message":"changed later"}}',
    stack,
  });
});
