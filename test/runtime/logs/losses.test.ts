import assert from 'node:assert/strict';
import test from 'node:test';
import { Losses } from '../../../runtime/logs/losses.js';
import type { LostLines } from '../../../runtime/logs/read-line.js';
import { SetClock } from '../../support/set-clock.js';

const lost = (slot: number, count: number, generation = 1): LostLines => ({
  slot,
  generation,
  count,
  bytes: 10 * count,
});

test('the first loss is said at once, further ones each second, each thread’s together', (t) => {
  const clock = new SetClock(t, '2026-01-20T12:30:00');
  const said: LostLines[] = [];
  const losses = new Losses(clock.remind, (one) => said.push(one));
  losses.add(lost(0, 5));
  assert.deepEqual(said.splice(0), [lost(0, 5)]);
  for (let turn = 0; turn < 100; turn++) {
    losses.add(lost(0, 2));
    losses.add(lost(1, 1));
  }
  losses.add(lost(0, 7, 2));
  clock.pass(999);
  assert.deepEqual(said, []);
  clock.pass(1);
  assert.deepEqual(said.splice(0), [lost(0, 200), lost(1, 100), lost(0, 7, 2)]);
  losses.add(lost(1, 1));
  assert.deepEqual(said, [], 'a second has begun anew');
  clock.pass(1_000);
  assert.deepEqual(said.splice(0), [lost(1, 1)]);
  clock.pass(1_000);
  assert.equal(clock.timers, 0, 'nothing runs while nothing is lost');
  losses.add(lost(2, 1));
  assert.deepEqual(said, [lost(2, 1)]);
});

test('what is not said yet is said at the end, once', (t) => {
  const clock = new SetClock(t, '2026-01-20T12:30:00');
  const said: LostLines[] = [];
  const losses = new Losses(clock.remind, (one) => said.push(one));
  losses.add(lost(0, 1));
  losses.add(lost(0, 2));
  losses.close();
  losses.close();
  assert.deepEqual(said, [lost(0, 1), lost(0, 2)]);
  assert.equal(clock.timers, 0);
});

test('what comes after the end is said as it comes, and nothing waits for more', (t) => {
  const clock = new SetClock(t, '2026-01-20T12:30:00');
  for (const before of [[], [lost(0, 1)]]) {
    const said: LostLines[] = [];
    const losses = new Losses(clock.remind, (one) => said.push(one));
    for (const one of before) losses.add(one);
    losses.close();
    losses.add(lost(0, 7));
    losses.add(lost(0, 8));
    assert.deepEqual(said, [...before, lost(0, 7), lost(0, 8)]);
    assert.equal(clock.timers, 0);
  }
});
