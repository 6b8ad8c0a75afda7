import assert from 'node:assert/strict';
import test from 'node:test';
import { ndjsonResult, plainResult } from '../../../cli/render/results.js';
import { failedItem, okItem } from '../support/item.js';

test('a result is one line of JSON, its fields in a fixed order and times in whole microseconds', () => {
  assert.equal(
    ndjsonResult(okItem('a.ts', { n: 1 }, 7)),
    '{"index":7,"key":"a.ts","input":"a.ts","status":"ok","value":{"n":1},"attempts":1,"waitMs":0.412,"runMs":1.235,"cpuMs":1.1,"slot":2,"heapDeltaBytes":0,"descriptors":{"opened":0,"leaked":[]}}\n',
  );
});

test('a failure has its error where others have their value', () => {
  const line = ndjsonResult(failedItem({ id: 1 }, Object.assign(new Error('a\nb'), { code: 'EBAD' })));
  assert.equal(line.indexOf('\n'), line.length - 1);
  const result = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(Object.keys(result), [
    'index',
    'key',
    'input',
    'status',
    'error',
    'attempts',
    'waitMs',
    'runMs',
    'cpuMs',
    'slot',
    'heapDeltaBytes',
    'descriptors',
  ]);
  assert.deepEqual(result['input'], { id: 1 });
  assert.match(String(result['key']), /^[\da-f]{32}$/);
  assert.equal(result['attempts'], 3);
  const { name, message, code, stack } = result['error'] as Record<string, unknown>;
  assert.deepEqual(
    { name, message, code, stack: typeof stack },
    { name: 'Error', message: 'a\nb', code: 'EBAD', stack: 'string' },
  );
});

test('a result tells what its item left open', () => {
  const item = okItem('a.ts', 1);
  const leaked = [{ resource: 'file' as const, path: '/data/"a".png', openedAt: null }];
  const descriptors = { opened: 3, leaked };
  const line = ndjsonResult({ ...item, usage: { ...item.usage, descriptors } });
  assert.deepEqual((JSON.parse(line) as { descriptors: unknown }).descriptors, descriptors);
  const untracked = ndjsonResult({ ...item, usage: { ...item.usage, descriptors: { opened: null, leaked: [] } } });
  assert.ok(untracked.endsWith('"descriptors":{"opened":null,"leaked":[]}}\n'), untracked);
});

test('a task that returns nothing has the value null', () => {
  assert.match(ndjsonResult(okItem('a', undefined)), /"status":"ok","value":null,/);
});

test('an error that drags a circle along is told without it', () => {
  const request: Record<string, unknown> = {};
  request['response'] = { request };
  const line = ndjsonResult(failedItem('a', Object.assign(new Error('HTTP 500'), { code: 'EHTTP', request })));
  const { error } = JSON.parse(line) as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(error), ['name', 'message', 'code', 'stack']);
});

test('a value that cannot be written is for the caller to handle', () => {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  assert.throws(() => ndjsonResult(okItem('a', value)), TypeError);
  assert.throws(() => plainResult(okItem('a', value)), TypeError);
});

test('plain is the value alone: text as it is, others as JSON, nothing for nothing', () => {
  assert.equal(plainResult(okItem('a', 'x "y"')), 'x "y"\n');
  assert.equal(plainResult(okItem('a', '')), '\n');
  assert.equal(plainResult(okItem('a', { n: 1n })), '{"n":"1"}\n');
  assert.equal(plainResult(okItem('a', null)), 'null\n');
  assert.equal(plainResult(okItem('a', undefined)), '');
  assert.equal(plainResult(failedItem('a', new Error('no'))), '');
});
