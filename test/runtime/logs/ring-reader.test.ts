import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import type { ReadLine } from '../../../runtime/logs/read-line.js';
import { RingReader } from '../../../runtime/logs/ring-reader.js';
import { LogRing } from '../../../workers/log-ring.js';
import { MOST_LINE_BYTES, type RingLine, RingWord, ringViews } from '../../../workers/protocol/log-ring.js';
import { Chance } from '../../simulation/seeded.js';
import { copiesOf } from '../../support/read-line.js';
import { ringLine, ringMemory } from '../../support/ring-line.js';

const THREAD = { slot: 2, generation: 3 };

/** What is to be read of it; what its task is called is nobody's who reads. */
function asRead({ trace, ...line }: RingLine): LogLine & { readonly handler: number } {
  return { ...line, ...THREAD, taskName: undefined, traceId: trace?.slice(0, 32), spanId: trace?.slice(33) };
}

function ringOf(bytes?: number) {
  const memory = ringMemory(bytes);
  const said: number[] = [];
  const ring = new LogRing(memory, THREAD, () => said.push(said.length));
  const reader = new RingReader(memory);
  const read = (): LogLine[] => copiesOf(reader);
  return { memory, said, ring, reader, read };
}

test('a line is read as it was written, whatever it says of itself', () => {
  const { ring, read } = ringOf();
  const lines = [
    ringLine(),
    ringLine({ source: 'stderr', level: 'warn', text: '', isPartial: true }),
    ringLine({ source: 'log', level: 'error', text: 'größer \u{1f600} \0 \ufeff', fields: '{"é":1}' }),
    ringLine({ source: 'log', level: 'debug', fields: '{}', isBinary: true }),
    ringLine({ trace: `${'a'.repeat(32)}-${'b'.repeat(16)}`, fields: '{"b":2}' }),
    ringLine({ trace: `${'a'.repeat(32)}-${'b'.repeat(16)}`, isLate: true }),
    ringLine({ taskId: undefined, attempt: 0, handler: 0, seq: 2 ** 31 - 1 }),
    ringLine({ taskId: 2 ** 53 - 1, attempt: 65_000, handler: 100_000, at: 0.125 }),
    ringLine({ text: 'x'.repeat(MOST_LINE_BYTES) }),
    ringLine({ text: '\u{1f600}'.repeat(MOST_LINE_BYTES / 4) }),
  ];
  for (const line of lines) assert.equal(ring.write(line), true);
  assert.deepEqual(
    read(),
    lines.map((line) => asRead(line)),
  );
  assert.deepEqual(read(), []);
});

test('who takes a line may write one, and read: it comes the next time', () => {
  const { ring, reader } = ringOf();
  const taken: string[] = [];
  const take = ({ text }: ReadLine): void => {
    taken.push(text);
    if (taken.length < 3) ring.write(ringLine({ text: `said of ${text}` }));
    reader.drain(take);
  };
  ring.write(ringLine({ text: 'one' }));
  ring.write(ringLine({ text: 'two' }));
  reader.drain(take);
  assert.deepEqual(taken, ['one', 'two']);
  reader.drain(take);
  assert.deepEqual(taken, ['one', 'two', 'said of one', 'said of two']);
  assert.ok(reader.isEmpty);
});

test('half a surrogate pair is read as what stands for no character', () => {
  const { ring, read } = ringOf();
  ring.write(ringLine({ text: 'a\ud83db' }));
  assert.equal(read()[0]?.text, 'a\ufffdb');
});

test('a line that is too long is cut between two characters, says by how much, and is not lost', () => {
  const { ring, reader, read } = ringOf();
  ring.write(ringLine({ text: 'x'.repeat(MOST_LINE_BYTES + 5) }));
  ring.write(ringLine({ text: `x${'é'.repeat(MOST_LINE_BYTES / 2)}` }));
  assert.deepEqual(
    read().map(({ text }) => text),
    [`${'x'.repeat(MOST_LINE_BYTES)}… [5 bytes cut]`, `x${'é'.repeat(MOST_LINE_BYTES / 2 - 1)}… [2 bytes cut]`],
  );
  assert.equal(reader.takeDropped(), undefined);
});

test('what finds no room is dropped and counted with its bytes, and the next that fits goes on', () => {
  const { ring, reader, read } = ringOf(256);
  assert.equal(ring.write(ringLine({ seq: 0, text: 'x'.repeat(120) })), true);
  assert.equal(ring.write(ringLine({ seq: 1, text: 'é'.repeat(40), fields: '{"a":1}' })), false);
  assert.equal(ring.write(ringLine({ seq: 2, text: 'short' })), true);
  assert.deepEqual(reader.takeDropped(), { count: 1, bytes: 87 });
  assert.equal(reader.takeDropped(), undefined);
  assert.deepEqual(
    read().map(({ seq }) => seq),
    [0, 2],
  );
  assert.equal(ring.write(ringLine({ seq: 3, text: 'x'.repeat(300) })), false, 'longer than the whole ring');
  assert.deepEqual(reader.takeDropped(), { count: 1, bytes: 300 });
  assert.equal(ring.write(ringLine({ seq: 4 })), true);
  assert.equal(read()[0]?.seq, 4);
});

test('a ring is filled to its last byte', () => {
  const { ring, read } = ringOf(256);
  for (let seq = 0; seq < 4; seq++) assert.equal(ring.write(ringLine({ seq, text: 'x'.repeat(16) })), true);
  assert.equal(ring.write(ringLine({ text: '' })), false);
  assert.equal(read().length, 4);
});

test('that there are lines is said once, and again only when the reader has asked for it', () => {
  const { ring, said, reader, read } = ringOf();
  ring.write(ringLine());
  ring.write(ringLine());
  assert.equal(said.length, 1);
  read();
  ring.write(ringLine());
  assert.equal(said.length, 1, 'who was told once looks again by itself');
  reader.rearm();
  ring.write(ringLine());
  assert.equal(said.length, 2);
});

test('a line that is dropped is said as well', () => {
  const { ring, said } = ringOf(64);
  ring.write(ringLine({ text: 'x'.repeat(100) }));
  assert.equal(said.length, 1);
});

test('an entry that was not finished is not seen', () => {
  const { ring, read, memory } = ringOf(1024);
  ring.write(ringLine({ seq: 0 }));
  const { words } = ringViews(memory);
  const before = Atomics.load(words, RingWord.tail);
  ring.write(ringLine({ seq: 1 }));
  // As a thread leaves it that is terminated before it has counted what it wrote.
  Atomics.store(words, RingWord.tail, before);
  assert.deepEqual(
    read().map(({ seq }) => seq),
    [0],
  );
});

test('written = read + dropped, in order and byte for byte, for any sizes and any schedule, around the end of the ring and of 32 bits', () => {
  const alphabet = ['a', 'é', '漢', '\u{1f600}', ' '];
  for (let seed = 1; seed <= 60; seed++) {
    const chance = new Chance(seed);
    const size = 2 ** chance.whole(7, 12);
    const memory = ringMemory(size);
    const { words } = ringViews(memory);
    const start = chance.pick([0, 2 ** 31 - 512, -512, 4096]);
    words[RingWord.head] = words[RingWord.tail] = start;
    const ring = new LogRing(memory, THREAD, () => undefined);
    const reader = new RingReader(memory);
    const expected: (LogLine & { readonly handler: number })[] = [];
    const read: (LogLine & { readonly handler: number })[] = [];
    let droppedBytes = 0;
    let dropped = 0;
    const counted = { count: 0, bytes: 0 };
    const count = (): void => {
      const now = reader.takeDropped();
      counted.count += now?.count ?? 0;
      counted.bytes += now?.bytes ?? 0;
    };
    for (let seq = 0; seq < 500; seq++) {
      const text = Array.from({ length: chance.whole(0, size / 6) }, () => chance.pick(alphabet)).join('');
      const fields = chance.happens(0.3) ? JSON.stringify({ [text.slice(0, 5)]: 'ä' }) : undefined;
      const line = ringLine({ seq, text, fields, taskId: chance.happens(0.2) ? undefined : seq });
      if (ring.write(line)) expected.push(asRead(line));
      else {
        dropped++;
        droppedBytes += Buffer.byteLength(text) + Buffer.byteLength(fields ?? '');
      }
      if (chance.happens(0.3)) reader.drain((each) => read.push({ ...each.copy(), handler: each.handler }));
      if (chance.happens(0.1)) count();
    }
    reader.drain((each) => read.push({ ...each.copy(), handler: each.handler }));
    count();
    assert.deepEqual(read, expected, `seed ${seed}`);
    assert.deepEqual(counted, { count: dropped, bytes: droppedBytes }, `seed ${seed}`);
    assert.ok(dropped > 0 && expected.length > 50, `seed ${seed}: both happen`);
  }
});

for (const size of [1024, 2 ** 20]) {
  test(`a thread writes into ${size} bytes while another reads: nothing is torn, nothing is unsaid, written = read + dropped`, async () => {
    const memory = ringMemory(size);
    const lines = 50_000;
    const reader = new RingReader(memory);
    const worker = new Worker(new URL('../../fixtures/logs/write-ring.js', import.meta.url), {
      workerData: { memory, lines },
    });
    const exited = once(worker, 'exit');
    let next = 0;
    let read = 0;
    let heard = 0;
    const take = (line: ReadLine): void => {
      const { seq } = line;
      assert.ok(seq >= next, `line ${seq} after line ${next - 1}`);
      const text = `${seq}:${(seq % 3 === 0 ? 'é' : 'e').repeat(seq % 200)}`;
      assert.deepEqual(
        { ...line.copy(), handler: line.handler },
        asRead(ringLine({ seq, text, taskId: seq % 5 === 0 ? undefined : seq })),
      );
      next = seq + 1;
      read++;
    };
    const end = await new Promise<{ written: number; told: number }>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (message: 'lines' | { written: number; told: number }) => {
        if (message !== 'lines') {
          resolve(message);
          return;
        }
        heard++;
        reader.rearm();
        reader.drain(take);
      });
    });
    await exited;
    // Whatever was written after the last look was said, so nothing is left: all messages have been heard.
    assert.equal(read, end.written);
    assert.equal(heard, end.told);
    assert.equal(end.written + (reader.takeDropped()?.count ?? 0), lines);
  });
}
