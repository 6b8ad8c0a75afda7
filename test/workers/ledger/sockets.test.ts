import assert from 'node:assert/strict';
import test from 'node:test';
import { STAMP, TASK } from '../../fixtures/ledger-hosts/constants.js';
import { lineMarked, runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';
import { type Followed, shape } from '../../fixtures/ledger-hosts/sockets.js';

const PLACE = /^\S+:\d+ -> \S+:\d+$/;

/** Holds for every connection: it was in the ledger under its number and task while it was open, and nowhere afterwards. */
function assertFollowed({ open, owner, link, inTheEnd, ownerInTheEnd }: Followed): void {
  assert.equal(open.length, 1);
  assert.deepEqual([open[0]?.resource, open[0]?.taskId, open[0]?.task], ['socket', TASK, 'scenario']);
  assert.match(link, /^socket:/);
  assert.deepEqual(owner, { stamp: STAMP, task: TASK });
  assert.deepEqual(inTheEnd, []);
  assert.equal(ownerInTheEnd.stamp, 0);
}

function assertRetained(followed: Followed): void {
  assert.deepEqual(
    followed.left.map(({ resource, standing }) => [resource, standing]),
    [['socket', 'retained']],
  );
}

const CLIENTS = [
  ['netClient', 'net.connect'],
  ['unixClient', 'net.connect path'],
  ['tlsClient', 'tls.connect'],
  ['http2Client', 'http2.connect'],
] as const;

for (const [name, mark] of CLIENTS) {
  test(`a connection of ${mark} is its attempt's from its line to its end, and retained if it is left open`, async () => {
    const followed = await runScenario<Followed>('sockets', name);
    assertFollowed(followed);
    assertRetained(followed);
    assert.match(followed.open[0]?.openedAt ?? '', lineMarked('sockets', mark));
    assert.match(followed.open[0]?.path ?? '', name === 'unixClient' ? /plustwo-.*\.sock$/ : PLACE);
  });
}

test('a connection tried at two addresses is entered with the descriptor of the second', async () => {
  const followed = await runScenario<Followed & { opened: number }>('sockets', 'netByName');
  assertFollowed(followed);
  assertRetained(followed);
  assert.match(followed.open[0]?.path ?? '', /^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/);
  assert.match(followed.open[0]?.openedAt ?? '', lineMarked('sockets', 'net.connect by name'));
  assert.equal(followed.opened, 2);
});

test('a connection that was refused is out of the ledger, and counts as opened', async () => {
  assert.deepEqual(await runScenario('sockets', 'refused'), { open: [], opened: 1 });
});

test('no listener is put on a socket', async () => {
  assert.equal((await runScenario<Followed>('sockets', 'netClient')).listeners, 0);
});

const POOLED = [
  ['httpPooled', 'http.get'],
  ['httpsPooled', 'http.get'],
  ['fetched', 'fetch'],
  ['packageFetched', 'undici fetch'],
  ['requested', 'undici request'],
] as const;

for (const [name, mark] of POOLED) {
  test(`an idle connection in a pool is nobody's leftover (${name})`, async () => {
    const followed = await runScenario<Followed>('sockets', name);
    assertFollowed(followed);
    assert.deepEqual(followed.left, []);
    assert.match(followed.open[0]?.openedAt ?? '', lineMarked('sockets', mark));
  });
}

test('a connection that carries TLS to an idle client of a pool is pooled as well', async () => {
  const followed = await runScenario<Followed>('sockets', 'tunnelPooled');
  assertFollowed(followed);
  assert.deepEqual(followed.left, []);
});

for (const name of ['httpUnread', 'fetchUnread', 'requestUnread']) {
  test(`a response that is never read keeps its connection from being pooled (${name})`, async () => {
    const followed = await runScenario<Followed>('sockets', name);
    assertFollowed(followed);
    assertRetained(followed);
  });
}

test('a connection that was ended here and waits for its peer is on its way to be closed', async () => {
  const { left, standing, after } = await runScenario<{ left: unknown[]; standing: unknown; after: number }>(
    'sockets',
    'ending',
  );
  assert.deepEqual([left, standing, after], [[], ['pooled'], 0]);
});

test('a session of HTTP/2 that was closed is not retained', async () => {
  assert.deepEqual(await runScenario('sockets', 'http2Closing'), []);
});

test('an accepted connection is that of the attempt whose server accepted it, at the line that listens', async () => {
  const followed = await runScenario<Followed>('sockets', 'accepted');
  assertFollowed(followed);
  assert.deepEqual(followed.left.map(({ resource, standing }) => `${resource} ${standing}`).sort(), [
    'server retained',
    'socket retained',
  ]);
  assert.match(followed.open[0]?.openedAt ?? '', lineMarked('sockets', 'listen'));
  assert.match(followed.open[0]?.path ?? '', PLACE);
});

test('what is replaced keeps its name, length and errors, as where nothing is tracked', async () => {
  assert.deepEqual(await runScenario('sockets', 'shape'), shape());
});
