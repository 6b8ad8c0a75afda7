import assert from 'node:assert/strict';
import test from 'node:test';
import { STAMP, TASK } from '../../fixtures/ledger-hosts/constants.js';
import { lineMarked, runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';
import { type Followed, shape, untouched } from '../../fixtures/ledger-hosts/threads.js';

const SOURCES = { file: /opens\.js$/, source: /^\[eval\]$/, nested: /^\[eval\]$/, given: /opens\.js$/ };

for (const [name, path] of Object.entries(SOURCES)) {
  test(`a thread is its attempt's, and so is what it opens itself (${name})`, async () => {
    const thread = await runScenario<Followed>('threads', name);
    assert.deepEqual(
      thread.open.map(({ resource, taskId, descriptor }) => [resource, taskId, descriptor]),
      [['thread', TASK, null]],
    );
    assert.match(thread.open[0]?.path ?? '', path);
    assert.match(thread.open[0]?.openedAt ?? '', lineMarked('threads', name));
    const owner = { stamp: STAMP, task: TASK };
    assert.deepEqual(thread.owners, { file: owner, handle: owner, server: owner });
    assert.deepEqual(
      thread.left.map(({ standing }) => standing),
      ['retained'],
    );
    assert.deepEqual(thread.inTheEnd, []);
    assert.deepEqual(thread.stamps, [0, 0, 0]);
    assert.deepEqual([thread.listeners, thread.secret], [0, null]);
  });
}

test('a thread finds its options, data and environment data as where nothing is tracked', async () => {
  assert.deepEqual(await runScenario('threads', 'untouched'), await untouched());
});

test('options of the parent that a thread may not be given by name do not keep it from being followed', async () => {
  // Taken by the whole process, refused by name.
  const threads = await runScenario<[[string[]]]>('threads', 'untouched', { execArgv: ['--no-warnings'] });
  assert.deepEqual(threads[0][0], ['--no-warnings']);
});

test('a thread that has ended leaves nothing', async () => {
  assert.deepEqual(await runScenario('threads', 'ends'), [[], []]);
});

test('a thread that was told to end is not retained', async () => {
  assert.deepEqual(await runScenario('threads', 'terminated'), [[], []]);
});

test('the ledger ends a thread and waits for it', async () => {
  assert.deepEqual(await runScenario('threads', 'closed'), [-1, []]);
});

test('a file that Node closes at the end of a thread does not stay in the table of owners', async () => {
  assert.equal(await runScenario('threads', 'endsWithFile'), 0);
});

test('children of a thread are among those that end with the thread above it', async () => {
  assert.deepEqual(await runScenario('threads', 'children'), [true, false]);
});

test('what is replaced keeps its name, class and errors, as where nothing is tracked', async () => {
  assert.deepEqual(await runScenario('threads', 'shape'), await shape());
});
