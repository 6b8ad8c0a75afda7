import assert from 'node:assert/strict';
import test from 'node:test';
import { logged } from '../../workers/logged.js';

/** A line, its fields read again. */
function line(message: unknown, fields?: unknown): { text: string; fields: unknown } {
  const { text, fields: told } = logged(message, fields);
  return { text, fields: told === undefined ? undefined : JSON.parse(told) };
}

test('a text and its fields stay as they are', () => {
  assert.deepEqual(line('resized'), { text: 'resized', fields: undefined });
  assert.deepEqual(line('resized', { width: 320 }), { text: 'resized', fields: { width: 320 } });
  assert.deepEqual(line(7, { width: 320 }), { text: '7', fields: { width: 320 } });
  assert.deepEqual(line(undefined), { text: 'undefined', fields: undefined });
  assert.deepEqual(line(null), { text: 'null', fields: undefined });
});

test('an error keeps its stack and its cause, be it the text or the fields', () => {
  const error = new TypeError('no list', { cause: new Error('refused') });
  const expected = { name: 'TypeError', message: 'no list', stack: error.stack };
  const toldIn = (fields: unknown) => (fields as { error: { cause: { message: string } } }).error;
  for (const { text, fields } of [line(error), line('TypeError: no list', error)]) {
    assert.equal(text, 'TypeError: no list');
    const { name, message, stack, cause } = toldIn(fields) as typeof expected & { cause: { message: string } };
    assert.deepEqual({ name, message, stack }, expected);
    assert.equal(cause.message, 'refused');
  }
});

test('fields beside an error stand beside it, whatever they are', () => {
  const error = new Error('no');
  const keys = (fields: unknown) => Object.keys(line(error, fields).fields as object);
  assert.deepEqual(keys({ item: 3 }), ['error', 'item']);
  assert.deepEqual(keys({ error: 'mine' }), ['error', 'fields']);
  assert.deepEqual(keys('text'), ['error', 'fields']);
  assert.deepEqual(keys([1]), ['error', 'fields']);
  assert.deepEqual(keys(null), ['error', 'fields']);
  const getter = {
    get bad(): never {
      throw new Error('no');
    },
  };
  assert.deepEqual(keys(getter), ['error', 'fields']);
});

test('fields may come before their text', () => {
  assert.deepEqual(line({ width: 320 }, 'resized'), { text: 'resized', fields: { width: 320 } });
  assert.deepEqual(line({ width: 320 }), { text: '[object Object]', fields: { width: 320 } });
  assert.deepEqual(line({ width: 320 }, 7).fields, { message: { width: 320 }, fields: 7 });
});

test('what cannot be asked for anything is told in words', () => {
  const trap = (): never => {
    throw new Error('no');
  };
  const hostile = new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap });
  assert.equal(line(hostile).text, '[object that cannot be shown]');
  assert.equal(line(new Error('no'), hostile).text, 'Error: no');
});
