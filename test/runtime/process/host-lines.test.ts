// What a host sends of what its threads print, while nobody reads it and afterwards.
import assert from 'node:assert/strict';
import test from 'node:test';
import { KeptLines } from '../../../runtime/logs/kept-lines.js';
import type { LostLines } from '../../../runtime/logs/read-line.js';
import { RingReader } from '../../../runtime/logs/ring-reader.js';
import { HostLines } from '../../../runtime/process/host-lines.js';
import type { HostMessage } from '../../../runtime/process/wire.js';
import { LogRing } from '../../../workers/log-ring.js';
import { textsOf } from '../../support/read-line.js';
import { ringLine, ringMemory } from '../../support/ring-line.js';

const MIB = 2 ** 20;
/** What a line of these tests takes on its way, at least. */
const LINE_BYTES = 1_000;

/** Rings of threads, and an outbox that is read when a test says so. */
class Stand {
  readonly told: HostMessage[] = [];
  readonly way = { said: 0, left: 0, message: (message: unknown) => this.#message(message as HostMessage) };
  readonly lines = new HostLines(this.way);
  readonly printed: number[] = [];
  readonly #rings = new Map<number, { readonly ring: LogRing; readonly reader: RingReader }>();

  get onWay(): number {
    return this.way.said - this.way.left;
  }

  /** Prints so many lines in a slot's thread, and has them read. */
  prints(slot: number, count: number, { generation = 1 } = {}): void {
    const { ring, reader } = this.#rings.get(slot) ?? this.#ring(slot, generation);
    for (let line = 0; line < count; line++) {
      const seq = this.printed[slot] ?? 0;
      this.printed[slot] = seq + 1;
      ring.write(ringLine({ seq, text: `${slot} ${seq} `.padEnd(LINE_BYTES, '.') }));
    }
    const dropped = reader.takeDropped();
    this.lines.take(reader, dropped && { slot, generation, ...dropped });
  }

  /** Its slot has another thread. */
  replaced(slot: number): void {
    this.#rings.delete(slot);
  }

  /** What was sent of a slot's lines, by their number. */
  sent(slot: number): number[] {
    return this.told.flatMap((message) => {
      if (message.type !== 'lines') return [];
      const words = textsOf(new KeptLines(message.entries)).map((text) => text.split(' '));
      return words.filter(([of]) => of === String(slot)).map(([, seq]) => Number(seq));
    });
  }

  lost(slot: number): LostLines[] {
    const losses = this.told.flatMap((message) => (message.type === 'lines' ? [message.lost] : []));
    return losses.filter((lost) => lost !== undefined).filter((lost) => lost.slot === slot);
  }

  lostCount(slot: number): number {
    return this.lost(slot).reduce((sum, { count }) => sum + count, 0);
  }

  #ring(slot: number, generation: number): { readonly ring: LogRing; readonly reader: RingReader } {
    const memory = ringMemory();
    const ring = new LogRing(memory, { slot, generation }, () => undefined);
    const made = { ring, reader: new RingReader(memory) };
    this.#rings.set(slot, made);
    return made;
  }

  #message(message: HostMessage): void {
    this.told.push(message);
    this.way.said += 100;
    if (message.type === 'lines') for (const entry of message.entries) this.way.said += entry.length;
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

test('what is read in time is sent, however much it is', () => {
  const stand = new Stand();
  for (let read = 0; read < 100; read++) {
    stand.prints(0, 500);
    stand.way.left = stand.way.said;
  }
  stand.lines.tellLost();
  assert.deepEqual(stand.sent(0), numbers(50_000));
  assert.deepEqual(stand.lost(0), []);
});

test('a thread that floods loses lines of its own, and none of its neighbours’', () => {
  const stand = new Stand();
  for (let read = 0; read < 40; read++) {
    stand.prints(0, 500);
    stand.prints(1, 10);
  }
  assert.deepEqual(stand.sent(1), numbers(400));
  assert.ok(stand.sent(0).length * LINE_BYTES > 3 * MIB, 'alone it may have what threads have together');
  stand.lines.tellLost();
  assert.deepEqual(stand.lost(1), []);
  assert.equal(stand.sent(0).length + stand.lostCount(0), 20_000);
  assert.equal(stand.lost(0)[0]?.bytes, stand.lostCount(0) * LINE_BYTES);
  assert.deepEqual(stand.sent(0), numbers(stand.sent(0).length), 'the first ones are those that are on their way');
});

test('what waits is bounded by the slots, however many threads flood one after another', () => {
  const stand = new Stand();
  const slots = 8;
  for (let generation = 1; generation <= 6; generation++) {
    for (let slot = 0; slot < slots; slot++) {
      for (let read = 0; read < 4; read++) stand.prints(slot, 900, { generation });
      stand.replaced(slot);
    }
  }
  const most = (4 + slots) * MIB;
  assert.ok(stand.onWay < most * 1.02, `${stand.onWay} bytes`);
  for (let slot = 0; slot < slots; slot++) {
    assert.ok(stand.sent(slot).length * LINE_BYTES > 0.8 * MIB, 'each slot has its part');
  }
  const saidBefore = stand.way.said;
  for (let read = 0; read < 1_000; read++) stand.prints(0, 10, { generation: 7 });
  assert.equal(stand.way.said, saidBefore, 'losses are not said one by one either');
  stand.lines.tellLost();
  for (let slot = 0; slot < slots; slot++) {
    assert.equal(stand.sent(slot).length + stand.lostCount(slot), stand.printed[slot]);
  }
  const threads = stand.lost(0).map(({ generation }) => generation);
  assert.deepEqual(threads, [...new Set(threads)], 'once for each thread');
});

test('what has left makes room again, for those it was of', () => {
  const stand = new Stand();
  for (let read = 0; read < 10; read++) stand.prints(0, 900);
  for (let read = 0; read < 3; read++) stand.prints(1, 900);
  const [flooded, beside] = [stand.sent(0).length, stand.sent(1).length];
  assert.ok(flooded < 9_000 && beside < 2_700);
  // What left is the first's; there is room for all, and for the other one what it has of its own.
  stand.way.left = 3 * MIB;
  stand.prints(1, 900);
  assert.equal(stand.sent(1).length, beside + 900);
  stand.way.left = stand.way.said;
  stand.prints(0, 900);
  assert.equal(stand.sent(0).length, flooded + 900);
  stand.lines.tellLost();
  assert.equal(stand.sent(0).length + stand.lostCount(0), 9_900);
  assert.equal(stand.sent(1).length + stand.lostCount(1), 3_600);
});

test('what a ring had no room for is said at once, unless its slot is behind', () => {
  const stand = new Stand();
  stand.prints(0, 3_000);
  assert.equal(stand.sent(0).length + stand.lostCount(0), 3_000);
  assert.equal(stand.lost(0).length, 1);
  for (let read = 0; read < 10; read++) stand.prints(0, 3_000);
  const { length } = stand.told;
  stand.prints(0, 3_000);
  assert.equal(stand.told.length, length);
  stand.lines.tellLost();
  assert.equal(stand.sent(0).length + stand.lostCount(0), 36_000);
});

test('results on their way take no room of lines', () => {
  const stand = new Stand();
  stand.way.said += 64 * MIB;
  stand.prints(0, 900);
  assert.deepEqual(stand.sent(0), numbers(900));
});

test('what is open goes with the lines while there is room; where there is none it is told as none, once', () => {
  const stand = new Stand();
  const told = (): unknown[] =>
    stand.told.flatMap((message) => (message.type === 'lines' && message.open !== undefined ? [message.open] : []));
  const none = { drain: () => undefined };
  const open = (slot: number, ...entries: string[]): void => {
    stand.lines.take({ ...none, open: { slot, generation: 1, entries } }, undefined);
  };
  const of = (slot: number, ...entries: string[]): unknown => ({ slot, generation: 1, entries });
  open(0, 'a', 'b');
  open(1, 'c');
  open(1);
  assert.deepEqual(told(), [of(0, 'a', 'b'), of(1, 'c'), of(1)]);
  for (let read = 0; read < 10; read++) stand.prints(0, 900);
  open(0, 'ab');
  open(0, 'abc');
  assert.deepEqual(told().slice(3), [of(0)], 'what is counted is not to be told by somebody else');
  open(1, 'd');
  stand.way.left = stand.way.said;
  open(0, 'abcd');
  assert.deepEqual(told().slice(4), [of(1, 'd'), of(0, 'abcd')]);
});
