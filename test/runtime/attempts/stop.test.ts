import assert from 'node:assert/strict';
import test from 'node:test';
import { Stop } from '../../../runtime/attempts/stop.js';
import { Slot } from '../../../runtime/threads/slot.js';
import { GatesStand } from '../../support/gates-stand.js';
import { StubThread } from '../../support/stub-thread.js';

/** A thread that starts nothing, so that everything can be taken back. */
class IdleThread extends StubThread {
  override revoke(): boolean {
    return true;
  }
}

const LISTENER = {
  ready: () => undefined,
  outcomes: () => undefined,
  said: () => undefined,
  lines: () => undefined,
  died: () => undefined,
};
const TIMEOUT_MS = 60_000;

/** A slot, and what watches the attempts in it; nothing is stopped. */
function watched() {
  const stand = new GatesStand();
  const slot = new Slot(0);
  slot.assign(new IdleThread(0, 1, LISTENER));
  const unused = undefined as never;
  const parts = { lanes: stand.lanes, slots: [slot], clock: stand.clock, gates: stand.gates };
  const stop = new Stop({ ...parts, settle: unused, admission: unused, listener: unused });
  const task = stand.submit(stand.type('io', { timeout: TIMEOUT_MS }));
  const post = (): void => {
    slot.post(task, 1, undefined);
    task.state = 'dispatched';
    stop.watchTimeout(task);
  };
  return { slot, task, post, clock: stand.clock };
}

test('an attempt that is taken back and posted again has one timeout, and none while it is with no thread', () => {
  const { slot, task, post, clock } = watched();
  for (let time = 0; time < 5; time++) {
    post();
    assert.equal(clock.timers, 1);
    assert.ok(slot.revoke(task));
    assert.equal(clock.timers, 0);
  }
});

test('the timeout of an attempt goes with it, however it leaves its thread', () => {
  const { slot, task, post, clock } = watched();
  for (const leave of [() => slot.release(task.entry), () => slot.decline(task.entry), () => slot.abandon(task)]) {
    post();
    leave();
    assert.equal(clock.timers, 0);
  }
});
