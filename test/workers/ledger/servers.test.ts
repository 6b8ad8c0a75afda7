import assert from 'node:assert/strict';
import test from 'node:test';
import { STAMP, TASK } from '../../fixtures/ledger-hosts/constants.js';
import { lineMarked, runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';
import { type Followed, shape } from '../../fixtures/ledger-hosts/servers.js';

const ADDRESSES = {
  tcp: /^127\.0\.0\.1:\d+$/,
  byName: /:\d+$/,
  unix: /^\/tmp\/plustwo-.*\.sock$/,
  plain: /^\[::\]:\d+$|^0\.0\.0\.0:\d+$/,
  secure: /:\d+$/,
  second: /:\d+$/,
};

for (const [name, address] of Object.entries(ADDRESSES)) {
  test(`a server is its attempt's from the line that listens to its close (${name})`, async () => {
    const { before, open, owner, link, left, inTheEnd, ownerInTheEnd } = await runScenario<Followed>('servers', name);
    assert.equal(before, 0);
    assert.deepEqual(
      open.map(({ resource, taskId }) => [resource, taskId]),
      [['server', TASK]],
    );
    assert.match(open[0]?.path ?? '', address);
    assert.match(open[0]?.openedAt ?? '', lineMarked('servers', name));
    assert.match(link, /^socket:/);
    assert.deepEqual(owner, { stamp: STAMP, task: TASK });
    assert.deepEqual(
      left.map(({ resource, standing }) => [resource, standing]),
      [['server', 'retained']],
    );
    assert.deepEqual(inTheEnd, []);
    assert.equal(ownerInTheEnd.stamp, 0);
  });
}

test('a server whose address is taken is not in the ledger, and listening twice changes nothing', async () => {
  assert.deepEqual(await runScenario('servers', 'inUse'), {
    open: 1,
    code: 'EADDRINUSE',
    again: 'ERR_SERVER_ALREADY_LISTEN',
  });
});

test('the ledger closes a server, and the requests it was answering', async () => {
  assert.deepEqual(await runScenario('servers', 'closed'), { listening: false, ended: 'ECONNRESET', open: 0 });
});

test('what is replaced keeps its name, length and result, as where nothing is tracked', async () => {
  assert.deepEqual(await runScenario('servers', 'shape'), shape());
});
