import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { errorFields, exceptionOf } from '../../../runtime/logs/exception.js';

function withStack<Thrown extends Error>(error: Thrown, stack: string): Thrown {
  error.stack = stack;
  return error;
}

test('an error is told by its name, message and stack', () => {
  const error = withStack(new TypeError('no list'), 'TypeError: no list\n    at a (b.js:1:2)');
  assert.deepEqual(exceptionOf(error), { type: 'TypeError', message: 'no list', stacktrace: error.stack });
});

test('for a logger it is what JSON has something of', () => {
  const error = withStack(new TypeError('no list'), 'TypeError: no list');
  assert.deepEqual(errorFields(error), { name: 'TypeError', message: 'no list', stack: error.stack });
  assert.deepEqual(errorFields('text'), { name: 'string', message: 'text' });
});

test('the stack trace goes on with the causes', () => {
  const root = withStack(new Error('refused'), 'Error: refused\n    at connect');
  const middle = withStack(new Error('no answer', { cause: root }), 'Error: no answer\n    at call');
  const top = withStack(new Error('gave up', { cause: middle }), 'Error: gave up\n    at run');
  assert.equal(
    exceptionOf(top).stacktrace,
    [top.stack, `Caused by: ${middle.stack}`, `Caused by: ${root.stack}`].join('\n'),
  );
  const plain = withStack(new Error('gave up', { cause: { code: 7 } }), 'Error: gave up');
  assert.equal(exceptionOf(plain).stacktrace, 'Error: gave up\nCaused by: { code: 7 }');
});

test('the stack trace goes on with the errors inside, those that are errors', () => {
  const inner = [new Error('one'), 'two', new Error('three')].map((each) =>
    each instanceof Error ? withStack(each, `Error: ${each.message}`) : each,
  );
  const error = withStack(new AggregateError(inner, 'both'), 'AggregateError: both');
  const lines = ['AggregateError: both', 'One of its errors: Error: one', 'One of its errors: Error: three'];
  assert.equal(exceptionOf(error).stacktrace, lines.join('\n'));
});

test('errors that hold each other are told once', () => {
  const error = withStack(new Error('round'), 'Error: round');
  error.cause = new AggregateError([error], 'about');
  const trace = exceptionOf(error).stacktrace ?? '';
  assert.equal(trace.split('Error: round').length, 2);
});

test('an error without a stack is told by its head', () => {
  const error = new Error('bare');
  Object.defineProperty(error, 'stack', { value: undefined });
  assert.equal(exceptionOf(error).stacktrace, 'Error: bare');
});

test('what is thrown and is no error is told by its type and as what it looks like', () => {
  const cases: [unknown, string, string][] = [
    [null, 'null', 'null'],
    [undefined, 'undefined', 'undefined'],
    ['broken', 'string', 'broken'],
    [404, 'number', '404'],
    [7n, 'bigint', '7n'],
    [{ code: 'E', list: [1] }, 'object', "{ code: 'E', list: [ 1 ] }"],
  ];
  for (const [thrown, type, message] of cases) {
    assert.deepEqual(exceptionOf(thrown), { type, message, stacktrace: undefined });
  }
  const { type, message } = exceptionOf(new DOMException('over', 'AbortError'));
  assert.deepEqual({ type, message }, { type: 'AbortError', message: 'over' });
});

test('nothing that is thrown makes telling it fail, and all of it is text', () => {
  const trap = (): never => {
    throw new Error('trap');
  };
  const trapped = new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap, getOwnPropertyDescriptor: trap });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const hidden = Object.defineProperties(withStack(new Error('x'), ''), {
    name: { get: trap },
    message: { get: trap },
    stack: { get: trap },
    cause: { get: trap },
    errors: { get: trap },
  });
  const odd = Object.assign(new Error('x'), {
    name: 7,
    message: Symbol('s'),
    stack: {},
    errors: new Proxy([], { get: trap }),
  });
  const shown = { [Symbol.for('nodejs.util.inspect.custom')]: trap };
  const check = (thrown: unknown): void => {
    for (const error of [thrown, new Error('outer', { cause: thrown })]) {
      const { type, message, stacktrace } = exceptionOf(error);
      assert.equal(typeof type, 'string');
      assert.equal(typeof message, 'string');
      assert.ok(stacktrace === undefined || typeof stacktrace === 'string');
    }
  };
  for (const thrown of [trapped, revoked, hidden, odd, shown]) check(thrown);
  fc.assert(fc.property(fc.anything(), check));
  assert.equal(exceptionOf(hidden).type, 'Error');
});

test('however much an error has to say, what is told of it has a limit', () => {
  const long = 'x'.repeat(10 ** 6);
  const deep = Array.from({ length: 100 }).reduce<Error>((cause) => new Error(long, { cause }), new Error('first'));
  const wide = new AggregateError(
    Array.from({ length: 10_000 }, () => new Error(long)),
    long,
  );
  for (const error of [
    deep,
    wide,
    Object.assign(new Error(long), { name: long }),
    long,
    { long },
    new Array(10 ** 5).fill(long),
  ]) {
    const { type, message, stacktrace = '' } = exceptionOf(error);
    assert.ok(type.length <= 300 && message.length <= 4_100 && stacktrace.length <= 16_100);
  }
  assert.match(exceptionOf(new Error(long)).message, /^x{4000}… \(996000 characters more\)$/);
});
