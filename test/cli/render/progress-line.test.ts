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
  down: [],
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

test('a dependency that is down is told with when it is tried again and what waits for it', () => {
  const down = [{ name: 'billing', retryInMs: 6200, waiting: 812 }];
  assert.equal(
    progressLine({ ...figures, down }, 92, ascii, noPaint),
    '7,204/10,000  2 failed  billing is down, trying again in 7 s; 812 items wait  72%  38.1/s',
  );
  assert.equal(
    progressSentence({ ...figures, down }),
    '7,204/10,000, 2 failed, billing is down, trying again in 7 s; 812 items wait, 72%, 38.1/s, 4 threads running',
  );
});

test('a dependency that is being tried says so, and one for which nothing waits is told without', () => {
  const shown = (retryInMs: number, waiting: number): string =>
    progressSentence({ ...figures, failed: 0, down: [{ name: 'billing', retryInMs, waiting }] });
  assert.match(shown(0, 1), /, billing is down, trying it now; 1 item waits, /);
  assert.match(shown(0, 0), /, billing is down, trying it now, 72%/);
});

test('several that are down are told one by one, their names cut and safe to print', () => {
  const down = [
    { name: 'a\u001b[2J', retryInMs: 1, waiting: 0 },
    { name: 'b'.repeat(100), retryInMs: 120_000, waiting: 0 },
  ];
  const text = progressSentence({ ...figures, down });
  assert.ok(text.includes(', a\\x1b[2J is down, trying again in 1 s, '), text);
  assert.ok(text.includes(`, ${'b'.repeat(29)}… is down, trying again in 2m 00s, `), text);
});

test('the same figures make a sentence', () => {
  assert.equal(
    progressSentence({ ...figures, threadsRunning: 1 }),
    '7,204/10,000, 2 failed, 72%, 38.1/s, ETA 1m 13s, 1 thread running',
  );
});
