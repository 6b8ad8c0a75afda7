import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Output, type OutputError } from '../../cli/output.js';

/** A reader that takes a piece only when it is told to. */
class SlowReader {
  readonly taken: string[] = [];
  readonly stream: Writable;
  #waiting: ((error?: Error) => void)[] = [];

  constructor(highWaterMark: number) {
    this.stream = new Writable({
      highWaterMark,
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.taken.push(chunk);
        this.#waiting.push(done);
      },
    });
  }

  take(error?: Error): void {
    this.#waiting.shift()?.(error);
  }
}

const rim = { onFailure: () => assert.fail('the output broke'), beforeWrite: () => undefined };

test('texts of one turn are written as one piece', async () => {
  const reader = new SlowReader(1000);
  const output = new Output(reader.stream, rim);
  void output.write('a\n');
  void output.write('b\n');
  assert.deepEqual(reader.taken, []);
  await nextTurn();
  assert.deepEqual(reader.taken, ['a\nb\n']);
});

test('a piece is written before it grows beyond 64 KB', () => {
  const reader = new SlowReader(1_000_000);
  const output = new Output(reader.stream, rim);
  void output.write('a'.repeat(65_000));
  void output.write('b'.repeat(1000));
  assert.deepEqual(reader.taken, ['a'.repeat(65_000)]);
});

test('a full stream makes the writer wait until it has drained', async () => {
  const reader = new SlowReader(4);
  const output = new Output(reader.stream, rim);
  assert.equal(output.write('12345'), undefined);
  await nextTurn();
  let waited = false;
  const room = output.write('6');
  assert.ok(room);
  const waiting = room.then(() => {
    waited = true;
  });
  await nextTurn();
  assert.equal(waited, false);
  reader.take();
  await nextTurn();
  reader.take();
  await waiting;
  assert.equal(output.write('7'), undefined);
});

test('the end waits until everything is taken', async () => {
  const reader = new SlowReader(1000);
  const output = new Output(reader.stream, rim);
  void output.write('a');
  let ended = false;
  const ending = output.end().then(() => {
    ended = true;
  });
  await nextTurn();
  assert.equal(ended, false);
  assert.deepEqual(reader.taken, ['a']);
  reader.take();
  await ending;
});

test('an output to which nothing was written ends at once', async () => {
  await new Output(new SlowReader(1).stream, rim).end();
});

test('a reader that goes away frees who waits, fails further writes and the end, and is told once', async () => {
  const reader = new SlowReader(1);
  let failures = 0;
  const output = new Output(reader.stream, { ...rim, onFailure: () => failures++ });
  void output.write('first');
  await nextTurn();
  const room = output.write('second');
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  reader.take(gone);
  await room;
  const isGone = (error: OutputError): boolean => error.readerGone && error.cause === gone;
  assert.throws(() => output.write('third'), isGone);
  await assert.rejects(output.end(), isGone);
  assert.equal(failures, 1);
});

test('a disk that is full is no reader that went away', async () => {
  const reader = new SlowReader(1000);
  const output = new Output(reader.stream, { ...rim, onFailure: () => undefined });
  void output.write('a');
  const ending = output.end();
  reader.take(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  await assert.rejects(ending, {
    name: 'OutputError',
    readerGone: false,
    message: 'cannot write the results: ENOSPC: no space left on device, write',
  });
});

test('whatever shares the terminal is told before each write', async () => {
  const reader = new SlowReader(1000);
  const seen: number[] = [];
  const output = new Output(reader.stream, { ...rim, beforeWrite: () => void seen.push(reader.taken.length) });
  void output.write('a');
  await nextTurn();
  reader.take();
  void output.write('b');
  await nextTurn();
  assert.deepEqual(seen, [0, 1]);
});
