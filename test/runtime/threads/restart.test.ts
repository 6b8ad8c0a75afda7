import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { RestartIntensity } from '../../../runtime/threads/restart.js';

const LIMITS = { intensity: 2, period: 1_000, total: 5 };

test('restarts as often as the slot is allowed to die, and gives up at the next death', () => {
  const record = new RestartIntensity(LIMITS);
  assert.equal(record.died(0, 0).next, 'restart');
  assert.equal(record.died(0, 1).next, 'restart');
  const verdict = record.died(0, 2);
  assert.ok(verdict.next === 'give-up');
  assert.match(verdict.why, /3 deaths in slot 0 within 1000 ms, 2 are allowed/);
});

test('counts slots apart', () => {
  const record = new RestartIntensity(LIMITS);
  for (const slot of [0, 1, 0, 1]) assert.equal(record.died(slot, 0).next, 'restart');
  assert.equal(record.died(1, 0).next, 'give-up');
});

test('gives up when all slots together die too often', () => {
  const record = new RestartIntensity(LIMITS);
  for (const slot of [0, 1, 2, 3, 4]) assert.equal(record.died(slot, slot).next, 'restart');
  const verdict = record.died(5, 5);
  assert.ok(verdict.next === 'give-up');
  assert.match(verdict.why, /6 deaths in all within 1000 ms, 5 are allowed/);
});

test('forgets deaths that lie a period back', () => {
  const record = new RestartIntensity(LIMITS);
  for (let at = 0; at < 20_000; at += 500) assert.equal(record.died(0, at).next, 'restart', `at ${at}`);
  assert.equal(record.died(0, 19_999).next, 'give-up');
});

test('gives up at the first death where none is allowed', () => {
  assert.equal(new RestartIntensity({ ...LIMITS, intensity: 0 }).died(0, 0).next, 'give-up');
  assert.equal(new RestartIntensity({ ...LIMITS, total: 0 }).died(0, 0).next, 'give-up');
});

test("an attempt that went well clears its slot's count and the total, and no other slot's", () => {
  const record = new RestartIntensity(LIMITS);
  for (const slot of [0, 0, 1, 1, 2]) record.died(slot, 0);
  record.worked(0);
  assert.equal(record.died(0, 1).next, 'restart');
  assert.equal(record.died(0, 1).next, 'restart');
  assert.equal(record.died(1, 1).next, 'give-up');
});

test("an attempt that went well clears its slot's count also when another slot's has cleared the total before", () => {
  const record = new RestartIntensity(LIMITS);
  record.died(0, 0);
  record.died(0, 0);
  record.worked(1);
  record.worked(0);
  assert.equal(record.died(0, 1).next, 'restart');
});

type Event = { readonly slot: number; readonly ms: number; readonly died: boolean };

const event: fc.Arbitrary<Event> = fc.record({ slot: fc.nat(3), ms: fc.nat(60), died: fc.boolean() });

test('gives up exactly when more deaths lie within the period than are allowed', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), (events) => {
      const record = new RestartIntensity(LIMITS);
      // All that has happened, and nothing thrown away.
      let own: { slot: number; at: number }[] = [];
      let all: number[] = [];
      let now = 0;
      for (const { slot, ms, died } of events) {
        now += ms;
        if (!died) {
          record.worked(slot);
          own = own.filter((death) => death.slot !== slot);
          all = [];
          continue;
        }
        own.push({ slot, at: now });
        all.push(now);
        const inSlot = own.filter((death) => death.slot === slot && death.at > now - LIMITS.period).length;
        const inAll = all.filter((at) => at > now - LIMITS.period).length;
        const expected = inSlot > LIMITS.intensity || inAll > LIMITS.total ? 'give-up' : 'restart';
        assert.equal(record.died(slot, now).next, expected);
      }
    }),
  );
});
