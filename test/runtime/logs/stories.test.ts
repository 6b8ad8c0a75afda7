import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import { RUN_BYTES, STORY_LIMITS, Stories, type StoryLimits, TASK_BYTES } from '../../../runtime/logs/stories.js';
import { alignedEntry, ENTRY_HEADER_BYTES } from '../../../workers/protocol/log-ring.js';
import { runOf } from '../../support/read-line.js';
import { line } from '../../support/sample-records.js';

/** About what a line takes that is not long. */
const LINE = 256;
const entryOf = ({ text }: LogLine): number => alignedEntry(ENTRY_HEADER_BYTES + text.length);
const sizeOf = (...lines: readonly LogLine[]): number =>
  lines.reduce((sum, line) => sum + entryOf(line), lines.length === 0 ? 0 : RUN_BYTES);
const seqs = (lines: readonly LogLine[] = []): number[] => lines.map(({ seq }) => seq);

function fill(stories: Stories, taskId: number, count: number, text = ''): void {
  for (let seq = 0; seq < count; seq++) stories.add(runOf(line({ taskId, seq, text })));
}

test('a story has the last 200 lines of its task in order, and says how many are missing', () => {
  const stories = new Stories();
  fill(stories, 1, 200);
  fill(stories, 2, 1_234);
  assert.equal(stories.read(1)?.missing, 0);
  assert.deepEqual(seqs(stories.read(1)?.lines), [...Array(200).keys()]);
  const long = stories.read(2);
  assert.equal(long?.missing, 1_034);
  assert.deepEqual(
    seqs(long.lines),
    [...Array(200).keys()].map((seq) => 1_034 + seq),
  );
});

test('a story that was taken is nowhere else, and neither is what was dropped', () => {
  const stories = new Stories();
  fill(stories, 1, 3);
  fill(stories, 2, 3);
  assert.deepEqual(seqs(stories.take(1)?.lines), [0, 1, 2]);
  assert.equal(stories.take(1), undefined);
  stories.drop(2);
  stories.drop(3);
  assert.deepEqual({ size: stories.size, bytes: stories.bytes }, { size: 0, bytes: 0 });
});

test('a story that was read is still kept', () => {
  const stories = new Stories();
  fill(stories, 1, 2);
  const early = stories.read(1);
  fill(stories, 1, 1);
  assert.deepEqual(seqs(early?.lines), [0, 1]);
  assert.deepEqual(seqs(stories.take(1)?.lines), [0, 1, 0]);
});

test('lines of a task that is settled already are not kept', () => {
  const stories = new Stories();
  stories.refuse(1);
  fill(stories, 1, 5);
  assert.equal(stories.size, 0);
  fill(stories, 2, 5);
  assert.equal(stories.take(2)?.lines.length, 5);
  stories.refuse(2);
  fill(stories, 2, 5);
  assert.equal(stories.size, 0);
});

test('a task that prints on for ever is refused for as long as a hundred thousand others', () => {
  const stories = new Stories();
  for (let taskId = 1; taskId <= 100_000; taskId++) stories.refuse(taskId);
  fill(stories, 1, 1);
  assert.equal(stories.size, 0);
  stories.refuse(100_001);
  fill(stories, 1, 1);
  fill(stories, 2, 1);
  assert.deepEqual([stories.size, stories.read(2)], [1, undefined]);
});

test('of lines that came together the last ones stay where there are too many, and none where they are too large', () => {
  const together = (from: number, count: number): LogLine[] =>
    Array.from({ length: count }, (_, at) => line({ taskId: 1, seq: from + at }));
  const stories = new Stories({ lines: 5, bytes: 2_000, totalBytes: 2_000 });
  stories.add(runOf(...(together(0, 4) as [LogLine])));
  stories.add(runOf(...(together(4, 3) as [LogLine])));
  assert.deepEqual([seqs(stories.read(1)?.lines), stories.read(1)?.missing], [[2, 3, 4, 5, 6], 2]);
  assert.equal(stories.bytes, TASK_BYTES + sizeOf(...together(0, 4)) + sizeOf(...together(4, 3)));
  stories.add(runOf(line({ taskId: 1, seq: 7, text: 'x'.repeat(1_300) })));
  assert.deepEqual([seqs(stories.read(1)?.lines), stories.read(1)?.missing], [[4, 5, 6, 7], 4]);
});

test('one task never takes more than its bytes; of a line that is too large by itself only the count stays', () => {
  const stories = new Stories();
  fill(stories, 1, 200, 'x'.repeat(10_000));
  const { lines = [], missing } = stories.read(1) ?? {};
  assert.equal(
    lines.length,
    Math.floor((STORY_LIMITS.bytes - TASK_BYTES) / sizeOf(line({ text: 'x'.repeat(10_000) }))),
  );
  assert.equal(missing, 200 - lines.length);
  assert.equal(lines.at(-1)?.seq, 199);
  stories.add(runOf(line({ taskId: 1, fields: JSON.stringify({ x: 'x'.repeat(STORY_LIMITS.bytes) }) })));
  assert.deepEqual(stories.take(1), { lines: [], missing: 201 });
});

test('of all tasks together the one with the most gives, and the small ones keep theirs', () => {
  const stories = new Stories();
  for (let taskId = 1; taskId <= 1_000; taskId++) fill(stories, taskId, 3, 'small');
  for (let taskId = 2_001; taskId <= 2_100; taskId++) fill(stories, taskId, 200, 'x'.repeat(1_000));
  assert.ok(stories.bytes <= STORY_LIMITS.totalBytes);
  assert.ok(stories.bytes > STORY_LIMITS.totalBytes - 2 * sizeOf(line({ text: 'x'.repeat(1_000) })));
  for (let taskId = 1; taskId <= 1_000; taskId++) assert.equal(stories.read(taskId)?.lines.length, 3);
  const kept = [...Array(100).keys()].map((each) => stories.read(2_001 + each));
  const counts = kept.map((story) => story?.lines.length ?? 0);
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, 'they give alike');
  for (const story of kept) assert.equal(story?.missing, 200 - story!.lines.length);
  for (const story of kept) assert.equal(story?.lines.at(-1)?.seq, 199);
});

/** Lines that came together, and those of them that are there. */
interface Together {
  readonly all: readonly LogLine[];
  left: readonly LogLine[];
}

/** The same rules, done again from scratch each time. */
class Model {
  readonly #limits: StoryLimits;
  readonly tasks = new Map<number, { runs: Together[]; missing: number }>();

  constructor(limits: StoryLimits) {
    this.#limits = limits;
  }

  sizeOf(taskId: number): number {
    return (this.tasks.get(taskId)?.runs ?? []).reduce((sum, { all }) => sum + sizeOf(...all), TASK_BYTES);
  }

  get total(): number {
    return [...this.tasks.keys()].reduce((sum, taskId) => sum + this.sizeOf(taskId), 0);
  }

  add(taskId: number, lines: readonly LogLine[]): void {
    const kept = this.tasks.get(taskId) ?? { runs: [], missing: 0 };
    this.tasks.set(taskId, kept);
    kept.runs.push({ all: lines, left: lines });
    const count = (): number => kept.runs.reduce((sum, { left }) => sum + left.length, 0);
    while (count() > this.#limits.lines) {
      const [first] = kept.runs;
      if (first === undefined) break;
      first.left = first.left.slice(1);
      kept.missing++;
      if (first.left.length === 0) kept.runs.shift();
    }
    while (this.sizeOf(taskId) > this.#limits.bytes) kept.missing += kept.runs.shift()?.left.length ?? 0;
  }
}

test('tasks without number are not forgotten: when no line is left to go, the count of each still stands', () => {
  const stories = new Stories({ lines: 5, bytes: 10 * LINE, totalBytes: 10 * TASK_BYTES });
  for (let taskId = 1; taskId <= 20; taskId++) fill(stories, taskId, 2);
  assert.equal(stories.bytes, 20 * TASK_BYTES);
  for (let taskId = 1; taskId <= 20; taskId++) assert.deepEqual(stories.take(taskId), { lines: [], missing: 2 });
  assert.equal(stories.bytes, 0);
});

test('whatever comes in whatever order: limits hold, each story is the end of what came, and nothing is lost uncounted', () => {
  const limits: StoryLimits = { lines: 5, bytes: 5 * LINE, totalBytes: 13 * LINE };
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ taskId: fc.nat(5), lengths: fc.array(fc.nat(2 * LINE), { minLength: 1, maxLength: 7 }) }),
    },
    { weight: 1, arbitrary: fc.record({ drop: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ take: fc.nat(5) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
      const stories = new Stories(limits);
      const model = new Model(limits);
      const came = new Map<number, LogLine[]>();
      let hadRoom = true;
      for (const [seq, each] of steps.entries()) {
        if ('lengths' in each) {
          const { taskId, lengths } = each;
          const added = lengths.map((length, at) => line({ taskId, seq: 10 * seq + at, text: 'x'.repeat(length) }));
          came.set(taskId, [...(came.get(taskId) ?? []), ...added]);
          stories.add(runOf(...(added as [LogLine])));
          model.add(taskId, added);
        } else if ('take' in each) {
          stories.take(each.take);
          came.delete(each.take);
          model.tasks.delete(each.take);
        } else {
          stories.drop(each.drop);
          came.delete(each.drop);
          model.tasks.delete(each.drop);
        }
        // Where there was room for all so far, nobody has given anything for the others.
        hadRoom &&= model.total <= limits.totalBytes;
        let least = 0;
        for (const [taskId, lines] of came) {
          const story = stories.read(taskId);
          assert.equal((story?.lines.length ?? 0) + (story?.missing ?? 0), lines.length);
          assert.deepEqual(seqs(story?.lines), seqs(lines.slice(story?.missing)));
          assert.ok((story?.lines.length ?? 0) <= limits.lines);
          least += (story?.lines ?? []).reduce((sum, kept) => sum + entryOf(kept), TASK_BYTES);
          if (hadRoom) assert.equal(story?.missing, model.tasks.get(taskId)?.missing);
        }
        assert.ok(stories.bytes >= least && stories.bytes <= limits.totalBytes);
        if (hadRoom) assert.equal(stories.bytes, model.total);
        assert.equal(stories.size, came.size);
      }
    }),
    { numRuns: 300 },
  );
});
