import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_PERMIT, Permits, permitWords } from '../../../workers/protocol/permits.js';
import { Chance } from '../../simulation/seeded.js';
import { interposed } from '../../support/interposed.js';

const A = 1_025;
const B = 1_026;

/** Views of the same permits, as two threads have them. */
function permits(concurrency: number): { here: Permits; there: Permits } {
  const words = new Int32Array(new SharedArrayBuffer(permitWords(concurrency) * 4));
  return { here: new Permits(words), there: new Permits(words) };
}

/** What a promise has come to, once everything that is settled has been told. */
async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'settled'> {
  let state: 'pending' | 'settled' = 'pending';
  void promise.then(() => (state = 'settled'));
  await new Promise((resolve) => setImmediate(resolve));
  return state;
}

test('gives out as many as there are, to whoever asks, and takes them back', () => {
  const { here, there } = permits(2);
  const first = here.take(A);
  const second = there.take(B);
  assert.ok(first >= 0 && second >= 0 && first !== second);
  assert.deepEqual([here.take(A), there.take(B), here.held], [NO_PERMIT, NO_PERMIT, 2]);
  there.release(first);
  assert.equal(here.held, 1);
  assert.ok(there.take(B) >= 0);
});

test('frees what a thread held that is gone, and nothing else', () => {
  const { here, there } = permits(5);
  for (const holder of [A, B, A, B, A]) here.take(holder);
  there.retire(A);
  assert.equal(here.held, 2);
  there.retire(A);
  there.retire(1);
  assert.equal(here.held, 2);
  there.retire(B);
  assert.equal(here.held, 0);
});

test('a permit whose holder was retired frees nobody else’s when it is released late', () => {
  const { here, there } = permits(1);
  const late = here.take(A);
  there.retire(A);
  const next = there.take(B);
  here.release(late);
  assert.equal(here.held, 1);
  there.release(next);
  there.release(next);
  assert.equal(here.held, 0);
});

test('never holds more than there are, nor loses one, whatever comes in whatever order', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const chance = new Chance(seed);
    const concurrency = chance.whole(1, 12);
    const { here, there } = permits(concurrency);
    const held: { permit: number; holder: number }[] = [];
    const stale: number[] = [];
    for (let step = 0; step < 300; step++) {
      const view = chance.pick([here, there]);
      const holder = chance.whole(1, 4) * 1_024;
      if (chance.happens(0.05)) {
        view.retire(holder);
        for (const one of held.filter((each) => each.holder === holder)) {
          held.splice(held.indexOf(one), 1);
          stale.push(one.permit);
        }
      } else if (chance.happens(0.5)) {
        const permit = view.take(holder);
        assert.equal(permit === NO_PERMIT, held.length === concurrency, `seed ${seed}, step ${step}`);
        if (permit !== NO_PERMIT) held.push({ permit, holder });
      } else if (held.length > 0) {
        const [one] = held.splice(chance.whole(0, held.length - 1), 1);
        view.release(one?.permit ?? NO_PERMIT);
      }
      assert.equal(view.held, held.length, `seed ${seed}, step ${step}`);
    }
    assert.ok(held.length <= concurrency);
  }
});

test('of two who see the same place free, one gets it, and the other one the next if there is one', (t) => {
  for (const [concurrency, held] of [
    [1, 1],
    [2, 2],
  ] as const) {
    const { here, there } = permits(concurrency);
    const taken: number[] = [];
    const hasHappened = interposed(t, () => taken.push(there.take(B)));
    taken.push(here.take(A));
    t.mock.restoreAll();
    assert.deepEqual([taken.filter((permit) => permit !== NO_PERMIT).length, hasHappened()], [held, true]);
    assert.equal(new Set(taken).size, 2);
    assert.equal(here.held, held);
  }
});

test('everybody who waits is woken when a permit is free', async () => {
  const { here, there } = permits(1);
  const permit = here.take(A);
  const waits = [here, there, there].map((view) => view.whenFreed(view.freed) ?? Promise.reject(new Error('no wait')));
  assert.deepEqual(await Promise.all(waits.map(stateOf)), ['pending', 'pending', 'pending']);
  there.release(permit);
  await Promise.all(waits);
});

test('there is no waiting when a permit has become free since it was looked for', () => {
  const { here, there } = permits(1);
  const permit = here.take(A);
  const { freed } = there;
  assert.equal(there.take(B), NO_PERMIT);
  here.release(permit);
  assert.equal(there.whenFreed(freed), undefined);
});

test('who waits is woken when a thread is gone that held one, and when there is something else to look at', async () => {
  const { here, there } = permits(1);
  here.take(A);
  const gone = there.whenFreed(there.freed);
  here.retire(A);
  await gone;
  const other = there.whenFreed(there.freed);
  here.wake();
  await other;
  assert.ok(gone !== undefined && other !== undefined);
});

test('nobody is woken for a thread that held none', async () => {
  const { here, there } = permits(1);
  here.take(A);
  const wait = there.whenFreed(there.freed) ?? Promise.reject(new Error('no wait'));
  here.retire(B);
  assert.equal(await stateOf(wait), 'pending');
  here.wake();
  await wait;
});
