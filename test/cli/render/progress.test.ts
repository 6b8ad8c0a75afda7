import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Paint } from '../../../cli/render/paint.js';
import { ProgressLine, ProgressLog, type TerminalStream } from '../../../cli/render/progress.js';
import { ascii, type Figures } from '../../../cli/render/progress-line.js';

const noPaint: Paint = (_format, text) => text;
const erase = '\r\u001b[2K';

/** A terminal that keeps what is written to it, a run whose figures can be set, and a clock that can be moved. */
function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const written: string[] = [];
  const stream: TerminalStream = {
    columns: 80,
    write: (chunk) => {
      written.push(String(chunk));
      return true;
    },
  };
  const figures: Figures = {
    done: 0,
    failed: 0,
    total: undefined,
    perSecond: 1,
    threadsRunning: 1,
    stopping: false,
    down: [],
  };
  const progress = new ProgressLine(stream, () => figures, ascii, noPaint);
  return { stream, written, figures, progress, tick: (ms: number) => t.mock.timers.tick(ms) };
}

test('the line is drawn ten times a second at most, and only when it changed', (t) => {
  const { written, figures, progress, tick } = setUp(t);
  tick(99);
  assert.deepEqual(written, []);
  tick(1);
  assert.deepEqual(written, [`${erase}0 done  1.0/s  1 thread running`]);
  tick(1000);
  assert.equal(written.length, 1);
  figures.done = 1;
  tick(100);
  assert.deepEqual(written.slice(1), [`${erase}1 done  1.0/s  1 thread running`]);
  progress.stop();
});

test('whatever else is written comes instead of the line, which comes back after it', (t) => {
  const { stream, written, progress, tick } = setUp(t);
  tick(100);
  stream.write('from a task\n');
  assert.deepEqual(written.slice(1), [erase, 'from a task\n']);
  tick(100);
  assert.match(String(written.at(-1)), /0 done/);
  progress.stop();
});

test('a line that a task has only begun is not drawn over', (t) => {
  const { stream, written, progress, tick } = setUp(t);
  stream.write(Buffer.from('loading'));
  tick(500);
  assert.deepEqual(written, ['loading']);
  stream.write(Buffer.from(' done\n'));
  tick(100);
  assert.match(String(written.at(-1)), /0 done/);
  progress.stop();
});

test('clear takes the line away once, and stop for good', (t) => {
  const { stream, written, progress, tick } = setUp(t);
  const { length } = written;
  progress.clear();
  assert.equal(written.length, length);
  tick(100);
  progress.clear();
  progress.clear();
  assert.deepEqual(written.slice(1), [erase]);
  tick(100);
  progress.stop();
  assert.equal(written.at(-1), erase);
  tick(1000);
  stream.write('after');
  assert.deepEqual(written.slice(-2), [erase, 'after']);
});

test('a log gets a sentence every ten seconds', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const lines: string[] = [];
  const figures: Figures = { done: 3, failed: 0, total: 4, perSecond: 0, threadsRunning: 2, stopping: false, down: [] };
  const log = new ProgressLog(
    (line) => lines.push(line),
    () => figures,
  );
  t.mock.timers.tick(9999);
  assert.deepEqual(lines, []);
  t.mock.timers.tick(1);
  t.mock.timers.tick(10_000);
  assert.deepEqual(lines, Array(2).fill('3/4, 75%, 0.0/s, 2 threads running'));
  log.stop();
  t.mock.timers.tick(30_000);
  assert.equal(lines.length, 2);
});
