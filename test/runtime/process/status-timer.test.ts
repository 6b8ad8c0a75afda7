import assert from 'node:assert/strict';
import test from 'node:test';
import { StatusTimer } from '../../../runtime/process/status-timer.js';

test('tells soon after a change, then at its pace while something goes on, once more when it has ended, and then nothing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let told = 0;
  let isBusy = true;
  let now = 0;
  let takesMs = 0;
  const status = new StatusTimer(
    () => {
      told++;
      now += takesMs;
    },
    () => isBusy,
    () => now,
  );
  t.mock.timers.tick(10_000);
  assert.equal(told, 0, 'nothing has happened');
  status.changed();
  status.changed();
  t.mock.timers.tick(20);
  assert.equal(told, 1);
  t.mock.timers.tick(100);
  t.mock.timers.tick(100);
  assert.equal(told, 3);
  takesMs = 5;
  t.mock.timers.tick(100);
  t.mock.timers.tick(499);
  assert.equal(told, 4, 'what takes long is done less often');
  t.mock.timers.tick(1);
  assert.equal(told, 5);
  takesMs = 0;
  isBusy = false;
  t.mock.timers.tick(500);
  assert.equal(told, 6);
  for (let turn = 0; turn < 50; turn++) t.mock.timers.tick(100);
  assert.equal(told, 6, 'while idle nothing runs');
  status.changed();
  t.mock.timers.tick(20);
  assert.equal(told, 7);
  status.changed();
  status.stop();
  t.mock.timers.tick(10_000);
  assert.equal(told, 7);
});
