import assert from 'node:assert/strict';
import test from 'node:test';
import { KeptLines } from '../../../runtime/logs/kept-lines.js';
import { RingReader } from '../../../runtime/logs/ring-reader.js';
import { OpenLines } from '../../../runtime/process/open-lines.js';
import { LogRing } from '../../../workers/log-ring.js';
import type { RingLine } from '../../../workers/protocol/log-ring.js';
import { entriesOf, textsOf } from '../../support/read-line.js';
import { ringLine, ringMemory } from '../../support/ring-line.js';

function thread(slot: number, generation = 1) {
  const memory = ringMemory(2 ** 12);
  const ring = new LogRing(memory, { slot, generation }, () => undefined);
  const reader = new RingReader(memory);
  const entries = (...lines: Partial<RingLine>[]): string[] => {
    for (const line of lines) ring.write(ringLine(line));
    return entriesOf(reader);
  };
  return { entries, open: (...lines: Partial<RingLine>[]) => ({ slot, generation, entries: entries(...lines) }) };
}

const taken = (open: OpenLines): string[] => textsOf(new KeptLines(open.take())).sort();

test('what was told last of each thread is what there is, once', () => {
  const open = new OpenLines();
  const [one, two, next] = [thread(0), thread(1), thread(1, 2)];
  open.heard(one.open({ text: 'load' }), []);
  open.heard(two.open({ text: 'of two' }), []);
  open.heard(next.open({ text: 'of the next' }), []);
  open.heard(one.open({ text: 'loading' }, { text: 'err', source: 'stderr' }, { text: 'other', taskId: 8 }), []);
  open.heard(undefined, one.entries({ text: 'of nobody', taskId: undefined, attempt: 0 }));
  assert.deepEqual(taken(open), ['err', 'loading', 'of the next', 'of two', 'other']);
  assert.deepEqual(taken(open), []);
});

test('a line of the same attempt and output is what became of it; any other is not', () => {
  const open = new OpenLines();
  const [one, two] = [thread(0), thread(1)];
  open.heard(one.open({ text: 'loading', attempt: 2 }), []);
  open.heard(undefined, one.entries({ source: 'log', attempt: 2 }, { source: 'stderr', attempt: 2 }, { attempt: 1 }));
  open.heard(undefined, two.entries({ attempt: 2 }));
  const copy = new OpenLines();
  copy.heard({ slot: 0, generation: 1, entries: open.take() }, []);
  copy.heard(undefined, one.entries({ text: 'loading done', attempt: 2 }));
  assert.deepEqual(taken(copy), []);
});

test('what is open is taken before the lines that come with it, and none is told as none', () => {
  const open = new OpenLines();
  const one = thread(0);
  const told = one.open({ text: 'loading' });
  open.heard(told, one.entries({ text: 'loading done' }));
  assert.deepEqual(taken(open), []);
  open.heard(told, []);
  open.heard(one.open(), []);
  assert.deepEqual(taken(open), []);
});
