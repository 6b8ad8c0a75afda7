import assert from 'node:assert/strict';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, fromWireError, toWireError, type WireError } from '../../../workers/protocol/wire-error.js';

function canClone(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** There and back, over a real clone: what encodes to something uncloneable fails here. */
function carried(thrown: unknown): unknown {
  return fromWireError(structuredClone(toWireError(thrown, canClone)));
}

function carriedError<Own extends object>(thrown: Error & Own): Error & Own {
  const arrived = carried(thrown);
  assert.ok(arrived instanceof Error);
  return arrived as Error & Own;
}

test('carries name, message and stack', () => {
  const error = new RangeError('too far');
  const arrived = carriedError(error);
  assert.ok(arrived instanceof RangeError);
  assert.deepEqual([arrived.name, arrived.message, arrived.stack], [error.name, error.message, error.stack]);
});

test('gives every built-in class back as that class', () => {
  for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const arrived = carried(new Class('x'));
    assert.equal((arrived as Error).constructor, Class);
  }
});

test('gives a class of its own back as the nearest built-in one, with its name', () => {
  class Refused extends TypeError {
    override name = 'Refused';
    readonly status = 402;
  }
  const arrived = carriedError(new Refused('x'));
  assert.ok(arrived instanceof TypeError);
  assert.equal(arrived.name, 'Refused');
  assert.equal(arrived.status, 402);
  assert.equal(String(arrived), 'Refused: x');
});

test('shows an error as it looked where it was thrown', () => {
  const error = Object.assign(new Error('x'), { code: 'E_X' });
  const arrived = carriedError(error);
  assert.deepEqual(Object.keys(arrived), ['code']);
  assert.equal(Object.prototype.propertyIsEnumerable.call(arrived, 'stack'), false);
  assert.equal(Object.prototype.propertyIsEnumerable.call(arrived, 'name'), false);
  assert.deepEqual(arrived, error);
});

test('carries code, cause and own properties, each as what it is', () => {
  const cause = new TypeError('inner');
  const own = {
    code: 'ENOENT',
    errno: -2,
    when: new Date(5),
    map: new Map([[1, { a: 2n }]]),
    bytes: new Uint8Array([1, 2]),
  };
  const arrived = carriedError(Object.assign(new Error('outer', { cause }), own));
  const { code, errno, when, map, bytes } = arrived;
  assert.deepEqual({ code, errno, when, map, bytes }, own);
  assert.ok(arrived.cause instanceof TypeError);
  assert.equal(arrived.cause.message, 'inner');
  assert.equal(Object.prototype.propertyIsEnumerable.call(arrived, 'cause'), false);
});

test('carries a code that the class gives, not the error itself', () => {
  class Coded extends Error {
    get code(): string {
      return 'E_CODED';
    }
  }
  assert.equal(carriedError(new Coded('x')).code, 'E_CODED');
});

test('carries a cause that is no error, null and zero included', () => {
  for (const cause of [null, 0, '', 'text', { plain: [1] }]) {
    assert.deepEqual(carriedError(new Error('x', { cause })).cause, cause);
  }
});

test('carries the errors of an AggregateError, errors and others', () => {
  const thrown = new AggregateError([new TypeError('a'), 'b', { c: 1 }, null], 'all failed');
  const arrived = carried(thrown);
  assert.ok(arrived instanceof AggregateError);
  assert.equal(arrived.message, 'all failed');
  const [first, ...others] = arrived.errors as unknown[];
  assert.ok(first instanceof TypeError);
  assert.equal(first.message, 'a');
  assert.deepEqual(others, ['b', { c: 1 }, null]);
});

test('carries an AggregateError without any error in it', () => {
  const arrived = carried(new AggregateError([]));
  assert.ok(arrived instanceof AggregateError);
  assert.deepEqual(arrived.errors, []);
  assert.deepEqual((carried(new AggregateError([1, 2])) as AggregateError).errors, [1, 2]);
});

test('carries errors in a list under any other name as errors', () => {
  const arrived = carriedError(Object.assign(new Error('x'), { failures: [new RangeError('a'), 7] }));
  const [first, second] = arrived.failures;
  assert.ok(first instanceof RangeError, `arrived as ${JSON.stringify(first)}`);
  assert.equal(first.message, 'a');
  assert.equal(second, 7);
});

test('carries what is no error as it is', () => {
  for (const thrown of [
    null,
    undefined,
    0,
    -0,
    Number.NaN,
    '',
    'text',
    true,
    5n,
    [1, [2]],
    { a: { b: 1 } },
    new Map([[1, 2]]),
    new Date(1),
  ]) {
    assert.deepEqual(carried(thrown), thrown);
  }
});

test('tells what cannot travel as text', () => {
  assert.equal(carried(Symbol('token')), 'Symbol(token)');
  assert.equal(
    carried(function broken() {}),
    '[function broken]',
  );
  assert.equal(
    carried(() => 1),
    '[function anonymous]',
  );
  assert.equal(carried({ f: () => 1 }), '[object Object]');
  assert.equal(carriedError(Object.assign(new Error('x'), { socket: () => 1 })).socket, '[function socket]');
});

test('takes errors of another realm for errors', () => {
  const thrown: unknown = runInNewContext(
    "Object.assign(new TypeError('over there', { cause: new RangeError('deep') }), { code: 'E_THERE' })",
  );
  assert.equal(thrown instanceof Error, false);
  const arrived = carried(thrown);
  assert.ok(arrived instanceof TypeError);
  assert.equal((arrived as Error & { code?: unknown }).code, 'E_THERE');
  assert.equal(arrived.message, 'over there');
  assert.ok(arrived.stack?.includes('over there'));
  assert.ok(arrived.cause instanceof RangeError);
});

test('takes the errors of an AggregateError of another realm for errors', () => {
  const arrived = carried(runInNewContext("new AggregateError([new TypeError('a'), new Error('b')], 'all')"));
  assert.ok(arrived instanceof AggregateError);
  assert.ok(arrived.errors[0] instanceof TypeError);
  assert.equal((arrived.errors[1] as Error).message, 'b');
});

test('carries a DOMException with its name and code', () => {
  const arrived = carriedError(new DOMException('stop it', 'AbortError'));
  assert.deepEqual([arrived.name, arrived.message, arrived.code], ['AbortError', 'stop it', 20]);
});

test('follows a chain of causes to its end, or as far as anybody reads', () => {
  let chain: Error = new Error('0');
  for (let depth = 1; depth <= 5; depth++) chain = new Error(String(depth), { cause: chain });
  let arrived: unknown = carried(chain);
  for (let depth = 5; depth >= 0; depth--) {
    assert.ok(arrived instanceof Error);
    assert.equal(arrived.message, String(depth));
    arrived = arrived.cause;
  }
});

test('comes to an end in an error that is its own cause', () => {
  const error = new Error('ring');
  error.cause = error;
  let arrived: unknown = carried(error);
  let links = 0;
  for (; arrived instanceof Error; arrived = arrived.cause) links++;
  assert.ok(links >= 2 && links < 100);
  assert.equal(arrived, 'Error: ring');
});

test('stays small for errors that point at each other in every direction', () => {
  const errors = Array.from({ length: 10 }, (_, index) => new Error(String(index)));
  const all = new AggregateError(errors, 'all');
  for (const error of errors) error.cause = all;
  const wire = JSON.stringify(toWireError(all, canClone));
  assert.ok(wire.length < 1_000_000, `${wire.length} characters for 11 errors`);
});

test('tells a getter that throws by what it threw', () => {
  const error = Object.defineProperty(new Error('x'), 'detail', {
    enumerable: true,
    get: () => {
      throw new Error('hands off');
    },
  }) as Error & { detail: string };
  assert.match(carriedError(error).detail, /getter threw: .*hands off/);
});

test('survives errors whose name, message or stack is not text', () => {
  const error = new Error('x');
  for (const key of ['name', 'message', 'stack']) Object.defineProperty(error, key, { value: { not: 'text' } });
  const arrived = carriedError(error);
  assert.deepEqual([arrived.name, arrived.message, arrived.stack], ['Error', '', undefined]);
});

test('never throws, whatever is thrown at it', () => {
  const fail = (): never => {
    throw new Error('hostile');
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const everyTrap = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, fail]));
  const hostile: Record<string, unknown> = {
    'toString that throws': { toString: fail, f: fail },
    'tag that throws': Object.defineProperty({}, Symbol.toStringTag, { get: fail }),
    'error whose tag throws': Object.defineProperty(new Error('x'), Symbol.toStringTag, { get: fail }),
    'error behind a proxy that gives nothing': new Proxy(new Error('x'), { get: fail }),
    'error behind a proxy without keys': new Proxy(new Error('x'), { ownKeys: fail }),
    'error behind a proxy without has': new Proxy(new Error('x'), { has: fail }),
    'error behind a proxy without descriptors': new Proxy(Object.assign(new Error('x'), { a: 1 }), {
      getOwnPropertyDescriptor: fail,
    }),
    'proxy without a prototype': new Proxy({}, { getPrototypeOf: fail }),
    'proxy of nothing but throws': new Proxy({}, everyTrap),
    'revoked proxy': revoked,
    'list with a revoked proxy': Object.assign(new Error('x'), { errors: [new Error('y'), revoked] }),
    'cause that is a revoked proxy': new Error('x', { cause: revoked }),
    'object without a prototype': Object.assign(Object.create(null) as object, { f: fail }),
    'class with a static name that throws': class {
      static get name(): string {
        return fail();
      }
    },
  };
  for (const [what, thrown] of Object.entries(hostile)) {
    let wire: WireError | undefined;
    assert.doesNotThrow(() => (wire = toWireError(thrown, canClone)), what);
    assert.ok(wire !== undefined && canClone(wire), what);
  }
});

test('does not mistake a plain object for an encoded error', () => {
  const lookalikes = [
    { kind: 'error', base: 'Error', name: 'x', message: '', stack: undefined, properties: [] },
    { kind: 'text', text: 'x' },
    [{ plustwoMember: { kind: 'text', text: 'x' } }],
  ];
  for (const thrown of lookalikes) assert.deepEqual(carried(thrown), thrown);
  const listed = carried(new AggregateError(lookalikes)) as AggregateError;
  assert.deepEqual(listed.errors, lookalikes);
});

test('carries any cloneable value that is thrown', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      (thrown) => {
        fc.pre(canClone(thrown));
        const cloned: unknown = structuredClone(thrown);
        // Node finds some values unequal to a copy of theirs, such as a set with an invalid date: nothing can be told of these.
        fc.pre(isDeepStrictEqual(cloned, structuredClone(cloned)));
        assert.deepEqual(carried(thrown), cloned);
      },
    ),
  );
});

test('carries any own property an error may have', () => {
  const key = fc
    .string({ minLength: 1 })
    .filter((name) => !['name', 'message', 'stack', 'cause', 'errors', '__proto__'].includes(name));
  const properties = fc.dictionary(
    key,
    fc.anything({ withBigInt: true, withMap: true }).filter((value) => value !== undefined),
  );
  fc.assert(
    fc.property(properties, fc.string(), (own, message) => {
      fc.pre(canClone(own));
      const arrived = carriedError(Object.assign(new Error(message), own));
      assert.equal(arrived.message, message);
      assert.deepEqual({ ...arrived }, structuredClone({ ...own }));
    }),
  );
});

test('puts anything into words', () => {
  assert.equal(describe('text'), 'text');
  assert.equal(describe(undefined), 'undefined');
  assert.equal(describe(Object.create(null)), '[object that cannot be shown]');
});
