import assert from 'node:assert/strict';
import test from 'node:test';
import { type Followed, shape } from '../../fixtures/ledger-hosts/children.js';
import { STAMP, TASK } from '../../fixtures/ledger-hosts/constants.js';
import { lineMarked, runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';

const CHILDREN = {
  spawned: { command: 'sleep 60', pipes: 3 },
  shell: { command: '/bin/sh -c exec sleep 60', pipes: 3 },
  file: { command: 'sleep 60', pipes: 3 },
  // Three pipes and the channel for messages.
  forked: { command: process.execPath, pipes: 4 },
};

for (const [name, { command, pipes }] of Object.entries(CHILDREN)) {
  test(`a child process is its attempt's with all its pipes, from its line to its end (${name})`, async () => {
    const child = await runScenario<Followed>('children', name);
    assert.deepEqual(
      child.open.map(({ resource, taskId, descriptor }) => [resource, taskId, descriptor]),
      [['process', TASK, null]],
    );
    assert.ok(child.open[0]?.path?.startsWith(`pid ${child.pid} ${command}`), String(child.open[0]?.path));
    assert.match(child.open[0]?.openedAt ?? '', lineMarked('children', name));
    assert.equal(child.opened, pipes);
    assert.deepEqual(child.owners, Array(pipes).fill({ stamp: STAMP, task: TASK }));
    assert.deepEqual(child.pids, [child.pid]);
    assert.deepEqual(
      child.left.map(({ resource, standing }) => [resource, standing]),
      [['process', 'retained']],
    );
    assert.deepEqual([child.inTheEnd, child.pidsInTheEnd], [[], []]);
    assert.deepEqual(
      child.ownersInTheEnd.map(({ stamp }) => stamp),
      Array(pipes).fill(0),
    );
  });
}

test('a detached child is in the ledger, and not among those that end with their thread', async () => {
  const { open, pids, left, inTheEnd, opened } = await runScenario<Followed>('children', 'detached');
  assert.deepEqual(
    [open, left].map((notes) => notes.map(({ resource }) => resource)),
    [['process'], ['process']],
  );
  assert.deepEqual([pids, inTheEnd, opened], [[], [], 0]);
});

test('a child that has ended, or could not be started, leaves nothing', async () => {
  assert.deepEqual(await runScenario('children', 'ends'), {
    stdout: 'hello\n',
    code: 'ENOENT',
    left: [],
    open: 0,
    pids: [],
  });
});

test('pipes that a grandchild keeps stay under the name of their child, until the ledger closes them', async () => {
  assert.deepEqual(await runScenario('children', 'inherited'), {
    left: 0,
    open: [['process', 'pooled']],
    owners: [TASK],
    ownersInTheEnd: [0],
    pids: [],
  });
});

test('a child that was told to end is not retained', async () => {
  assert.deepEqual(await runScenario('children', 'killed'), { left: [], signal: 'SIGTERM' });
});

test('the ledger asks a child to end, kills it when it does not, and lets a detached one live', async () => {
  assert.deepEqual(await runScenario('children', 'closed'), {
    signals: ['SIGTERM', 'SIGKILL', null],
    outlives: true,
    pids: [],
  });
});

test('what is replaced keeps its name and length, and no listener is put on a child', async () => {
  assert.deepEqual(await runScenario('children', 'shape'), shape());
});
