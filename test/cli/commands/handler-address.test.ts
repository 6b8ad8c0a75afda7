import assert from 'node:assert/strict';
import test from 'node:test';
import { parseHandlerAddress } from '../../../cli/commands/handler-address.js';

test('a module without #export means its default export', () => {
  assert.deepEqual(parseHandlerAddress('./hash.js'), { module: './hash.js', export: 'default' });
});

test('what follows the last # is the export', () => {
  assert.deepEqual(parseHandlerAddress('./c#/hash.js#sha256'), { module: './c#/hash.js', export: 'sha256' });
});
