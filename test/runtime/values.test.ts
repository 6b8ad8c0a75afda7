import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { errorOf, errorWithCode } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type ChangeInput = typeof import('../fixtures/handlers/change-input.js');
type SameObject = typeof import('../fixtures/handlers/same-object.js');
type MoveBuffers = typeof import('../fixtures/handlers/move-buffers.js');
type ThrowAnything = typeof import('../fixtures/handlers/throw-anything.js');

const MANY = 1_000;
const loadEcho = (supervisor: Supervisor) => supervisor.load<Echo>(fixture('echo'));

/** Every value by itself and inside an object, in both kinds, through the same supervisor. */
const PLAIN_VALUES: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['minus zero', -0],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['minus infinity', Number.NEGATIVE_INFINITY],
  ['the smallest number', Number.MIN_VALUE],
  ['the largest integer', Number.MAX_SAFE_INTEGER],
  ['a bigint', 12_345_678_901_234_567_890n],
  ['a small bigint', -1n],
  ['empty text', ''],
  ['text', 'plain'],
  ['text with a zero', 'a\u0000b'],
  ['emoji', '👩‍👩‍👧 and 🏳️‍🌈'],
  ['text of three bytes a letter', '語'.repeat(80)],
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\udc00b'],
  ['swapped surrogates', '\udc00\ud83d'],
  ['a byte order mark', '\ufefftext'],
  ['long text', 'long '.repeat(100_000)],
  ['long text with emoji', '👩‍👩‍👧'.repeat(20_000)],
  ['a date', new Date(1_700_000_000_000)],
  ['a regular expression', /a+b/giu],
  [
    'a map',
    new Map<unknown, unknown>([
      ['a', 1],
      [{ key: 1 }, new Set([1, 2])],
    ]),
  ],
  ['a set', new Set(['a', { b: 1 }])],
  ['bytes', new Uint8Array([1, 2, 255])],
  ['an array with holes', [1, , 3]],
  ['an empty object', {}],
  ['an empty array', []],
  ['an object named like our own', { type: 'ring', status: 'failed', note: { attempt: 1 }, input: 1 }],
  ['an array of two', [undefined, null]],
];

for (const threads of [0, 2]) {
  const where = threads === 0 ? 'inline' : 'in threads';
  test(`values of every kind come back as they went, ${where}`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      const { echo, echoIo, echoLater } = await loadEcho(supervisor);
      for (const [name, value] of PLAIN_VALUES) {
        for (const handle of [echo, echoIo, echoLater]) {
          assert.deepEqual(await handle(value), value, name);
          assert.deepEqual(await handle({ value }), { value }, `${name}, in an object`);
        }
      }
    });
  });

  test(`values of every kind come back as they went when all travel at once, ${where}`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      const { echo, echoIo } = await loadEcho(supervisor);
      for (const handle of [echo, echoIo, echo]) {
        const all = Array.from({ length: 20 }, () => PLAIN_VALUES).flat();
        const back = await Promise.all(all.map(([, value]) => handle(value)));
        for (const [index, [name, value]] of all.entries()) assert.deepEqual(back[index], value, name);
      }
    });
  });
}

test('a date that is none comes back as such', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    // No two of them are deeply equal, so this one cannot stand among the values above.
    const back = await echo(new Date(Number.NaN));
    assert.ok(back instanceof Date);
    assert.ok(Number.isNaN(back.getTime()));
  });
});

test('text of every length around the room of an entry comes back whole', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    for (const letter of ['a', 'ü', '語', '😀']) {
      const texts = Array.from({ length: 300 }, (_, length) => letter.repeat(length));
      assert.deepEqual(await Promise.all(texts.map((text) => echo(text))), texts);
    }
  });
});

test('one object submitted a thousand times is a clone of its own in every attempt', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { changeInput, changeInputIo } = await supervisor.load<ChangeInput>(fixture('change-input'));
    for (const handle of [changeInput, changeInputIo, changeInput]) {
      const input = { count: 0, nested: { changes: [] } };
      const seen = await Promise.all(Array.from({ length: MANY }, () => handle(input)));
      assert.ok(seen.every(({ count, changes }) => count === 1 && changes === 1));
      assert.deepEqual(input, { count: 0, nested: { changes: [] } });
    }
  });
});

test('different objects that share a nested one do not share it in the thread', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { changeInput, changeInputIo } = await supervisor.load<ChangeInput>(fixture('change-input'));
    for (const handle of [changeInput, changeInputIo, changeInput]) {
      const nested = { changes: [] };
      const seen = await Promise.all(Array.from({ length: MANY }, (_, count) => handle({ count, nested })));
      assert.deepEqual(
        seen,
        Array.from({ length: MANY }, (_, count) => ({ count: count + 1, changes: 1 })),
      );
    }
  });
});

test('a handler that gives back the same object each time gives every caller one of its own', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { sameObject, sameObjectIo } = await supervisor.load<SameObject>(fixture('same-object'));
    for (const handle of [sameObject, sameObjectIo, sameObject]) {
      const results = await Promise.all(Array.from({ length: MANY }, () => handle()));
      const parts: ((result: Awaited<ReturnType<typeof handle>>) => unknown)[] = [
        (all) => all,
        ({ nested }) => nested.deep,
        ({ list }) => list,
      ];
      for (const part of parts) assert.equal(new Set(results.map((result) => part(result))).size, MANY);
      results[0]?.list.push(4);
      assert.deepEqual(results[1]?.list, [1, 2, 3]);
    }
  });
});

test('the same holds for map', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { changeInput } = await supervisor.load<ChangeInput>(fixture('change-input'));
    const input = { count: 0, nested: { changes: [] } };
    for await (const item of changeInput.map(Array.from({ length: MANY }, () => input))) {
      assert.ok(item.status === 'ok');
      assert.deepEqual(item.value, { count: 1, changes: 1 });
      assert.equal(item.input, input, 'an item has the very input it was made of');
    }
  });
});

test('a SharedArrayBuffer is shared, in and out', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { writeShared } = await supervisor.load<MoveBuffers>(fixture('move-buffers'));
    const shared = new SharedArrayBuffer(4);
    const back = await Promise.all(Array.from({ length: 50 }, () => writeShared(shared)));
    assert.equal(Atomics.load(new Int32Array(shared), 0), 50);
    for (const buffer of back) assert.equal(Atomics.load(new Int32Array(buffer), 0), 50);
  });
});

test('transfer moves an input: the caller has it no more', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { sum } = await supervisor.load<MoveBuffers>(fixture('move-buffers'));
    const copied = new Uint8Array([1, 2, 3]);
    assert.equal(await sum(copied), 6);
    assert.equal(copied.byteLength, 3);
    const moved = Array.from({ length: 20 }, (_, index) => new Uint8Array([index, 1, 2]));
    const sums = await Promise.all(moved.map((bytes) => sum(bytes, { transfer: [bytes.buffer] })));
    assert.deepEqual(
      sums,
      [...moved.keys()].map((index) => index + 3),
    );
    assert.ok(moved.every(({ byteLength }) => byteLength === 0));
  });
});

for (const how of ['moveOut', 'moveOutLikePiscina'] as const) {
  test(`${how}: a result is moved, and the handler has it no more`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const handles = await supervisor.load<MoveBuffers>(fixture('move-buffers'));
      const moved = await handles[how](1_000);
      assert.ok(moved instanceof Uint8Array);
      assert.equal(
        moved.reduce((total, byte) => total + byte, 0),
        7_000,
      );
      assert.equal(await handles.lengthKept(), 0);
      await handles.copyOut(1_000);
      assert.equal(await handles.lengthKept(), 1_000);
    });
  });
}

test('ports can be moved both ways', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { movePort } = await supervisor.load<MoveBuffers>(fixture('move-buffers'));
    const { port } = await movePort();
    const heard = once(port, 'message');
    port.postMessage('hello');
    assert.deepEqual((await heard)[0], { heard: 'hello' });
    port.close();
    const { echo } = await loadEcho(supervisor);
    const { port1, port2 } = new MessageChannel();
    await errorWithCode(echo({ port: port1 }, { transfer: [port1] }), 'PLUSTWO_NOT_CLONEABLE');
    port2.close();
  });
});

for (const [name, value, path] of [
  ['a function', () => 1, 'input itself'],
  ['a symbol', Symbol('s'), 'input itself'],
  ['a function in an object', { options: { list: [1, { callback: () => 1 }] } }, 'input.options.list[1].callback'],
  ['a promise in a map', new Map([['key', Promise.resolve(1)]]), 'input.get("key")'],
] as const) {
  test(`an input that cannot be cloned (${name}) is refused with its path, and nothing else is`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const { echo, echoIo } = await loadEcho(supervisor);
      for (const handle of [echo, echoIo, echo]) {
        const [before, bad, behind] = [
          handle(1),
          errorWithCode(handle(value), 'PLUSTWO_NOT_CLONEABLE'),
          handle({ two: 2 }),
        ];
        const error = await bad;
        assert.ok(error.message.includes(path), error.message);
        assert.equal(error.side, 'input');
        assert.deepEqual(await Promise.all([before, behind]), [1, { two: 2 }]);
      }
    });
  });
}

test('errors that are results come back as errors', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { returnAnything } = await supervisor.load<ThrowAnything>(fixture('throw-anything'));
    const error = await returnAnything('chain');
    assert.ok(error instanceof Error);
    assert.equal(error.message, 'outer');
    assert.ok(error.cause instanceof TypeError);
    await errorWithCode(returnAnything('function'), 'PLUSTWO_NOT_CLONEABLE');
    await errorWithCode(returnAnything('symbol'), 'PLUSTWO_NOT_CLONEABLE');
  });
});

for (const how of ['throwAnything', 'rejectWithAnything'] as const) {
  test(`${how}: what a handler throws arrives as it was, whatever it was`, async () => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const handles = await supervisor.load<ThrowAnything>(fixture('throw-anything'));
      const thrown = (thing: Parameters<typeof handles.throwAnything>[0]) => errorOf(handles[how](thing));
      for (const [thing, expected] of [
        ['null', null],
        ['undefined', undefined],
        ['number', 42],
        ['text', 'just text'],
        ['object', { status: 404, body: { a: [1] } }],
        ['symbol', 'Symbol(a symbol)'],
        ['function', '[function anonymous]'],
      ] as const) {
        assert.deepEqual(await thrown(thing), expected, thing);
      }

      const own = (await thrown('own class')) as Record<string, unknown> & TypeError;
      assert.ok(own instanceof TypeError);
      assert.equal(`${own.name}: ${own.message}`, 'OrderError: ordered');
      assert.match(String(own.stack), /throw-anything/);
      assert.doesNotMatch(String(own.stack), /entry\.cjs|\/workers\/|node:internal/, 'how the handler was called');
      assert.equal(own.code, 'E_ORDER');
      assert.equal((own.cause as Error).message, 'the cause');
      const details = {
        list: [1, { two: 2 }],
        when: new Date(0),
        seen: new Map([['a', 1]]),
        bytes: new Uint8Array([1, 2]),
      };
      assert.deepEqual(own.details, details);
      assert.equal(own.attempts, 3);
      assert.equal(own.nothing, null);
      assert.ok(own.inner instanceof RangeError);
      const list = own.list as unknown[];
      assert.ok(list[0] instanceof RangeError, 'an error inside a list that is a property of its own');
      assert.equal(list[0].message, 'inside a list');
      assert.equal(list[1], 'text');

      const aggregate = await thrown('aggregate');
      assert.ok(aggregate instanceof AggregateError);
      assert.equal(aggregate.message, 'many');
      const [first, second, none, third] = aggregate.errors as [unknown, unknown, unknown, unknown];
      assert.ok(first instanceof RangeError);
      assert.deepEqual([second, none], ['second', null]);
      assert.equal((third as { code?: unknown }).code, 'E_3');

      const aborted = (await thrown('dom exception')) as DOMException;
      assert.ok(aborted instanceof Error);
      assert.deepEqual([aborted.name, aborted.message, aborted.code], ['AbortError', 'aborted by hand', 20]);

      const chain = (await thrown('chain')) as Error & { cause: Error };
      assert.ok(chain.cause instanceof TypeError);
      assert.deepEqual(chain.cause.cause, { plain: 'object' });
      const byNull = (await thrown('cause is null')) as Error;
      assert.ok('cause' in byNull);
      assert.equal(byNull.cause, null);
      assert.equal(((await thrown('circular')) as Error).message, 'around');
      assert.equal(((await thrown('getter that throws')) as Error).message, 'with a trap');
      const { errno, code, syscall, path } = (await thrown('file system')) as NodeJS.ErrnoException;
      assert.deepEqual({ errno, code, syscall, path }, { errno: -2, code: 'ENOENT', syscall: 'open', path: 'x' });
    });
  });
}
