import assert from 'node:assert/strict';
import test from 'node:test';
import { type RecordBytes, RecordPage } from '../../../../runtime/logs/files/record-page.js';

/** A record that lays itself down where there is room. */
function record(text: string): RecordBytes {
  return {
    text,
    lay: (page, from) => (page.length - from < text.length ? undefined : from + page.write(text, from, 'latin1')),
  };
}

test('what is written and what is put down stand in order, and are counted', () => {
  const page = new RecordPage();
  assert.equal(page.write('one\ntwo ü\n', 2), true);
  assert.equal(page.put(record('three\n')), 6);
  assert.equal(page.write('four\n', 1), true);
  assert.deepEqual([page.count, page.isFull], [4, false]);
  const { bytes, count } = page.take();
  assert.deepEqual([bytes.toString(), count], ['one\ntwo ü\nthree\nfour\n', 4]);
});

test('it is empty once it was taken, and what is taken next begins anew', () => {
  const page = new RecordPage();
  assert.equal(page.take().bytes.length, 0);
  page.write('one\n', 1);
  page.take();
  assert.deepEqual([page.count, page.take().count], [0, 0]);
  page.write('two\n', 1);
  assert.equal(page.take().bytes.toString(), 'two\n');
});

test('it says when there is enough on it, and when something finds no room', () => {
  const page = new RecordPage();
  const line = `${'x'.repeat(999)}\n`;
  let written = '';
  for (; !page.isFull; written += line) assert.equal(page.write(line, 1), true);
  for (; page.put(record(line)) !== undefined; written += line) assert.ok(written.length < 2 ** 20);
  assert.equal(page.write(line, 1), false);
  assert.equal(page.put(record(line)), undefined);
  const { bytes, count } = page.take();
  assert.equal(bytes.toString(), written);
  assert.equal(count, written.length / line.length);
  assert.equal(page.write('ü'.repeat(2 ** 20), 1), false, 'however empty it is');
  assert.equal(page.count, 0);
});

test('a record that gives up half way leaves nothing behind', () => {
  const page = new RecordPage();
  page.write('one\n', 1);
  const lay = (paper: Buffer, from: number): undefined => void paper.write('half of', from);
  assert.equal(page.put({ text: 'two\n', lay }), undefined);
  page.write('two\n', 1);
  const { bytes, count } = page.take();
  assert.deepEqual([bytes.toString(), count], ['one\ntwo\n', 2]);
});
