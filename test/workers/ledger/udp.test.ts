import assert from 'node:assert/strict';
import test from 'node:test';
import { STAMP, TASK } from '../../fixtures/ledger-hosts/constants.js';
import { lineMarked, runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';
import type { Followed } from '../../fixtures/ledger-hosts/udp.js';

const ADDRESSES = {
  bound: /^127\.0\.0\.1:\d+$/,
  sent: /^\[::\]:\d+$/,
  connected: /^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:9$/,
};

for (const [name, address] of Object.entries(ADDRESSES)) {
  test(`a UDP socket is its attempt's once it is bound, at the line that made it (${name})`, async () => {
    const { before, open, owner, link, left, inTheEnd, ownerInTheEnd } = await runScenario<Followed>('udp', name);
    assert.equal(before, 0);
    assert.deepEqual(
      open.map(({ resource, taskId }) => [resource, taskId]),
      [['udp', TASK]],
    );
    assert.match(open[0]?.path ?? '', address);
    assert.match(open[0]?.openedAt ?? '', lineMarked('udp', name));
    assert.match(link, /^socket:/);
    assert.deepEqual(owner, { stamp: STAMP, task: TASK });
    assert.deepEqual(
      left.map(({ resource, standing }) => [resource, standing]),
      [['udp', 'retained']],
    );
    assert.deepEqual(inTheEnd, []);
    assert.equal(ownerInTheEnd.stamp, 0);
  });
}

test('a UDP socket closed while its host is looked up is not left in the ledger', async () => {
  assert.equal(await runScenario('udp', 'closedBeforeBound'), 0);
});

test('the ledger closes a UDP socket', async () => {
  assert.equal(await runScenario('udp', 'closedByLedger'), 0);
});
