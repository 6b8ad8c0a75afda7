import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Attempt } from '../../workers/attempt.js';
import { Capture } from '../../workers/capture.js';
import { current } from '../../workers/current.js';
import type { RingLine } from '../../workers/protocol/log-ring.js';
import type { Speaker } from '../../workers/speech.js';
import { Chance } from '../simulation/seeded.js';

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

function speaker(id: number): Writable<Speaker> {
  return { id, attempt: 2, handler: { task: id * 10 }, state: 'running' };
}

function as(speaking: Speaker, run: () => void): void {
  current.run(speaking as unknown as Attempt, run);
}

function captured() {
  const lines: RingLine[] = [];
  const capture = new Capture({
    write: (line) => {
      lines.push({ ...line });
      return true;
    },
  });
  return { lines, capture, texts: () => lines.map(({ text }) => text) };
}

test('a line says whose it is, where it was printed, and its place among all lines of its attempt', () => {
  const { capture, lines } = captured();
  const one = speaker(1);
  as(one, () => {
    capture.print('stdout', 'out\n');
    capture.print('stderr', 'err\n');
  });
  capture.log(one, 'debug', 'logged', '{"a":1}');
  capture.print('stdout', 'of nobody\n');
  const before = Date.now();
  assert.ok(lines.every(({ at }) => Math.abs(at - before) < 60_000));
  assert.deepEqual(
    lines.map(({ at: _, ...line }) => line),
    [
      { ...OF_ONE, source: 'stdout', level: 'info', text: 'out', seq: 0 },
      { ...OF_ONE, source: 'stderr', level: 'warn', text: 'err', seq: 1 },
      { ...OF_ONE, source: 'log', level: 'debug', text: 'logged', fields: '{"a":1}', seq: 2 },
      { ...OF_ONE, source: 'stdout', level: 'info', text: 'of nobody', seq: 0, ...NOBODY },
    ],
  );
});

const PLAIN = { isPartial: false, isBinary: false, isLate: false, trace: undefined } as const;
const OF_ONE = { taskId: 1, attempt: 2, handler: 10, fields: undefined, ...PLAIN } as const;
const NOBODY = { taskId: undefined, attempt: 0, handler: 0 } as const;

test('unfinished lines are kept apart by attempt and output, and written when the attempt ends', () => {
  const { capture, lines } = captured();
  const [one, two] = [speaker(1), speaker(2)];
  as(one, () => {
    capture.print('stdout', 'one out');
    capture.print('stderr', 'one err');
  });
  as(two, () => {
    capture.print('stdout', 'two');
  });
  assert.equal(lines.length, 0);
  capture.endOf(one);
  assert.deepEqual(
    lines.map(({ taskId, source, text, isPartial }) => [taskId, source, text, isPartial]),
    [
      [1, 'stdout', 'one out', true],
      [1, 'stderr', 'one err', true],
    ],
  );
  as(two, () => {
    capture.print('stdout', ' went on\n');
  });
  assert.deepEqual([lines[2]?.text, lines[2]?.isPartial], ['two went on', false]);
  capture.endOf(speaker(3));
  assert.equal(lines.length, 3);
});

test('what an attempt prints after its end is its own, and nothing of it is held', () => {
  const { capture, lines } = captured();
  const one = speaker(1);
  as(one, () => {
    capture.print('stdout', 'in time\n');
  });
  capture.endOf(one);
  one.state = 'ended';
  as(one, () => {
    capture.print('stdout', 'late\nand later');
  });
  assert.deepEqual(
    lines.map(({ taskId, text, seq, isPartial }) => [taskId, text, seq, isPartial]),
    [
      [1, 'in time', 0, false],
      [1, 'late', 1, false],
      [1, 'and later', 2, true],
    ],
  );
});

test('flush writes whatever is unfinished, that of nobody too', () => {
  const { capture, texts } = captured();
  capture.print('stderr', 'nobody');
  as(speaker(1), () => {
    capture.print('stdout', 'one');
  });
  capture.flush();
  capture.flush();
  assert.deepEqual(texts().sort(), ['nobody', 'one']);
});

test('however attempts take turns, each has its own lines, in its own order', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const chance = new Chance(seed);
    const { capture, lines } = captured();
    const speakers = Array.from({ length: 8 }, (_, id) => speaker(id + 1));
    const printedBy = new Map<number, Record<'stdout' | 'stderr', string>>();
    await Promise.all(
      speakers.map((each) =>
        current.run(each as unknown as Attempt, async () => {
          const text = { stdout: '', stderr: '' };
          printedBy.set(each.id, text);
          for (let turn = 0; turn < 40; turn++) {
            const output = chance.pick(['stdout', 'stderr'] as const);
            const chunk = chance.pick(['part ', 'line\n', 'é\n', 'two\nlines\n', 'a\nb']);
            text[output] += chunk;
            capture.print(output, chance.happens(0.3) ? Buffer.from(chunk) : chunk);
            if (chance.happens(0.1)) capture.log(each, 'info', 'logged', undefined);
            if (chance.happens(0.5)) await nextTurn();
            else if (chance.happens(0.5)) await Promise.resolve();
          }
          capture.endOf(each);
        }),
      ),
    );
    for (const { id } of speakers) {
      const own = lines.filter(({ taskId }) => taskId === id);
      assert.deepEqual(
        own.map(({ seq }) => seq),
        own.map((_, place) => place),
        `seed ${seed}`,
      );
      for (const output of ['stdout', 'stderr'] as const) {
        const text = own
          .filter(({ source }) => source === output)
          .map((line) => line.text + (line.isPartial ? '' : '\n'))
          .join('');
        assert.equal(text, printedBy.get(id)?.[output], `seed ${seed}`);
      }
    }
    assert.ok(lines.every(({ handler, taskId }) => handler === (taskId ?? 0) * 10));
  }
});

/** What a thread answers that prints in such a way. */
async function inThread(way: string): Promise<{ answer: unknown; lines: RingLine[]; passed: string }> {
  const worker = new Worker(new URL('../fixtures/logs/prints-in-thread.js', import.meta.url), {
    workerData: way,
    stdout: true,
    stderr: true,
  });
  let passed = '';
  worker.stdout.setEncoding('utf8').on('data', (text: string) => (passed += text));
  worker.stderr.setEncoding('utf8').on('data', (text: string) => (passed += text));
  const exited = once(worker, 'exit');
  const [said] = (await once(worker, 'message')) as [{ answer: unknown; lines: RingLine[] }];
  await exited;
  return { ...said, passed };
}

test('what is printed through console is captured, and nothing of it goes its usual way', async () => {
  const { lines, passed } = await inThread('console');
  assert.deepEqual(
    lines.map(({ source, text }) => `${source} ${text}`),
    [
      ...['stdout log 1', 'stdout info', 'stderr warn', 'stderr error', 'stdout group', 'stdout   inside'],
      ...['┌─────────┬───┐', '│ (index) │ a │', '├─────────┼───┤', '│ 0       │ 1 │', '└─────────┴───┘'].map(
        (text) => `stdout ${text}`,
      ),
      'stdout own',
    ],
  );
  assert.equal(passed, '');
});

test('a single text is the same line that Node would print', async () => {
  const { lines, passed } = await inThread('texts');
  assert.deepEqual(
    lines.map(({ source, text }) => `${source} ${text}`),
    [
      ...['two', 'lines', 'returned', '', '100%', 'é\ud83d', '1', 'several of them', '', 'held and ended', 'group'].map(
        (text) => `stdout ${text}`,
      ),
      ...['stderr   inside', 'stdout outside'],
    ],
  );
  assert.equal(passed, '');
});

test('where a debugger is attached, Node prints everything itself', async () => {
  const { answer, lines } = await inThread('inspected');
  assert.equal(answer, true);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['text'],
  );
});

test('a method that somebody watches since before goes on through them', async () => {
  const { answer, lines } = await inThread('watched');
  assert.deepEqual(answer, ['text']);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['seen: text', 'not watched'],
  );
});

test('who replaces a write sees what is printed meanwhile, and the methods are called what they were', async () => {
  const { answer, lines, passed } = await inThread('replaced write');
  assert.deepEqual(answer, [['for another\n'], 'log', 'error', 'group']);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['not for it', 'ours again'],
  );
  assert.equal(passed, '');
});

test('encodings are honoured', async () => {
  const { lines } = await inThread('encodings');
  assert.deepEqual(
    lines.map(({ text, isBinary }) => [text, isBinary]),
    [
      ['hello', false],
      ['grüße', false],
      ['bytes', false],
      ['ä', false],
      ['\ufffd', true],
    ],
  );
});

test('what a stream refuses is refused in the same way', async () => {
  const { answer, lines } = await inThread('refusals');
  assert.deepEqual(answer, [
    'ERR_STREAM_NULL_VALUES',
    'ERR_INVALID_ARG_TYPE',
    'ERR_UNKNOWN_ENCODING',
    'ERR_INVALID_ARG_TYPE',
    true,
  ]);
  assert.equal(lines.length, 1);
});

test('who waits for a write is told, after it has returned', async () => {
  const { answer, lines } = await inThread('callbacks');
  assert.deepEqual(answer, ['returned', 'one null', 'two', 'three']);
  assert.equal(lines.length, 3);
});

test('corking, piping, pipelines and ends work, and who printed before an end goes on afterwards', async () => {
  const { lines, passed } = await inThread('streams');
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['corked', 'piped through', 'pipeline', 'the end', 'goes on', 'and on'],
  );
  assert.equal(passed, '');
});

test('what is unfinished when the thread exits is written, also by those who listen for that', async () => {
  const worker = new Worker(new URL('../fixtures/logs/prints-in-thread.js', import.meta.url), { workerData: 'exit' });
  const said: string[] = [];
  worker.on('message', (text: string) => said.push(text));
  await once(worker, 'exit');
  assert.deepEqual(said, ['unfinished', 'of a listener']);
});
