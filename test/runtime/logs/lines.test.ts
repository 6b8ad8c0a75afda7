import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { LogLine } from '../../../runtime/logs/log-line.js';
import { EngineStand } from '../../support/engine-stand.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { logPlace } from '../../support/log-place.js';

const shown = ({ source, level, text, seq, isPartial }: LogLine): string =>
  `${seq} ${source} ${level} ${text}${isPartial ? '…' : ''}`;

for (const isolation of ['thread', 'process'] as const) {
  test(`whose a line is, and where it comes from (isolation: ${isolation})`, async (t) => {
    const stand = new EngineStand(t, { isolation });
    await stand.load(fixture('says-where'));
    await stand.run('say', 'one');
    await stand.heard(({ text }) => text === 'late one');
    await stand.end();
    const own = stand.lines.filter(({ taskId }) => taskId === 1);
    assert.deepEqual(own.map(shown), [
      '0 stdout info printed one',
      '1 log info logged one',
      '2 stdout info the end…',
      '3 stderr warn late one',
    ]);
    for (const { taskName, attempt, slot, generation } of own) {
      assert.deepEqual([taskName, attempt, slot, generation], ['say', 1, 0, 1]);
    }
    assert.deepEqual(JSON.parse(own[1]?.fields ?? ''), { at: '1970-01-01T00:00:00.000Z', much: '1' });
    const nobodys = stand.lines.filter(({ taskId }) => taskId === undefined);
    assert.deepEqual(nobodys.map(shown), [
      '0 stdout info loaded',
      '1 stdout info set up 1',
      '2 stdout info torn down 1…',
    ]);
    for (const { taskName, attempt } of nobodys) assert.deepEqual([taskName, attempt], [undefined, 0]);
    assert.deepEqual(stand.lost, []);
  });

  test(`threads that leave their slot are heard until they are gone (isolation: ${isolation})`, async (t) => {
    const stand = new EngineStand(t, { isolation, recycle: { age: 100 } });
    await stand.load(fixture('says-where'));
    const generations = new Set<number>();
    for (const text of ['one', 'two', 'three']) {
      await stand.run('say', text);
      const own = stand.lines.find((line) => line.text === `printed ${text}`) ?? assert.fail(`${text} is not heard`);
      generations.add(own.generation);
      // Its successor has its place by then.
      await stand.heard((line) => line.text === `torn down ${own.generation}`);
    }
    await stand.end();
    assert.equal(generations.size, 3);
    for (const generation of generations) {
      const own = stand.lines.filter((line) => line.generation === generation && line.taskId === undefined);
      assert.deepEqual(
        own.map(({ text }) => text),
        ['loaded', `set up ${generation}`, `torn down ${generation}`],
      );
    }
    const tasks = stand.lines.filter(({ taskId }) => taskId !== undefined);
    assert.deepEqual(
      tasks.map(({ text }) => text),
      ['one', 'two', 'three'].flatMap((text) => [`printed ${text}`, `logged ${text}`, 'the end', `late ${text}`]),
    );
  });
}

test('a line is heard while its task runs, and its thread is blocked', async (t) => {
  const stand = new EngineStand(t);
  await stand.load(fixture('says-where'));
  const gate = new Gate();
  const done = stand.run('sayAndWait', gate.words);
  await stand.heard(({ text }) => text === 'before the gate');
  gate.open();
  await done;
});

test('what a thread prints faster than it is read is dropped and counted, and no more is kept than its ring can hold', async (t) => {
  const stand = new EngineStand(t);
  await stand.load(fixture('says-where'));
  const gate = new Gate();
  const lines = 50_000;
  const done = stand.run('flood', { words: gate.words, lines });
  // The dispatch is on its way in microtasks; then this thread reads nothing until the other is through.
  await Promise.resolve();
  gate.waitMarked(1);
  await done;
  const own = stand.lines.filter(({ taskId }) => taskId !== undefined);
  const lost = stand.lost.reduce((sum, { count }) => sum + count, 0);
  assert.equal(own.length + lost, lines);
  assert.ok(lost > 0 && own.length > 1_000, `${own.length} heard, ${lost} lost`);
  const bytes = stand.lost.reduce((sum, each) => sum + each.bytes, 0);
  assert.ok(bytes > lost * 60 && bytes < lost * 80, `${bytes} bytes in ${lost} lines`);
  for (const [index, { seq }] of own.entries()) assert.ok(index === 0 || seq > (own[index - 1]?.seq ?? seq));
  for (const { slot, generation } of stand.lost) assert.deepEqual([slot, generation], [0, 1]);
});

test('what a child process prints faster than it is read is dropped and counted, and does not wait in memory', async (t) => {
  const file = join(logPlace(t), 'through');
  const stand = new EngineStand(t, { isolation: 'process' });
  await stand.load(fixture('says-where'));
  const lines = 200_000;
  const done = stand.run('floodUntilFile', { file, lines });
  await new Promise((resolve) => setImmediate(resolve));
  // Nothing of what comes is read until the task is through.
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(file)) Atomics.wait(pause, 0, 0, 5);
  await done;
  const own = stand.lines.filter(({ taskId }) => taskId !== undefined);
  const lost = stand.lost.reduce((sum, { count }) => sum + count, 0);
  assert.equal(own.length + lost, lines);
  // 4 MiB on their way, and what rings and pipes hold.
  assert.ok(own.length * 100 < 12 * 2 ** 20, `${own.length} of ${lines} lines`);
  assert.ok(own.length > 1_000);
});

test('inline what is logged is heard, at once', async (t) => {
  const stand = new EngineStand(t, { threads: 0 });
  await stand.load(fixture('use-context'));
  await stand.run('log', 'inline');
  assert.deepEqual(stand.lines.map(shown), [
    '0 log debug inline',
    '1 log info inline',
    '2 log warn inline',
    '3 log error inline',
  ]);
  assert.deepEqual(
    stand.lines.map(({ taskName, taskId }) => [taskName, taskId]),
    Array.from({ length: 4 }, () => ['log', 1]),
  );
});

for (const threads of [0, 1]) {
  test(`where nobody listens nothing is heard (threads: ${threads})`, async (t) => {
    const stand = new EngineStand(t, { threads }, false);
    await stand.load(fixture('use-context'));
    await stand.run('log', 'unheard');
    await stand.end();
    assert.deepEqual(stand.lines, []);
  });
}
