import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { admit } from '../../../runtime/admission/admit.js';

test('takes a task while fewer than maxQueue wait', () => {
  assert.equal(admit({ open: true, waiting: 0, maxQueue: 1 }), 'accepted');
  assert.equal(admit({ open: true, waiting: 1, maxQueue: 1 }), 'full');
});

test('takes nothing once it is closed, room or not', () => {
  for (const waiting of [0, 5]) assert.equal(admit({ open: false, waiting, maxQueue: 3 }), 'closed');
});

test('never lets more than maxQueue wait', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(200), (maxQueue, offers) => {
      let waiting = 0;
      for (let offer = 0; offer < offers; offer++)
        if (admit({ open: true, waiting, maxQueue }) === 'accepted') waiting++;
      assert.equal(waiting, Math.min(maxQueue, offers));
    }),
  );
});
