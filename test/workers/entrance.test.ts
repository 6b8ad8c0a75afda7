import assert from 'node:assert/strict';
import test from 'node:test';
import type { Attempt } from '../../workers/attempt.js';
import { Entrance } from '../../workers/entrance.js';
import type { Ledger } from '../../workers/ledger/ledger.js';
import { Claim, Flag, recorderBytes, recorderViews } from '../../workers/protocol/recorder.js';

const ENTRY = 3;

/** An entrance, and an attempt that waits before it. */
function stand(kind: 'cpu' | 'io' = 'cpu', ledger?: Partial<Ledger>) {
  const views = recorderViews(new SharedArrayBuffer(recorderBytes(8)), 8);
  Atomics.store(views.claim, ENTRY, Claim.waiting);
  const entrance = new Entrance(views, ledger as Ledger | undefined);
  const attempt = { entry: ENTRY, handler: { kind } } as unknown as Attempt;
  return { views, entrance, attempt, claim: () => Atomics.load(views.claim, ENTRY) };
}

test('an attempt starts where nothing is in its way, and is not claimed by that', () => {
  const { entrance, attempt, claim } = stand();
  assert.equal(entrance.decide(attempt, 17), 'starts');
  assert.equal(claim(), Claim.waiting);
});

test('nothing starts once it is shut, and nobody can claim it any more', () => {
  const { entrance, attempt, claim } = stand();
  entrance.shut();
  assert.equal(entrance.decide(attempt, 0), 'refused');
  assert.equal(claim(), Claim.revoked);
});

test('what is past its deadline is late, unless it was revoked by then', () => {
  const { views, entrance, attempt, claim } = stand();
  views.flags[ENTRY] = Flag.deadline;
  views.endedAt[ENTRY] = performance.now() + 60_000;
  assert.equal(entrance.decide(attempt, 0), 'starts');
  views.endedAt[ENTRY] = performance.now();
  assert.equal(entrance.decide(attempt, 0), 'late');
  assert.equal(claim(), Claim.revoked);
  // Whoever claims it finds that it was revoked.
  assert.equal(entrance.decide(attempt, 0), 'starts');
});

test('where descriptors are short as many run as there is room for, and the last place is for the cpu', () => {
  const full = { room: 3, isFull: true };
  for (const [kind, running, decision] of [
    ['cpu', 2, 'starts'],
    ['cpu', 3, 'refused'],
    ['io', 1, 'starts'],
    ['io', 2, 'refused'],
  ] as const) {
    const { entrance, attempt } = stand(kind, full);
    assert.equal(entrance.decide(attempt, running), decision, `${kind} beside ${running}`);
  }
  const { entrance, attempt } = stand('io', { room: 1, isFull: true });
  assert.equal(entrance.decide(attempt, 0), 'starts', 'alone it may have the last one');
});

test('who was moved here once is not sent on', () => {
  const { views, entrance, attempt } = stand('cpu', { room: 0, isFull: true });
  views.flags[ENTRY] = Flag.moved;
  assert.equal(entrance.decide(attempt, 5), 'starts');
});

test('what seems full is looked at again: some of it may have been closed unseen', () => {
  let room = 1;
  const ledger = {
    get room() {
      return room;
    },
    get isFull() {
      room = 2;
      return false;
    },
  };
  const { entrance, attempt } = stand('cpu', ledger);
  assert.equal(entrance.decide(attempt, 1), 'starts');
});
