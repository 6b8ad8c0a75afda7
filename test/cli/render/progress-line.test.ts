import assert from 'node:assert/strict';
import test from 'node:test';
import type { Paint } from '../../../cli/render/paint.js';
import { ascii, blocks, type Figures, progressLine, progressSentence } from '../../../cli/render/progress-line.js';

const noPaint: Paint = (_format, text) => text;
const figures: Figures = {
  done: 7204,
  failed: 2,
  total: 10_000,
  perSecond: 38.1,
  threadsRunning: 4,
  stopping: false,
};

test('a terminal of 80 columns has room for a bar and every figure', () => {
  const line = progressLine(figures, 80, ascii, noPaint);
  assert.equal(line, '#######----  7,204/10,000  2 failed  72%  38.1/s  ETA 1m 13s  4 threads running');
  assert.ok(line.length <= 79);
});

test('no line is wider than its terminal, down to twenty columns', () => {
  for (let columns = 20; columns <= 200; columns++) {
    const line = progressLine({ ...figures, done: 123_456_789, total: 987_654_321 }, columns, blocks, noPaint);
    assert.ok(line.length < columns, `${line.length} characters on ${columns} columns`);
  }
});

test('a narrow terminal loses the bar first, then the least important figures', () => {
  assert.equal(
    progressLine(figures, 70, ascii, noPaint),
    '7,204/10,000  2 failed  72%  38.1/s  ETA 1m 13s  4 threads running',
  );
  assert.equal(progressLine(figures, 40, ascii, noPaint), '7,204/10,000  2 failed  72%  38.1/s');
});

test('the bar is as long as there is room for, up to thirty characters', () => {
  const wide = progressLine({ ...figures, done: 5000 }, 200, blocks, noPaint);
  assert.ok(wide.startsWith(`${'█'.repeat(15)}${'░'.repeat(15)}  5,000/`), wide);
  const full = progressLine({ ...figures, done: 10_000 }, 200, blocks, noPaint);
  assert.ok(full.startsWith(`${'█'.repeat(30)}  10,000/10,000`), full);
});

test('without a total there is no bar, no percentage and no remaining time', () => {
  assert.equal(
    progressLine({ ...figures, total: undefined }, 80, ascii, noPaint),
    '7,204 done  2 failed  38.1/s  4 threads running',
  );
});

test('no items at all is no division by zero', () => {
  const none = { ...figures, done: 0, total: 0, failed: 0, perSecond: 0 };
  assert.match(progressLine(none, 80, ascii, noPaint), /^#{30} {2}0\/0 {2}0\.0\/s {2}4 threads running$/);
});

test('failures stand out, and are not mentioned while there are none', () => {
  const paint: Paint = (format, text) => (format === 'red' ? `<${text}>` : text);
  assert.match(progressLine(figures, 80, ascii, paint), / {2}<2 failed> {2}/);
  assert.doesNotMatch(progressLine({ ...figures, failed: 0 }, 80, ascii, paint), /failed/);
});

test('a run that stops says so instead of how long it would take', () => {
  const line = progressLine({ ...figures, stopping: true }, 80, ascii, noPaint);
  assert.match(line, /stopping/);
  assert.doesNotMatch(line, /ETA/);
});

test('the same figures make a sentence', () => {
  assert.equal(
    progressSentence({ ...figures, threadsRunning: 1 }),
    '7,204/10,000, 2 failed, 72%, 38.1/s, ETA 1m 13s, 1 thread running',
  );
});
