import assert from 'node:assert/strict';
import test from 'node:test';
import { atExit } from '../../../../runtime/logs/files/at-exit.js';

test('many share one listener, and none is left when the last one has taken its wish back', () => {
  const before = process.listeners('exit');
  const takeBacks = [atExit(() => undefined), atExit(() => undefined), atExit(() => undefined)];
  assert.equal(process.listenerCount('exit'), before.length + 1);
  for (const takeBack of takeBacks) takeBack();
  for (const takeBack of takeBacks) takeBack();
  assert.deepEqual(process.listeners('exit'), before);
});
