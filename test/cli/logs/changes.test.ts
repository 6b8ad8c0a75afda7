import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Changes } from '../../../cli/logs/changes.js';

test('the first look is free, and changes during a look make one more', async () => {
  const changes = new Changes();
  await changes.next();
  changes.mark();
  changes.mark();
  await changes.next();
  let looked = false;
  const next = changes.next().then(() => {
    looked = true;
  });
  await nextTurn();
  assert.equal(looked, false);
  changes.mark();
  await next;
});
