import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import * as check from '../../runtime/checks.js';
import { BadOptionError } from '../../runtime/errors.js';

/** Refused, with the option's name, what was expected and what was given. */
function refuses(run: () => unknown, option: string, message: string | RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof BadOptionError, String(error));
    assert.equal(error.option, option);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}

test('says what was expected, what was given, and of which type', () => {
  const given: [unknown, string][] = [
    ['many', '"many" (string)'],
    ['', '"" (string)'],
    [Number.NaN, 'NaN (number)'],
    [-1, '-1 (number)'],
    [1.5, '1.5 (number)'],
    [7n, '7 (bigint)'],
    [true, 'true (boolean)'],
    [Symbol('x'), 'Symbol(x) (symbol)'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1], 'an array'],
    [{}, 'an object'],
    [() => 1, 'a function'],
    [Object.create(null), 'an object'],
  ];
  for (const [value, shown] of given) {
    refuses(
      () => check.whole(1)('threads', value),
      'threads',
      `Expected \`threads\` to be a whole number of at least 1, got ${shown}`,
    );
  }
});

test('takes whole numbers in their range only', () => {
  const range = check.whole(2, 5);
  for (const value of [2, 3, 5]) assert.equal(range('n', value), value);
  for (const value of [1, 6, 2.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null]) {
    refuses(() => range('n', value), 'n', /a whole number from 2 to 5, got /);
  }
  refuses(() => check.whole(0)('n', 2 ** 53), 'n', /of at least 0/);
});

test('takes durations as milliseconds or as a number with a unit', () => {
  const right: [unknown, number][] = [
    [0, 0],
    [1_500, 1_500],
    [0.5, 0.5],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['30 s', 30_000],
    [' 30s ', 30_000],
    ['0s', 0],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ];
  for (const [given, ms] of right) assert.equal(check.duration('grace', given), ms, String(given));
});

test('refuses durations of other units, negative, not finite, without a unit or too long for a timer', () => {
  const wrong = [
    ...[
      '5',
      '30 seconds',
      '30S',
      '1d',
      '1e3ms',
      '-5s',
      '',
      's',
      '5s5',
      'constructor',
      '1constructor',
      '1toString',
      'Infinitys',
    ],
    ...[-1, -0.001, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '600h', null, {}, [], true, 5n],
  ];
  for (const given of wrong) {
    refuses(
      () => check.duration('grace', given),
      'grace',
      /^Expected `grace` to be a duration: milliseconds, .*'30s'.*, got /,
    );
  }
});

test('takes any duration above zero for a limit, and no other', () => {
  assert.equal(check.limit('timeout', '1ms'), 1);
  for (const given of [0, '0s', -0])
    refuses(() => check.limit('timeout', given), 'timeout', /a duration above 0, got /);
  refuses(() => check.limit('timeout', 'soon'), 'timeout', /a duration: .*got "soon" \(string\)/);
});

test('gives a number from zero to the longest timer or refuses, whatever duration it is given', () => {
  const given = fc.oneof(
    fc.string(),
    fc.double(),
    fc.anything(),
    fc.tuple(fc.double(), fc.constantFrom('ms', 's', 'm', 'h')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(given, (value) => {
      try {
        const ms = check.duration('d', value);
        assert.ok(ms >= 0 && ms < 2 ** 31, String(ms));
      } catch (error) {
        assert.ok(error instanceof BadOptionError, String(error));
      }
    }),
  );
});

test('takes what it says and nothing else', () => {
  const rows: { what: check.Check<unknown>; right: unknown[]; wrong: unknown[]; expected: RegExp }[] = [
    {
      what: check.finite,
      right: [0, -1.5, 1e300],
      wrong: [Number.NaN, Number.NEGATIVE_INFINITY, '1', null],
      expected: /a finite number/,
    },
    {
      what: check.positive,
      right: [0.1, 512],
      wrong: [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1'],
      expected: /a finite number above 0/,
    },
    { what: check.text, right: ['x', ' '], wrong: ['', 1, null, ['x']], expected: /a string that is not empty/ },
    { what: check.flag, right: [true, false], wrong: [0, 'true', null], expected: /true or false/ },
    {
      what: check.oneOf('cpu', 'io'),
      right: ['cpu', 'io'],
      wrong: ['CPU', '', null, ['cpu']],
      expected: /'cpu' or 'io'/,
    },
    {
      what: check.texts,
      right: [[], ['a', '']],
      wrong: ['a', ['a', 1], [null], { 0: 'a' }],
      expected: /an array of strings/,
    },
    { what: check.callable, right: [() => 1, class {}], wrong: ['f', {}, null], expected: /a function/ },
    { what: check.object, right: [{}, new Map()], wrong: [null, [], 'x', () => 1], expected: /an object/ },
    {
      what: check.signal,
      right: [new AbortController().signal, AbortSignal.abort()],
      wrong: [new AbortController(), {}, { aborted: true }, null, 'signal'],
      expected: /an AbortSignal/,
    },
  ];
  for (const { what, right, wrong, expected } of rows) {
    for (const value of right) assert.deepEqual(what('o', value), value);
    for (const value of wrong) refuses(() => what('o', value), 'o', expected);
  }
  for (const value of [undefined, null, 1, () => 1]) assert.equal(check.anything('o', value), value);
});

test('does not keep hold of a list it was given', () => {
  const list = ['a'];
  const taken = check.texts('on', list);
  list.push('b');
  assert.deepEqual(taken, ['a']);
});

const SHAPE: check.Shape = { argv: check.texts, args: check.anything, timeout: check.limit, grace: check.duration };

test('checks an object name by name and leaves out what is undefined', () => {
  assert.deepEqual(check.shaped({ timeout: '1s', grace: undefined }, SHAPE, 'the options'), { timeout: 1_000 });
  assert.deepEqual(check.shaped(undefined, SHAPE, 'the options'), {});
  assert.deepEqual(check.shaped({}, SHAPE, 'the options'), {});
});

test('refuses an unknown name with the nearest one it knows', () => {
  const near: [string, string][] = [
    ['timeuot', 'timeout'],
    ['Timeout', 'timeout'],
    ['grase', 'grace'],
    ['argss', 'args'],
    ['arg', 'argv'],
  ];
  for (const [name, meant] of near) {
    refuses(
      () => check.shaped({ [name]: 1 }, SHAPE, 'the options of a call'),
      name,
      `Expected only known names in the options of a call, got \`${name}\`; did you mean \`${meant}\`?`,
    );
  }
});

test('refuses an unknown name that is near to none with all it knows', () => {
  refuses(
    () => check.shaped({ colour: 1 }, SHAPE, 'the options'),
    'colour',
    /got `colour`; known are argv, args, timeout, grace$/,
  );
});

test('does not take what every object has for a known name', () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty'])
    refuses(() => check.shaped({ [name]: 1 }, SHAPE, 'the options'), name, /got `/);
  const polluted = JSON.parse('{"__proto__": {"timeout": 5}}') as object;
  refuses(() => check.shaped(polluted, SHAPE, 'the options'), '__proto__', /got `__proto__`/);
});

test('names the inner option in full', () => {
  refuses(
    () => check.shaped({ timeout: 'x' }, SHAPE, '`retry`', 'retry.'),
    'retry.timeout',
    /Expected `retry\.timeout` to be/,
  );
});

test('counts edits between words', () => {
  const pairs: [string, string, number][] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['kitten', 'sitting', 3],
    ['timeuot', 'timeout', 2],
  ];
  for (const [a, b, edits] of pairs) assert.deepEqual([check.distance(a, b), check.distance(b, a)], [edits, edits]);
});

test('counts no more edits than letters, at least the difference in length, and none only for the same word', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const edits = check.distance(a, b);
      assert.ok(edits <= Math.max(a.length, b.length));
      assert.ok(edits >= Math.abs(a.length - b.length));
      assert.equal(edits === 0, a === b);
    }),
  );
});
