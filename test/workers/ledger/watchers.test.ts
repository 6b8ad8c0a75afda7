import assert from 'node:assert/strict';
import test from 'node:test';
import { TASK } from '../../fixtures/ledger-hosts/constants.js';
import { lineMarked, runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';
import { type Followed, shape } from '../../fixtures/ledger-hosts/watchers.js';

for (const name of ['watched', 'recursive', 'aborted', 'polled', 'iterated', 'abortedIteration']) {
  test(`a watcher is its attempt's from its line to its end, and has no descriptor (${name})`, async () => {
    const { folder, open, opened, left, inTheEnd } = await runScenario<Followed>('watchers', name);
    assert.deepEqual(
      open.map(({ resource, taskId, descriptor, path }) => ({ resource, taskId, descriptor, path })),
      [{ resource: 'watcher', taskId: TASK, descriptor: null, path: folder }],
    );
    assert.match(open[0]?.openedAt ?? '', lineMarked('watchers', name));
    assert.equal(opened, 0);
    assert.deepEqual(
      left.map(({ standing }) => standing),
      ['retained'],
    );
    assert.deepEqual(inTheEnd, []);
  });
}

test('a loop over what happens to a file is in the ledger until it is left', async () => {
  assert.deepEqual(await runScenario('watchers', 'loop'), [1, 0]);
});

test('each listener of a polled file is there for itself', async () => {
  assert.deepEqual(await runScenario('watchers', 'listeners'), [3, 2, 1, 0]);
});

test('the ledger closes watchers', async () => {
  assert.equal(await runScenario('watchers', 'closed'), 0);
});

test('what is replaced keeps its name, length, result and errors, as where nothing is tracked', async () => {
  assert.deepEqual(await runScenario('watchers', 'shape'), shape());
});
