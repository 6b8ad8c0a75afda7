import assert from 'node:assert/strict';
import test from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { fieldsText } from '../../workers/fields-text.js';
import { MOST_LINE_BYTES } from '../../workers/protocol/log-ring.js';

const told = (fields: unknown): Record<string, unknown> => JSON.parse(fieldsText(fields)) as Record<string, unknown>;

test('what JSON has words for is told as it is', () => {
  const fields = { text: 'é', number: 1.5, no: false, nothing: null, list: [1, [2]], deep: { a: { b: 'c' } } };
  assert.deepEqual(told(fields), fields);
  assert.deepEqual(told({ left: undefined, at: new Date(0) }), { at: '1970-01-01T00:00:00.000Z' });
});

test('what it has no words for is told as text', () => {
  const fields = told({
    big: 12n,
    call: function called() {},
    mark: Symbol('m'),
    none: Number.NaN,
    map: new Map([['a', 1n]]),
    set: new Set([1]),
    pattern: /x/g,
    bytes: Buffer.from('abc'),
    memory: new SharedArrayBuffer(8),
  });
  assert.deepEqual(fields, {
    big: '12',
    call: '[function called]',
    mark: 'Symbol(m)',
    none: 'NaN',
    map: [['a', '1']],
    set: [1],
    pattern: '/x/g',
    bytes: '[Buffer of 3 bytes]',
    memory: '[SharedArrayBuffer of 8 bytes]',
  });
});

test('errors are told with message and stack, with their causes, and wherever they come from', () => {
  const cause = new TypeError('the cause');
  const error = Object.assign(new Error('it broke', { cause }), { code: 'E_BROKE' });
  const { failed } = told({ failed: error }) as { failed: Record<string, unknown> };
  assert.deepEqual(
    [failed.name, failed.message, failed.code, failed.stack],
    ['Error', 'it broke', 'E_BROKE', error.stack],
  );
  assert.equal((failed.cause as Record<string, unknown>).message, 'the cause');
  const foreign = runInContext(`new RangeError('elsewhere')`, createContext()) as unknown;
  assert.equal((told({ foreign }).foreign as Record<string, unknown>).message, 'elsewhere');
  const several = told({ all: new AggregateError([new Error('one')], 'many') }).all as {
    errors: { message: string }[];
  };
  assert.equal(several.errors[0]?.message, 'one');
});

test('fields that are no object of fields are told as one', () => {
  for (const fields of ['text', 1, null, [1, 2], true]) assert.deepEqual(told(fields), { fields });
  assert.equal((told(new Error('bare')).error as Record<string, unknown>).message, 'bare');
});

test('what says for itself what it is in JSON, and is no object of fields there, is told as one', () => {
  assert.deepEqual(told(new Date(0)), { fields: '1970-01-01T00:00:00.000Z' });
  assert.deepEqual(told({ toJSON: () => 'a word' }), { fields: 'a word' });
  assert.deepEqual(told({ toJSON: () => ['a'] }), { fields: ['a'] });
  for (const nothing of [{ toJSON: () => undefined }, { toJSON: () => () => undefined }])
    assert.equal(typeof told(nothing), 'object');
  for (const fields of [new Map([['a', 1]]), new Set([1]), Buffer.from('a'), new URL('http://a.b/')]) {
    const text = told(fields);
    assert.ok(typeof text === 'object' && !Array.isArray(text), fieldsText(fields));
  }
});

test('rings, depths and hostile objects are told in words, and nothing is thrown', () => {
  const ring: Record<string, unknown> = { name: 'ring' };
  ring.self = ring;
  assert.deepEqual(told(ring), { name: 'ring', self: '[circular]' });
  const twice = { a: 1 };
  assert.deepEqual(told({ one: twice, two: twice }), { one: { a: 1 }, two: { a: 1 } });
  let deep: Record<string, unknown> = {};
  for (let depth = 0; depth < 10_000; depth++) deep = { deep };
  assert.match(fieldsText(deep), /"deep":"Object"/);
  const hostile = {
    fine: 1,
    get bad(): never {
      throw new Error('no');
    },
    json: {
      toJSON(): never {
        throw new Error('neither');
      },
    },
  };
  assert.deepEqual(told(hostile), { fine: 1, bad: '[threw: Error: no]', json: '[threw: Error: neither]' });
  const trap = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('trap');
      },
      get() {
        throw new Error('trap');
      },
      getPrototypeOf() {
        throw new Error('trap');
      },
    },
  );
  assert.equal(typeof told(trap), 'object');
  assert.match(JSON.stringify(told({ trap })), /threw: Error: trap/);
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.equal(typeof told({ proxy }).proxy, 'string');
});

test('a key such as __proto__ is like any other', () => {
  const fields = JSON.parse('{"__proto__": {"x": 1}, "y": [1]}') as unknown;
  assert.equal(fieldsText(fields), '{"__proto__":{"x":1},"y":[1]}');
});

test('fields that are too long are told by their beginning, as JSON all the same', () => {
  const text = fieldsText({ much: '"é'.repeat(MOST_LINE_BYTES) });
  assert.ok(Buffer.byteLength(text) <= MOST_LINE_BYTES);
  assert.match((JSON.parse(text) as { fields: string }).fields, /^\{"much":"\\"é.*… \[\d+ bytes\]$/);
  const many = Array.from({ length: 100_000 }, (_, index) => ({ index }));
  assert.ok(Buffer.byteLength(fieldsText({ many })) <= MOST_LINE_BYTES);
});
