// Both ends of the black box: what a thread marks, and what is read of it.
import assert from 'node:assert/strict';
import { fstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { BlackBox } from '../../../runtime/process/black-box.js';
import { StartedAttempts } from '../../../runtime/process/started-attempts.js';
import type { Attempt } from '../../../workers/attempt.js';
import { BlackBox as ThreadBox } from '../../../workers/black-box.js';
import { areaBytes, MOST_AHEAD, markOf } from '../../../workers/protocol/black-box.js';

const ENTRIES = 128;

function attempt(id: number, more: { attempt?: number; entry?: number; slow?: boolean } = {}): Attempt {
  const { slow = false, entry = 0, attempt: number = 1 } = more;
  return { id, attempt: number, entry, handler: { slow } } as unknown as Attempt;
}

function boxes(t: TestContext, ahead = MOST_AHEAD): { box: BlackBox; threads: ThreadBox[] } {
  const box = new BlackBox(3, ENTRIES);
  t.after(() => {
    box.close();
  });
  return { box, threads: [0, 1, 2].map((slot) => new ThreadBox({ fd: box.fd, ahead }, slot, ENTRIES)) };
}

const idsIn = (box: BlackBox): number[] =>
  [...box.marks()].map((mark) => Math.floor(mark / markOf(1, 0))).sort((a, b) => a - b);

test('the file has its full size and no name', (t) => {
  // A folder of its own: other tests make and remove theirs in the usual one meanwhile.
  const [usual, folder] = [process.env.TMPDIR, mkdtempSync(join(tmpdir(), 'plustwo-box-'))];
  t.after(() => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    rmSync(folder, { recursive: true });
  });
  process.env.TMPDIR = folder;
  assert.equal(tmpdir(), folder);
  const { box } = boxes(t);
  const { size, nlink } = fstatSync(box.fd);
  assert.deepEqual([size, nlink], [3 * areaBytes(ENTRIES), 0]);
  assert.deepEqual(readdirSync(folder), []);
  assert.deepEqual(idsIn(box), []);
});

test('each slot has its own marks, for cpu and for io', (t) => {
  const { box, threads } = boxes(t);
  threads[0]?.nextCpu(attempt(1), [], 0);
  threads[1]?.nextIo(attempt(2, { entry: 0 }));
  threads[1]?.nextIo(attempt(3, { entry: ENTRIES - 1 }));
  threads[2]?.nextCpu(attempt(2 ** 40), [], 0);
  assert.deepEqual(idsIn(box), [1, 2, 3, 2 ** 40]);
});

test('short attempts are marked many at a time, and those behind a long one are not', (t) => {
  const { box, threads } = boxes(t);
  const [thread] = threads;
  const queue = Array.from({ length: 100 }, (_, at) => attempt(at + 2));
  thread?.nextCpu(attempt(1), queue, 0);
  assert.deepEqual(
    idsIn(box),
    Array.from({ length: MOST_AHEAD }, (_, at) => at + 1),
  );
  // Those that are marked cost nothing; the one behind them marks the next.
  for (let head = 1; head < MOST_AHEAD; head++) thread?.nextCpu(queue[head - 1] as Attempt, queue, head);
  assert.equal(idsIn(box)[0], 1);
  thread?.nextCpu(queue[MOST_AHEAD - 1] as Attempt, queue, MOST_AHEAD);
  assert.deepEqual(
    idsIn(box),
    Array.from({ length: 101 - MOST_AHEAD }, (_, at) => at + 1 + MOST_AHEAD),
  );
  const [, other] = threads;
  other?.nextCpu(attempt(500), [attempt(501), attempt(502, { slow: true }), attempt(503)], 0);
  assert.deepEqual(
    idsIn(box).filter((id) => id >= 500),
    [500, 501],
  );
});

test('a long attempt is marked alone, and with a limit of one so is every other', (t) => {
  const { box, threads } = boxes(t);
  threads[0]?.nextCpu(attempt(1, { slow: true }), [attempt(2)], 0);
  assert.deepEqual(idsIn(box), [1]);
  const one = boxes(t, 1);
  one.threads[0]?.nextCpu(attempt(1), [attempt(2)], 0);
  assert.deepEqual(idsIn(one.box), [1]);
  one.threads[0]?.nextCpu(attempt(2), [], 0);
  assert.deepEqual(idsIn(one.box), [2]);
});

test('a mark is that of one attempt: a task that waits for its next one has not started', (t) => {
  const { box, threads } = boxes(t);
  threads[0]?.nextCpu(attempt(1), [], 0);
  threads[1]?.nextCpu(attempt(2, { attempt: 3 }), [], 0);
  const attempts = new StartedAttempts();
  assert.equal(attempts.judge(box)(1), true);
  attempts.over(1, 1);
  attempts.over(2, 2);
  const started = attempts.judge(box);
  assert.deepEqual([1, 2, 3].map(started), [false, true, false]);
});

test('where nothing can be read everything is taken for started, and without a box nothing is', (t) => {
  const { box } = boxes(t);
  box.close();
  const attempts = new StartedAttempts();
  assert.equal(attempts.judge(box)(7), true);
  assert.equal(attempts.judge(undefined)(7), false);
});
