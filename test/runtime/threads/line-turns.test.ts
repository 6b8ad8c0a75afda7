import assert from 'node:assert/strict';
import test from 'node:test';
import { LineTurns, READING_MS } from '../../../runtime/threads/line-turns.js';
import { ManualClock } from '../../support/stub-thread.js';

/** Turns that come when they are called, and readers that take a while for each part. */
function turnsOf(partMs: number) {
  const clock = new ManualClock();
  const coming: (() => void)[] = [];
  const read: string[] = [];
  const turns = new LineTurns({ now: () => clock.now(), next: (run) => void coming.push(run) });
  const reader = (name: string, parts: number) => (): boolean => {
    clock.pass(partMs);
    read.push(name);
    return --parts > 0;
  };
  /** Which were read in it. */
  const turn = (): string => {
    const before = read.length;
    for (const run of coming.splice(0)) run();
    return read.slice(before).join('');
  };
  return { turns, reader, turn, coming };
}

test('all that is there is read in one turn where it takes no time, and no further turn is asked for', () => {
  const { turns, reader, turn, coming } = turnsOf(0);
  turns.add(reader('a', 3));
  turns.add(reader('b', 2));
  assert.equal(coming.length, 1);
  assert.equal(turn(), 'ababa');
  assert.equal(coming.length, 0);
});

test('a turn ends when its time is over, and the next begins with who waited', () => {
  const { turns, reader, turn, coming } = turnsOf(READING_MS / 2);
  for (const name of ['a', 'b', 'c']) turns.add(reader(name, 2));
  assert.deepEqual([turn(), turn(), turn(), coming.length], ['ab', 'ca', 'bc', 0]);
});

test('who takes longer than a turn has one for each part', () => {
  const { turns, reader, turn } = turnsOf(10 * READING_MS);
  turns.add(reader('a', 2));
  turns.add(reader('b', 1));
  assert.deepEqual([turn(), turn(), turn(), turn()], ['a', 'b', 'a', '']);
});

test('who was taken out is read no more', () => {
  const { turns, reader, turn } = turnsOf(0);
  const gone = reader('a', 5);
  turns.add(gone);
  turns.add(reader('b', 1));
  turns.delete(gone);
  assert.equal(turn(), 'b');
});

test('a reader that throws costs nobody else a turn', () => {
  const { turns, reader, turn } = turnsOf(0);
  turns.add(() => {
    throw new Error('no');
  });
  turns.add(reader('b', 1));
  assert.throws(turn, { message: 'no' });
  assert.equal(turn(), 'b');
});
