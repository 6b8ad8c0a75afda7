import assert from 'node:assert/strict';
import test from 'node:test';
import { sizeOf } from '../../../runtime/results/size-of.js';

/** Within so much of what is expected. */
function assertAbout(value: unknown, expected: number, share: number): void {
  const found = sizeOf(value);
  assert.ok(Math.abs(found / expected - 1) <= share, `${found} bytes found, about ${expected} expected`);
}

test('plain values take a word, texts what they are long', () => {
  for (const value of [1, -0.5, Number.NaN, true, false, null, undefined]) assert.equal(sizeOf(value), 8);
  assert.equal(sizeOf(''), 16);
  assert.equal(sizeOf('x'.repeat(1_000)), 1_016);
  assert.equal(sizeOf(0n), 17);
  assertAbout(2n ** 80_000n, 10_016, 0.01);
});

test('a buffer takes what it is long, however it is looked at, and once in one value', () => {
  const buffer = new ArrayBuffer(1_000_000);
  assertAbout(buffer, 1_000_000, 0.001);
  assertAbout(new Uint8Array(buffer, 500, 10), 1_000_000, 0.001);
  const views = Array.from({ length: 20 }, (_, index) => new DataView(buffer, index * 10, 10));
  assertAbout(views, 1_000_000, 0.01);
  assertAbout({ a: new Float64Array(1_000), b: { c: [new Uint8Array(4_000)] } }, 12_000, 0.02);
});

test('what is shared with others is not the value’s own', () => {
  assert.ok(sizeOf(new Uint8Array(new SharedArrayBuffer(1_000_000))) < 100);
});

test('objects, lists, maps, sets and errors take what is in them', () => {
  const text = 'x'.repeat(10_000);
  for (const value of [
    [text],
    { text },
    { a: { b: [text] } },
    new Map([[1, text]]),
    new Map([[text, 1]]),
    new Set([text]),
  ])
    assertAbout(value, 10_000, 0.02);
  assertAbout(new Error(text), 11_000, 0.05);
  assertAbout(new Error('x', { cause: { text } }), 11_000, 0.05);
  assertAbout(Object.assign(new Error('x'), { text }), 11_000, 0.05);
  assertAbout(new AggregateError([new Error(text), new Error(text)]), 23_000, 0.05);
});

test('a long list is judged by some of its members, wherever the heavy ones stand', () => {
  assertAbout(
    Array.from({ length: 100_000 }, () => 1.5),
    800_000,
    0.01,
  );
  assertAbout(
    Array.from({ length: 10_000 }, () => 'x'.repeat(84)),
    1_000_000,
    0.01,
  );
  // The second half is ten times as long as the first.
  assertAbout(
    Array.from({ length: 10_000 }, (_, at) => 'x'.repeat(at < 5_000 ? 84 : 984)),
    5_500_000,
    0.05,
  );
  assertAbout(new Map(Array.from({ length: 10_000 }, (_, at) => [at, 'x'.repeat(84)])), 1_080_000, 0.01);
  assertAbout(new Set(Array.from({ length: 10_000 }, (_, at) => `${at}`.padEnd(84))), 1_000_000, 0.01);
});

test('a value of many objects is judged by the first of them', () => {
  const row = () => ({ id: 1, name: 'x'.repeat(60), tags: ['a'.repeat(10), 'b'.repeat(10)], at: { x: 1, y: 2 } });
  const one = sizeOf(row());
  assertAbout(Array.from({ length: 50_000 }, row), 50_000 * one, 0.05);
  assertAbout(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, row()])), 5_000 * one, 0.05);
});

test('a value that contains itself, or is very deep, has a size', () => {
  const ring: { next?: unknown; text: string } = { text: 'x'.repeat(1_000) };
  ring.next = { back: ring };
  assertAbout(ring, 1_064, 0.05);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = { deep };
  assert.ok(sizeOf(deep) > 0);
});
