import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { recorderBytes, recorderViews, Tag, TEXT_UNITS } from '../../../workers/protocol/recorder.js';
import { putValue, takeValue } from '../../../workers/protocol/value.js';

const ENTRIES = 4;
const views = recorderViews(new SharedArrayBuffer(recorderBytes(ENTRIES)), ENTRIES);
const area = Buffer.from(views.text.buffer, views.text.byteOffset, views.text.byteLength);

function put(value: unknown, entry = 1): boolean {
  return putValue(views, area, entry, value);
}

function carried(value: unknown): unknown {
  assert.ok(put(value), `expected ${String(value)} to fit`);
  return takeValue(views, area, 1);
}

test('carries everything without identity as it is', () => {
  for (const value of [
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1.5,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MIN_VALUE,
  ]) {
    assert.ok(Object.is(carried(value), value), String(value));
  }
});

test('carries short text as it is, in any script', () => {
  const texts = [
    '',
    'a',
    'naïve',
    '日本語',
    '\u0000',
    '\uFEFFmark',
    '😀'.repeat(TEXT_UNITS / 2),
    '\uFFFF'.repeat(TEXT_UNITS),
  ];
  for (const text of texts) assert.equal(carried(text), text);
});

test('carries any number and any short well-formed text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string({ unit: 'binary', maxLength: TEXT_UNITS / 2 })), (value) => {
      assert.ok(Object.is(carried(value), value));
    }),
  );
});

test('sends longer text on its own way', () => {
  assert.ok(put('x'.repeat(TEXT_UNITS)));
  assert.equal(put('x'.repeat(TEXT_UNITS + 1)), false);
});

test('sends text with half a surrogate pair on its own way, since UTF-8 would change it', () => {
  for (const text of ['\uD800', 'a\uDC00b', '\uDC00\uD800']) assert.equal(put(text), false);
});

test('sends everything with identity, and what has no place in shared memory, on its own way', () => {
  for (const value of [{}, [], new Date(), 10n, Symbol('x'), () => 1, new Map(), new String('x')])
    assert.equal(put(value), false);
});

test('keeps entries apart', () => {
  const texts = Array.from({ length: ENTRIES }, (_, entry) => String(entry).repeat(TEXT_UNITS));
  for (const [entry, text] of texts.entries()) assert.ok(put(text, entry));
  for (const [entry, text] of texts.entries()) assert.equal(takeValue(views, area, entry), text);
});

test('lets a later value replace an earlier one, whatever their kinds', () => {
  const value = fc.oneof(
    fc.boolean(),
    fc.double(),
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.constantFrom(null, undefined),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 10 }), (values) => {
      for (const each of values) put(each);
      assert.ok(Object.is(takeValue(views, area, 1), values.at(-1)));
    }),
  );
});

test('refuses to read an entry that holds no value of its own', () => {
  for (const tag of [Tag.message, Tag.failure, Tag.skipped]) {
    views.tag[2] = tag;
    assert.throws(() => takeValue(views, area, 2), { name: 'RangeError', message: /entry 2 holds no value/ });
  }
});
