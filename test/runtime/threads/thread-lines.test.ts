import assert from 'node:assert/strict';
import test from 'node:test';
import { ThreadLines } from '../../../runtime/threads/thread-lines.js';
import { LogRing } from '../../../workers/log-ring.js';
import { MOST_LINE_BYTES, RING_BYTES } from '../../../workers/protocol/log-ring.js';
import { textsOf } from '../../support/read-line.js';
import { ringLine } from '../../support/ring-line.js';
import { ManualClock } from '../../support/stub-thread.js';

function threadLines() {
  const clock = new ManualClock();
  const taken: string[] = [];
  const lost: number[] = [];
  const lines = new ThreadLines(clock, (read, dropped) => {
    taken.push(textsOf(read).join());
    if (dropped !== undefined) lost.push(dropped.count);
  });
  const urged: number[] = [];
  const ring = new LogRing(lines.memory, { slot: 1, generation: 2 }, (isUrgent) => {
    if (isUrgent) urged.push(urged.length);
    else lines.plan();
  });
  const write = (text: string): boolean => ring.write(ringLine({ text }));
  return { clock, lines, write, taken, lost, urged };
}

test('what a thread has said is read together, 20 ms after it said so', () => {
  const { clock, write, taken } = threadLines();
  write('one');
  write('two');
  clock.pass(19);
  assert.deepEqual(taken, []);
  clock.pass(1);
  assert.deepEqual(taken, ['one,two']);
  assert.equal(clock.timers, 0);
});

test('when its lines fill half of the ring it is urgent, once until they are looked for', () => {
  const { clock, lines, write, taken, urged } = threadLines();
  const long = 'x'.repeat(RING_BYTES / 16);
  for (let line = 0; line < 8; line++) write(long);
  assert.equal(urged.length, 1);
  write(long);
  assert.equal(urged.length, 1);
  lines.look();
  assert.equal(taken.length, 1);
  assert.equal(clock.timers, 0, 'it does not look a second time');
  for (let line = 0; line < 9; line++) write(long);
  assert.equal(urged.length, 2);
});

test('there is one timer at most, and none where nothing is said', () => {
  const { clock, lines, write, taken } = threadLines();
  assert.equal(clock.timers, 0);
  write('one');
  lines.plan();
  assert.equal(clock.timers, 1);
  clock.pass(20);
  assert.deepEqual(taken, ['one']);
  write('two');
  assert.equal(clock.timers, 1, 'it was asked to say so anew');
});

test('a line that comes after an early reading is read in its time all the same', () => {
  const { clock, lines, write, taken } = threadLines();
  write('one');
  lines.read();
  write('two');
  clock.pass(20);
  assert.deepEqual(taken, ['one', 'two']);
  clock.pass(1_000);
  lines.read();
  assert.deepEqual(taken, ['one', 'two'], 'nothing is told of nothing');
});

test('a thread that is gone is read to its end, and looked at no more', () => {
  const { clock, lines, write, taken } = threadLines();
  write('last words');
  lines.close();
  assert.deepEqual([taken, clock.timers], [['last words'], 0]);
});

test('what was dropped is told with what was read', () => {
  const { lines, write, taken, lost } = threadLines();
  const text = 'x'.repeat(MOST_LINE_BYTES);
  let written = 0;
  while (write(text)) written++;
  assert.ok(written >= RING_BYTES / MOST_LINE_BYTES - 1);
  lines.read();
  assert.deepEqual([taken.length, lost], [1, [1]]);
});
