import assert from 'node:assert/strict';
import test from 'node:test';
import { thrownFields } from '../../../cli/render/thrown.js';

test('an error gives its fields in one order, its own other properties last', () => {
  const error = Object.assign(new RangeError('too far', { cause: 'why' }), { path: '/tmp/a', code: 'EFAR' });
  const fields = thrownFields(error);
  assert.deepEqual(Object.keys(fields), ['name', 'message', 'code', 'stack', 'cause', 'path']);
  assert.deepEqual(
    { ...fields, stack: '' },
    { name: 'RangeError', message: 'too far', code: 'EFAR', stack: '', cause: 'why', path: '/tmp/a' },
  );
});

test('the errors of an AggregateError are kept', () => {
  const inner = new Error('one');
  assert.deepEqual(thrownFields(new AggregateError([inner], 'all failed'))['errors'], [inner]);
});

test('what is thrown and no error has a name and a message all the same', () => {
  assert.deepEqual(thrownFields('plain text'), { name: 'thrown', message: 'plain text' });
  assert.deepEqual(thrownFields(null), { name: 'thrown', message: 'null' });
  assert.deepEqual(thrownFields({ status: 404 }), { name: 'thrown', message: '{"status":404}' });
  assert.deepEqual(thrownFields(undefined), { name: 'thrown', message: 'null' });
});
