import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { KeptLines } from '../../../runtime/logs/kept-lines.js';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import { OpenReader } from '../../../runtime/logs/open-reader.js';
import { RingReader } from '../../../runtime/logs/ring-reader.js';
import type { Attempt } from '../../../workers/attempt.js';
import { Capture } from '../../../workers/capture.js';
import { current } from '../../../workers/current.js';
import { LogRing } from '../../../workers/log-ring.js';
import { MOST_LINE_BYTES, OPEN_PLACES } from '../../../workers/protocol/log-ring.js';
import type { Speaker } from '../../../workers/speech.js';
import { Chance } from '../../simulation/seeded.js';
import { copiesOf } from '../../support/read-line.js';
import { ringMemory } from '../../support/ring-line.js';

type Output = 'stdout' | 'stderr';

function speaker(id: number, own: Partial<Speaker> = {}): Speaker {
  return { id, attempt: 2, handler: { task: id * 10 }, state: 'running', ...own };
}

function speaking(bytes?: number) {
  const memory = ringMemory(bytes);
  const capture = new Capture(new LogRing(memory, { slot: 2, generation: 3 }, () => undefined));
  const reader = new RingReader(memory);
  const openReader = new OpenReader(memory);
  const print = (who: Speaker | undefined, output: Output, chunk: string | Uint8Array): void => {
    if (who === undefined) capture.print(output, chunk);
    else
      current.run(who as unknown as Attempt, () => {
        capture.print(output, chunk);
      });
  };
  return {
    memory,
    capture,
    print,
    lines: () => copiesOf(reader),
    open: () => copiesOf(new KeptLines(openReader.read())),
  };
}

/** What is left of a thread that ends now: its lines, and those that were open. */
function leftIn(memory: SharedArrayBuffer): LogLine[] {
  return [...copiesOf(new RingReader(memory)), ...copiesOf(new KeptLines(new OpenReader(memory).read()))];
}

test('a line without its newline is read as its attempt would have ended it', () => {
  const { capture, print, open, lines } = speaking();
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const one = speaker(7, { trace });
  capture.log(one, 'info', 'logged', undefined);
  print(one, 'stderr', 'loading ');
  print(one, 'stderr', 'größer … ');
  print(undefined, 'stdout', 'of nobody');
  lines();
  const [own, nobodys] = open();
  capture.flush();
  const flushed = lines();
  assert.equal(own?.text, 'loading größer … ');
  assert.deepEqual([nobodys?.text, nobodys?.taskId, nobodys?.attempt], ['of nobody', undefined, 0]);
  const timeless = (line: LogLine): LogLine => ({ ...line, at: 0 });
  assert.deepEqual(
    [own, nobodys].map((line) => line && timeless(line)),
    flushed.toReversed().map(timeless),
  );
  assert.deepEqual(open(), []);
});

test('an open line has the number that is next, whatever its attempt has said since, or another', () => {
  const { capture, print, open } = speaking();
  const [one, two] = [speaker(1), speaker(2)];
  const numbers = (): unknown[] => open().map(({ text, seq }) => [text, seq]);
  print(one, 'stdout', 'out');
  print(one, 'stderr', 'err');
  print(two, 'stdout', 'two');
  assert.deepEqual(numbers().sort(), [
    ['err', 1],
    ['out', 0],
    ['two', 0],
  ]);
  capture.log(one, 'info', 'logged', undefined);
  print(two, 'stderr', 'printed\nagain\n');
  print(one, 'stdout', ' ended\n');
  assert.deepEqual(numbers().sort(), [
    ['err', 2],
    ['two', 2],
  ]);
});

test('what is begun and not ended is read as what stands for no character, and goes on when it is ended', () => {
  const { print, open } = speaking();
  const one = speaker(1);
  const said = (): unknown[] => open().map(({ text, isBinary }) => [text, isBinary]);
  print(one, 'stdout', Uint8Array.of(0x61, 0xe6, 0xbc));
  assert.deepEqual(said(), [['a\ufffd', true]]);
  print(one, 'stdout', Uint8Array.of(0xa2));
  assert.deepEqual(said(), [['a漢', false]]);
  print(one, 'stdout', '\ud83d');
  assert.deepEqual(said(), [['a漢\ufffd', false]]);
  print(one, 'stdout', '\ude00!');
  assert.deepEqual(said(), [['a漢\u{1f600}!', false]]);
  print(one, 'stdout', Uint8Array.of(0xff, 0xf0, 0x9f));
  print(one, 'stdout', 'b');
  assert.deepEqual(said(), [['a漢\u{1f600}!\ufffd\ufffdb', true]]);
});

test('an open line is as long as a line can be, and what was written of a longer one is not open', () => {
  const { print, open, lines } = speaking();
  const one = speaker(1);
  const longest = 'é'.repeat(MOST_LINE_BYTES / 2);
  print(one, 'stdout', longest);
  assert.equal(open()[0]?.text, longest);
  assert.deepEqual(lines(), []);
  print(one, 'stdout', 'more');
  assert.deepEqual(
    [...lines(), ...open()].map(({ text, seq }) => [text.slice(0, 8), seq]),
    [
      ['éééééééé', 0],
      ['more', 1],
    ],
  );
});

test('where more lines are open than there are places, those that were printed last lie there; the others are ended as ever', () => {
  const { capture, print, open, lines } = speaking();
  const speakers = Array.from({ length: OPEN_PLACES + 2 }, (_, id) => speaker(id + 1));
  for (const each of speakers) print(each, 'stdout', `${each.id} `);
  const ids = (read: readonly LogLine[]): unknown[] => read.map(({ taskId }) => taskId).sort((a = 0, b = 0) => a - b);
  assert.deepEqual(ids(open()), [3, 4, 5, 6, 7, 8, 9, 10]);
  const [first, , third] = speakers;
  if (third !== undefined) print(third, 'stdout', 'again');
  if (first !== undefined) print(first, 'stdout', 'again');
  assert.deepEqual(ids(open()), [1, 3, 5, 6, 7, 8, 9, 10]);
  assert.equal(open().find(({ taskId }) => taskId === 1)?.text, '1 again');
  capture.flush();
  assert.deepEqual(ids(lines()), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(open(), []);
});

test('a line that finds no room is counted, and is not open any more', () => {
  const { memory, print, open, lines } = speaking(256);
  const one = speaker(1);
  print(one, 'stdout', 'x'.repeat(120));
  print(one, 'stderr', 'y'.repeat(150));
  print(one, 'stdout', '\n');
  print(one, 'stderr', '\nopen');
  assert.equal(new RingReader(memory).takeDropped()?.count, 1);
  assert.deepEqual(
    [...lines(), ...open()].map(({ text, seq }) => [text[0], seq]),
    [
      ['x', 0],
      ['o', 2],
    ],
  );
});

/** The text of each attempt and output, as it is told: what was printed, piece by piece. */
function textsIn(left: readonly LogLine[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { taskId, source, text, isPartial } of left) {
    const key = `${taskId ?? 0} ${source}`;
    texts.set(key, `${texts.get(key) ?? ''}${text}${isPartial ? '' : '\n'}`);
  }
  return texts;
}

function assertNumbered(left: readonly LogLine[], what: string): void {
  const next = new Map<number, number>();
  for (const { taskId = 0, seq, text } of left) {
    assert.equal(seq, next.get(taskId) ?? 0, `${what}: ${text} of ${taskId}`);
    next.set(taskId, seq + 1);
  }
}

/** Runs something, and copies the memory whenever something in it has been made known, and right before: a thread may end there. */
function momentsOf(memory: SharedArrayBuffer, run: () => void): SharedArrayBuffer[] {
  const moments: SharedArrayBuffer[] = [];
  const note = (): void => {
    const copy = new SharedArrayBuffer(memory.byteLength);
    new Uint8Array(copy).set(new Uint8Array(memory));
    moments.push(copy);
  };
  const own = { store: Atomics.store, add: Atomics.add };
  const noted = (operate: typeof Atomics.add) =>
    ((...args: Parameters<typeof Atomics.add>) => {
      note();
      const result = operate(...args);
      note();
      return result;
    }) as typeof Atomics.add;
  Object.assign(Atomics, { store: noted(own.store), add: noted(own.add) });
  try {
    run();
  } finally {
    Object.assign(Atomics, own);
  }
  note();
  return moments;
}

test('a thread that ends while a line takes the place of another leaves the one or the other, and nothing of both', () => {
  const { memory, print } = speaking(2 ** 12);
  const texts = Array.from({ length: OPEN_PLACES }, (_, id) => String(id).repeat(20));
  for (const [id, text] of texts.entries()) print(speaker(id + 1), 'stdout', text);
  const moments = momentsOf(memory, () => {
    print(speaker(OPEN_PLACES + 1), 'stdout', 'another');
  });
  const told = moments.map((moment) =>
    leftIn(moment)
      .map(({ text }) => text)
      .sort(),
  );
  for (const moment of told)
    assert.deepEqual(
      moment.filter((text) => ![...texts, 'another'].includes(text)),
      [],
    );
  assert.deepEqual(told[0], texts);
  assert.deepEqual(told.at(-1), [...texts.slice(1), 'another']);
});

test('whenever a thread ends, everything it had printed is there, in order, once and with the number it would have had', () => {
  const pieces = ['word ', 'é', '漢', '\u{1f600}', '\n', 'two\nlines', 'line\n', 'x'.repeat(300)];
  let inside = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const chance = new Chance(seed);
    const { memory, capture, print } = speaking(2 ** 15);
    const speakers = [{ who: speaker(1) }, { who: speaker(2) }, { who: undefined }];
    const printed = new Map<string, string>();
    for (let turn = 0; turn < 60; turn++) {
      const { who } = chance.pick(speakers);
      const output = chance.pick(['stdout', 'stderr'] as const);
      const chunk = chance.pick(pieces);
      const isLogged = who !== undefined && chance.happens(0.2);
      const key = `${who?.id ?? 0} ${isLogged ? 'log' : output}`;
      const before = new Map(printed);
      printed.set(key, `${printed.get(key) ?? ''}${isLogged ? 'logged\n' : chunk}`);
      const run = (): void => {
        if (isLogged) capture.log(who, 'info', 'logged', undefined);
        else print(who, output, chance.happens(0.3) ? Buffer.from(chunk) : chunk);
      };
      const moments = chance.happens(0.4) ? momentsOf(memory, run) : [];
      if (moments.length === 0) run();
      for (const [moment, copy] of moments.entries()) {
        const what = `seed ${seed}, turn ${turn}, moment ${moment} of ${moments.length}`;
        const left = leftIn(copy);
        assertNumbered(left, what);
        const texts = textsIn(left);
        const isLast = moment === moments.length - 1;
        for (const [each, text] of printed) {
          const told = texts.get(each) ?? '';
          // What is being printed may be there in part: that call has not returned.
          const least = isLast ? text : (before.get(each) ?? '');
          assert.ok(text.startsWith(told) && told.length >= least.length, `${what}: ${each} ${told} of ${text}`);
        }
        if (!isLast) inside++;
      }
      if (!chance.happens(0.1)) continue;
      const { who: gone } = chance.pick(speakers);
      if (gone !== undefined) capture.endOf(gone);
    }
  }
  assert.ok(inside > 1_000, `${inside} moments in the middle of a call`);
});

test('a thread that is terminated while it prints leaves all that it has said, and nothing twice', async () => {
  for (let round = 0; round < 5; round++) {
    const memory = ringMemory(2 ** 16);
    const worker = new Worker(new URL('../../fixtures/logs/prints-for-ever.js', import.meta.url), {
      workerData: memory,
    });
    const reader = new RingReader(memory);
    const openReader = new OpenReader(memory);
    let text = '';
    const take = ({ text: own, isPartial }: LogLine): void => {
      text += `${own}${isPartial ? '' : '\n'}`;
    };
    while (text.length < 200_000) {
      await once(worker, 'message');
      reader.rearm();
      // Of a thread that lives they may be written to while they are read.
      new KeptLines(openReader.read()).drain((line) => assert.match(line.text, /^[\d é]*$/));
      reader.drain(take);
    }
    await worker.terminate();
    reader.drain(take);
    new KeptLines(openReader.read()).drain(take);
    assert.equal(reader.takeDropped(), undefined);
    for (const [place, number] of text.trim().split(/\s+/).entries()) assert.equal(number, `${place}é`);
  }
});
