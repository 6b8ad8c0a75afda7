import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type RecorderViews,
  recorderBytes,
  recorderViews,
  TEXT_BYTES,
  TEXT_UNITS,
  Word,
} from '../../../workers/protocol/recorder.js';

const SIZES = [2, 4, 64, 1_024, 16_384];

function viewsOf(entries: number): { views: RecorderViews; memory: SharedArrayBuffer } {
  const memory = new SharedArrayBuffer(recorderBytes(entries));
  return { views: recorderViews(memory, entries), memory };
}

function fields(views: RecorderViews): [name: string, view: Int32Array | Float64Array | Uint8Array][] {
  return Object.entries(views).filter(
    (field): field is [string, Int32Array | Float64Array | Uint8Array] => typeof field[1] !== 'number',
  );
}

test('lays fields over the memory that do not overlap and leave nothing over', () => {
  for (const entries of SIZES) {
    const { views, memory } = viewsOf(entries);
    const areas = fields(views).map(([, view]) => view);
    areas.sort((a, b) => a.byteOffset - b.byteOffset);
    let at = 0;
    for (const area of areas) {
      assert.equal(area.byteOffset, at);
      at += area.byteLength;
    }
    assert.equal(at, memory.byteLength);
  }
});

test('has one place per entry in every field of an attempt', () => {
  const { views } = viewsOf(64);
  for (const [name, view] of fields(views)) {
    if (['words', 'gauges', 'children'].includes(name)) continue;
    assert.equal(view.length, name === 'text' ? 64 * TEXT_BYTES : 64, name);
  }
});

test('is one memory for both sides', () => {
  const { views, memory } = viewsOf(4);
  const other = recorderViews(memory, 4);
  for (const [index, [, view]] of fields(views).entries()) view[view.length - 1] = index + 1;
  for (const [index, [name, view]] of fields(other).entries()) assert.equal(view[view.length - 1], index + 1, name);
});

test('begins with nothing posted, started or done, and nobody awake', () => {
  const { views } = viewsOf(4);
  for (const word of [Word.posted, Word.started, Word.done, Word.awake]) assert.equal(views.words[word], 0);
});

test('reserves enough bytes for any text that is sure to fit', () => {
  assert.ok(Buffer.byteLength('\uFFFF'.repeat(TEXT_UNITS)) <= TEXT_BYTES);
  assert.ok(Buffer.byteLength('\u{10FFFF}'.repeat(TEXT_UNITS / 2)) <= TEXT_BYTES);
});
