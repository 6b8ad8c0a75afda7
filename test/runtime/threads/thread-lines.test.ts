import assert from 'node:assert/strict';
import test from 'node:test';
import { KeptLines } from '../../../runtime/logs/kept-lines.js';
import { LineTurns, READING_MS } from '../../../runtime/threads/line-turns.js';
import { type TakeLines, ThreadLines } from '../../../runtime/threads/thread-lines.js';
import { LogRing } from '../../../workers/log-ring.js';
import { type LineThread, MOST_LINE_BYTES, RING_BYTES } from '../../../workers/protocol/log-ring.js';
import { Speech } from '../../../workers/speech.js';
import { textsOf } from '../../support/read-line.js';
import { ringLine } from '../../support/ring-line.js';
import { ManualClock } from '../../support/stub-thread.js';

const THREAD = { slot: 1, generation: 2 };

function threadLines(partMs = 0, follows?: LineThread) {
  const clock = new ManualClock();
  const taken: string[] = [];
  const lost: number[] = [];
  const open: (readonly string[])[] = [];
  /** What the thread does while its lines are taken. */
  const meanwhile: (() => void)[] = [];
  const coming: (() => void)[] = [];
  const turns = new LineTurns({ now: () => clock.now(), next: (run) => void coming.push(run) });
  const take: TakeLines = (read, dropped) => {
    clock.pass(partMs);
    const during = meanwhile.shift();
    if (during !== undefined) during();
    if (read.open !== undefined) open.push(textsOf(new KeptLines(read.open.entries)));
    taken.push(textsOf(read).join());
    if (dropped !== undefined) lost.push(dropped.count);
  };
  const lines = new ThreadLines(clock, take, follows, turns);
  const turn = (): void => {
    for (const run of coming.splice(0)) run();
  };
  const urged: number[] = [];
  const ring = new LogRing(lines.memory, THREAD, (isUrgent) => {
    if (isUrgent) urged.push(urged.length);
    else lines.plan();
  });
  const write = (text: string): boolean => ring.write(ringLine({ text }));
  const pass = (ms: number): void => {
    clock.pass(ms);
    turn();
  };
  const speech = new Speech(ring, { id: 1, attempt: 1, handler: { task: 1 }, state: 'running' });
  /** What has no newline is kept, as a capture has it kept. */
  const print = (text: string): void => {
    const printed = speech.printed('stdout');
    printed.text(text);
    if (printed.isHolding) speech.keep('stdout');
  };
  return { clock, lines, write, print, meanwhile, taken, open, lost, urged, turn, pass };
}

test('what a thread has said is read together, 20 ms after it said so', () => {
  const { clock, write, taken, pass } = threadLines();
  write('one');
  write('two');
  pass(19);
  assert.deepEqual(taken, []);
  pass(1);
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
  const { clock, lines, write, taken, pass } = threadLines();
  assert.equal(clock.timers, 0);
  write('one');
  lines.plan();
  assert.equal(clock.timers, 1);
  pass(20);
  assert.deepEqual(taken, ['one']);
  write('two');
  assert.equal(clock.timers, 1, 'it was asked to say so anew');
});

test('a line that comes after an early reading is read in its time all the same', () => {
  const { lines, write, taken, pass } = threadLines();
  write('one');
  lines.read();
  write('two');
  pass(20);
  assert.deepEqual(taken, ['one', 'two']);
  pass(1_000);
  lines.read();
  assert.deepEqual(taken, ['one', 'two'], 'nothing is told of nothing');
});

test('a ring that is half full is read part by part, a turn for each where turns are short, and then says so anew', () => {
  const { lines, write, taken, urged, turn } = threadLines(READING_MS);
  const text = 'x'.repeat(2 ** 14);
  while (urged.length === 0) write(text);
  lines.hurry();
  assert.deepEqual(taken, [], 'not at once: who asks again and again would be all that is heard');
  for (let turns = 1; turns <= 3; turns++) {
    turn();
    assert.equal(taken.length, turns);
  }
  assert.equal(urged.length, 1);
  for (let more = 0; more < 32; more++) turn();
  assert.ok(taken.length < 32, 'all is read');
  while (urged.length < 2) assert.ok(write(text), 'it is asked to say so anew');
});

test('what is read in turns has no turn any more when the thread is gone', () => {
  const { lines, write, taken, turn } = threadLines();
  write('one');
  lines.hurry();
  lines.close();
  turn();
  assert.deepEqual(taken, ['one']);
});

test('a thread that is gone is read to its end, and looked at no more', () => {
  const { clock, lines, write, taken } = threadLines();
  write('last words');
  lines.close();
  assert.deepEqual([taken, clock.timers], [['last words'], 0]);
});

test('a line without its newline is told when the thread is gone, after the others, and once', () => {
  const { clock, lines, write, print, taken, open } = threadLines();
  print('loading ');
  assert.equal(clock.timers, 0, 'nobody is told before');
  write('one');
  lines.read();
  assert.deepEqual(taken, ['one']);
  write('two');
  lines.close();
  lines.close();
  assert.deepEqual(taken, ['one', 'two', 'loading ']);
  assert.deepEqual(open, []);
});

test('a line that got its newline is told by that alone', () => {
  const { lines, print, taken } = threadLines();
  print('loading ');
  print('done\n');
  lines.close();
  assert.deepEqual(taken, ['loading done']);
});

test('where it is followed, what has no newline is told in its time, again when it has changed, and not when it has not', () => {
  const { clock, lines, write, print, taken, open, pass } = threadLines(0, THREAD);
  print('loading ');
  print('…');
  assert.deepEqual(open, []);
  pass(20);
  assert.deepEqual([taken, open], [[''], [['loading …']]]);
  assert.equal(clock.timers, 0);
  write('one');
  pass(20);
  assert.deepEqual(open, [['loading …']], 'nothing is told of what has not changed');
  print(' done\nnext ');
  pass(20);
  assert.deepEqual(
    [taken, open],
    [
      ['', 'one', 'loading … done'],
      [['loading …'], ['next ']],
    ],
  );
  lines.close();
  assert.equal(taken.at(-1), 'next ');
  assert.deepEqual(open.slice(2), [[]], 'it is a line, and open no more');
});

test('what is opened while lines are read is told in its time, though the thread has said before that there are some', () => {
  const { clock, taken, open, meanwhile, lines, write, print, pass } = threadLines(0, THREAD);
  write('one');
  meanwhile.push(() => {
    print('loading ');
  });
  pass(20);
  assert.deepEqual([taken, open], [['one'], []]);
  assert.equal(clock.timers, 1);
  pass(20);
  assert.deepEqual(open, [['loading ']]);
  lines.close();
  assert.equal(clock.timers, 0);
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
