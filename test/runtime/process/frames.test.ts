// Both ends of the wire: what an Outbox sends and a FrameReader reads.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FrameReader } from '../../../runtime/process/frame-reader.js';
import { Outbox } from '../../../runtime/process/outbox.js';
import { Chance } from '../../simulation/seeded.js';

/** A way whose bytes are kept; `full` says how much is not gone yet. */
function way(): { chunks: Buffer[]; stream: ConstructorParameters<typeof Outbox>[0]; full: { bytes: number } } {
  const chunks: Buffer[] = [];
  const full = { bytes: 0 };
  const write = (chunk: Buffer): boolean => {
    // As a socket that is full, it keeps what it was given.
    chunks.push(full.bytes > 0 ? chunk : Buffer.from(chunk));
    return true;
  };
  const stream = {
    write,
    writable: true,
    get writableLength() {
      return full.bytes;
    },
  } as unknown as ConstructorParameters<typeof Outbox>[0];
  return { chunks, stream, full };
}

/** Everything that is read, in order: numbers, messages and numbers in records. */
function reading(): { reader: FrameReader; read: unknown[] } {
  const read: unknown[] = [];
  const reader = new FrameReader({
    numbers: (first, second) => read.push([first, second]),
    message: (message) => read.push(message),
    records: (records) => {
      const numbers: number[] = [];
      while (!records.isAtEnd) numbers.push(records.double());
      read.push({ numbers });
    },
  });
  return { reader, read };
}

const put = (writer: { reserve(bytes: number): void; double(value: number): void }, value: number): void => {
  writer.reserve(8);
  writer.double(value);
};

/** Runs what was put off, when it is told to. */
function later(): { soon: (run: () => void) => void; run: () => void; planned: (() => void)[] } {
  const planned: (() => void)[] = [];
  return { soon: (run) => planned.push(run), run: () => planned.splice(0).forEach((one) => one()), planned };
}

test('what is said in a row travels together: records share a frame, messages part them, and each keeps its turn', () => {
  const { chunks, stream } = way();
  const { soon, run, planned } = later();
  let told = 0;
  const outbox = new Outbox(stream, soon, () => [++told, 9]);
  outbox.record(put, 1);
  outbox.record(put, 2);
  outbox.message({ type: 'between' });
  outbox.record(put, 3);
  assert.deepEqual([chunks.length, planned.length], [0, 1]);
  run();
  assert.equal(chunks.length, 1);
  const { reader, read } = reading();
  reader.take(chunks[0] ?? Buffer.alloc(0));
  assert.deepEqual(read, [[1, 9], { numbers: [1, 2] }, [2, 9], { type: 'between' }, [3, 9], { numbers: [3] }]);
  run();
  assert.equal(chunks.length, 1, 'there is nothing more to send');
});

test('a message that cannot be sent leaves everything else as it is', () => {
  const { chunks, stream } = way();
  const { soon, run } = later();
  const outbox = new Outbox(stream, soon, () => [0, 0]);
  outbox.record(put, 1);
  assert.throws(() => {
    outbox.message({ fn: () => 1 });
  });
  outbox.record(put, 2);
  run();
  const { reader, read } = reading();
  reader.take(Buffer.concat(chunks));
  assert.deepEqual(read, [[0, 0], { numbers: [1, 2] }]);
});

test('much is sent before the code that says it is through, and nothing twice', () => {
  const { chunks, stream } = way();
  const { soon, run } = later();
  const outbox = new Outbox(stream, soon, () => [0, 0]);
  const count = 100_000;
  for (let value = 0; value < count; value++) outbox.record(put, value);
  assert.ok(chunks.length > 1, `${chunks.length} chunks for ${8 * count} bytes`);
  run();
  const { reader, read } = reading();
  for (const chunk of chunks) reader.take(chunk);
  const numbers = read.flatMap((part) => (part as { numbers?: number[] }).numbers ?? []);
  assert.deepEqual(
    numbers,
    Array.from({ length: count }, (_, value) => value),
  );
});

test('what a full way still has to send is not written over', () => {
  const { chunks, stream, full } = way();
  const { soon, run } = later();
  const outbox = new Outbox(stream, soon, () => [0, 0]);
  full.bytes = 1;
  for (let value = 0; value < 50; value++) {
    outbox.record(put, value);
    run();
  }
  const { reader, read } = reading();
  for (const chunk of chunks) reader.take(chunk);
  const numbers = read.flatMap((part) => (part as { numbers?: number[] }).numbers ?? []);
  assert.deepEqual(
    numbers,
    Array.from({ length: 50 }, (_, value) => value),
  );
});

test('little that waits holds little memory, and much is not copied', () => {
  const { chunks, stream, full } = way();
  const { soon, run } = later();
  const outbox = new Outbox(stream, soon, () => [0, 0]);
  full.bytes = 1;
  for (let value = 0; value < 1_000; value++) {
    outbox.record(put, value);
    run();
  }
  const held = new Set(chunks.map(({ buffer }) => buffer));
  const bytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
  assert.ok(bytes < 2 ** 20, `${bytes} bytes for a thousand numbers`);
  outbox.message('x'.repeat(2 ** 20));
  run();
  assert.equal(chunks.at(-1)?.byteOffset, 0, 'it is the memory it was written to');
});

test('what was said and has not left is on its way', () => {
  const { stream, full } = way();
  const { soon, run } = later();
  const outbox = new Outbox(stream, soon, () => [0, 0]);
  assert.deepEqual([outbox.said, outbox.left], [0, 0]);
  outbox.message('first');
  const first = outbox.said;
  assert.ok(first > 0);
  assert.equal(outbox.left, 0, 'it has not been sent');
  full.bytes = first;
  run();
  assert.deepEqual([outbox.said, outbox.left], [first, 0]);
  outbox.message('the second');
  const both = outbox.said;
  assert.ok(both > first);
  full.bytes = both - 1;
  run();
  assert.deepEqual([outbox.said, outbox.left], [both, 1]);
  full.bytes = 0;
  assert.equal(outbox.left, both);
});

test('frames are read alike however their bytes are cut', () => {
  const { chunks, stream } = way();
  const { soon, run } = later();
  const outbox = new Outbox(stream, soon, () => [1, 2]);
  for (let round = 0; round < 30; round++) {
    for (let value = 0; value < round % 7; value++) outbox.record(put, value);
    outbox.message({ round, text: 'x'.repeat(round * 50) });
    run();
  }
  const bytes = Buffer.concat(chunks);
  const whole = reading();
  whole.reader.take(bytes);
  for (let seed = 1; seed <= 300; seed++) {
    const chance = new Chance(seed);
    const longest = chance.pick([1, 2, 13, 14, 60, 1_000, 20_000]);
    const cut = reading();
    for (let at = 0; at < bytes.length; ) {
      const length = chance.whole(1, longest);
      cut.reader.take(Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    }
    assert.deepEqual(cut.read, whole.read, `seed ${seed}`);
  }
});
