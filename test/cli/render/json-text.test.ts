import assert from 'node:assert/strict';
import test from 'node:test';
import { jsonText } from '../../../cli/render/json-text.js';

test('what JSON knows is JSON', () => {
  for (const value of ['a"\n', 1.5, true, null, [1, 'a'], { a: { b: [] } }]) {
    assert.equal(jsonText(value), JSON.stringify(value));
  }
  assert.equal(jsonText(new Date(0)), '"1970-01-01T00:00:00.000Z"');
});

test('undefined and what is no number are null', () => {
  assert.deepEqual([undefined, Number.NaN, Number.POSITIVE_INFINITY].map(jsonText), ['null', 'null', 'null']);
  assert.equal(jsonText({ a: undefined, b: [undefined], c: Number.NaN }), '{"b":[null],"c":null}');
});

test('a BigInt is its decimal string, wherever it stands', () => {
  assert.equal(jsonText(12345678901234567890n), '"12345678901234567890"');
  assert.equal(jsonText({ id: [1n] }), '{"id":["1"]}');
});

test('bytes are base64, of the part that a view shows', () => {
  const bytes = '{"type":"bytes","base64":"aGk="}';
  assert.equal(jsonText(Buffer.from('hi')), bytes);
  assert.equal(jsonText(new Uint8Array(Buffer.from('ohio')).subarray(1, 3)), bytes);
  assert.equal(jsonText(Uint8Array.from(Buffer.from('hi')).buffer), bytes);
  assert.equal(jsonText({ a: [Buffer.from('hi')] }), `{"a":[${bytes}]}`);
  assert.equal(jsonText(new Uint16Array([0x6968])), bytes);
});

test('a Map is an array of pairs, a Set an array, and what they hold is encoded too', () => {
  assert.equal(jsonText(new Map([['a', 1n]])), '[["a","1"]]');
  assert.equal(jsonText(new Set([new Map([[1, 2]])])), '[[[1,2]]]');
});

test('an error keeps its name, message, code and cause', () => {
  const error = Object.assign(new TypeError('no', { cause: new Error('deeper') }), { code: 'ENO' });
  const text = JSON.parse(jsonText({ error })) as {
    error: Record<string, unknown> & { cause: Record<string, unknown> };
  };
  assert.deepEqual(Object.keys(text.error), ['name', 'message', 'code', 'stack', 'cause']);
  assert.equal(text.error['name'], 'TypeError');
  assert.equal(text.error['code'], 'ENO');
  assert.equal(text.error.cause['message'], 'deeper');
});

test('a value that contains itself is refused', () => {
  const value: { self?: unknown } = {};
  value.self = value;
  assert.throws(() => jsonText(value), TypeError);
});
