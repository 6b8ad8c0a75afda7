import assert from 'node:assert/strict';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { findUncloneable, type Uncloneable } from '../../../workers/protocol/uncloneable.js';

function canClone(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function find(value: unknown): Uncloneable {
  assert.equal(canClone(value), false, 'the value under test can be cloned');
  return findUncloneable(value, canClone);
}

function pathIn(value: unknown): string {
  return find(value).path;
}

const fn = (): number => 1;

class Config {
  readonly nested: unknown;

  constructor(nested: unknown) {
    this.nested = nested;
  }
}

test('names the value itself by an empty path', () => {
  assert.deepEqual(find(fn), { path: '', what: 'a function (fn)' });
  assert.deepEqual(find(Symbol('token')), { path: '', what: 'a symbol (token)' });
  assert.deepEqual(find(Promise.resolve()), { path: '', what: 'an instance of Promise' });
  assert.deepEqual(
    find(() => 1),
    { path: '', what: 'a function' },
  );
});

test('finds the part in nested objects and class instances', () => {
  assert.equal(pathIn({ options: { callback: fn } }), '.options.callback');
  assert.equal(pathIn(new Config(new Config({ socket: new WeakMap() }))), '.nested.nested.socket');
  assert.equal(find({ a: { b: new WeakMap() } }).what, 'an instance of WeakMap');
});

test('finds the part in nested arrays', () => {
  assert.equal(pathIn([1, [2, [3, fn]]]), '[1][1][1]');
  assert.equal(pathIn([{ ok: 1 }, { bad: [Symbol('x')] }]), '[1].bad[0]');
});

test('finds the part in maps, keys and values, and in sets', () => {
  assert.equal(pathIn({ map: new Map([['x', { f: fn }]]) }), '.map.get("x").f');
  assert.equal(pathIn(new Map([[7, fn]])), '.get(7)');
  assert.equal(pathIn(new Map([[fn, 1]])).startsWith('.keys('), true);
  assert.equal(pathIn([new Set<unknown>([1, { f: fn }])]), '[0].values()[1].f');
});

test('passes by the own properties of an error, which clone leaves out', () => {
  const error = Object.assign(new Error('x'), { callback: fn });
  assert.equal(pathIn({ error, options: { callback: fn } }), '.options.callback');
});

test('writes keys that are no names in brackets', () => {
  assert.equal(pathIn({ 'content-type': { 1: fn } }), '["content-type"]["1"]');
});

test('names the shallowest of several', () => {
  assert.equal(pathIn({ deep: { deeper: fn }, flat: fn }), '.flat');
});

test('passes by what can be cloned', () => {
  const value = { date: new Date(), bytes: new Uint8Array(3), re: /x/, big: 1n, error: new Error('x'), at: { f: fn } };
  assert.equal(pathIn(value), '.at.f');
});

test('passes by empty places of an array', () => {
  const sparse: unknown[] = [];
  sparse[3] = fn;
  assert.equal(pathIn(sparse), '[3]');
  assert.equal(pathIn({ list: sparse }), '.list[3]');
});

test('finds the part in a value that contains itself', () => {
  const value = { self: undefined as unknown, list: [] as unknown[], callback: fn };
  value.self = value;
  value.list.push(value, value.list);
  assert.equal(pathIn(value), '.callback');
});

test('finds the part in a value in which something stands twice', () => {
  const shared = { callback: fn };
  assert.equal(pathIn({ first: { shared }, second: shared }), '.second.callback');
  assert.equal(pathIn([shared, shared]), '[0].callback');
});

test('finds a proxy, which is refused as a whole', () => {
  assert.equal(pathIn({ state: new Proxy({}, {}) }), '.state');
  assert.equal(pathIn({ state: new Proxy({ count: 1 }, {}) }), '.state');
  assert.equal(pathIn({ list: new Proxy([1, 2], {}) }), '.list');
});

test('finds a getter that throws', () => {
  const value = {
    fine: 1,
    get broken(): never {
      throw new Error('no');
    },
  };
  assert.equal(pathIn({ at: value }), '.at.broken');
});

test('answers for a revoked proxy, an object without a prototype and a hostile name', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.equal(pathIn({ gone: proxy }), '.gone');
  const bare = Object.create(null) as Record<string, unknown>;
  bare['f'] = fn;
  assert.equal(pathIn({ bare }), '.bare.f');
  assert.equal(pathIn(new Map([[Object.create(null), fn]])).startsWith('.get('), true);
  const unnamed = Object.defineProperty(new WeakMap(), 'constructor', { get: () => assert.fail('no name') });
  assert.equal(pathIn({ unnamed }), '.unnamed');
});

test('comes to an end in a value that is too large to be searched', () => {
  const large = Array.from({ length: 120_000 }, () => ({ a: 1 }));
  assert.equal(pathIn({ large, at: { the: { end: fn } } }), '');
});

/** Any nesting of objects, arrays, maps and sets with one function in it, and the way there. */
const nested: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(fn),
    fc.tuple(tie('value'), fc.array(fc.integer(), { maxLength: 3 })).map(([value, others]) => [...others, value]),
    fc.tuple(tie('value'), fc.string()).map(([value, key]) => ({ other: 1, [`k${key}`]: value })),
    fc.tuple(tie('value'), fc.integer()).map(
      ([value, key]) =>
        new Map<unknown, unknown>([
          ['other', 1],
          [key, value],
        ]),
    ),
    tie('value').map((value) => new Set(['other', value])),
  ),
})).value;

test('finds the function in any nesting', () => {
  fc.assert(
    fc.property(nested, (value) => {
      const { path, what } = find(value);
      assert.equal(what, 'a function (fn)');
      assert.equal(walk(value, path), fn);
    }),
  );
});

/** Follows a path, as a reader would type it after the value's name. */
function walk(value: unknown, path: string): unknown {
  const expression = path.replaceAll(/\.values\(\)/g, '.list');
  const withLists = (inner: unknown): unknown => {
    if (inner instanceof Set) return { list: [...inner].map(withLists) };
    if (inner instanceof Map) return new Map([...inner].map(([key, each]) => [key, withLists(each)]));
    if (Array.isArray(inner)) return inner.map(withLists);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, withLists(each)]));
  };
  return runInNewContext(`value${expression}`, { value: withLists(value) }) as unknown;
}
