import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FULL_MS, LOW_MS, type Load, MAX_PARCEL, parcelSize, WORTH_MS } from '../../../runtime/attempts/parcel.js';

/** An idle thread with room, a long backlog, short attempts. */
const LOAD: Load = { backlog: 1_000_000, threads: 4, outstanding: 0, outstandingMs: 0, expectedMs: 0.001, room: 1_024 };

const expectedMs = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.constantFrom(0, Number.MIN_VALUE, LOW_MS, FULL_MS, Number.POSITIVE_INFINITY),
);

/** What dispatch can meet: an idle thread has nothing outstanding, a busy one has at least one attempt. */
const load: fc.Arbitrary<Load> = fc
  .record({
    backlog: fc.nat(5_000),
    threads: fc.integer({ min: 1, max: 64 }),
    outstanding: fc.nat(600),
    outstandingMs: fc.double({ min: 0, max: 3 * FULL_MS, noNaN: true }),
    expectedMs,
    room: fc.nat(1_024),
  })
  .map((raw) => ({ ...raw, outstandingMs: raw.outstanding === 0 ? 0 : raw.outstandingMs }));

test('gives a whole number, never below zero, never above room or the longest parcel', () => {
  fc.assert(
    fc.property(load, (view) => {
      const size = parcelSize(view);
      assert.ok(Number.isInteger(size) && size >= 0, `got ${size}`);
      assert.ok(size <= view.room, `${size} of room for ${view.room}`);
      assert.ok(size <= MAX_PARCEL);
    }),
  );
});

test('gives an idle thread at least one attempt whenever there is one and room for it', () => {
  fc.assert(
    fc.property(load, (view) => {
      fc.pre(view.room > 0 && view.backlog > 0);
      assert.ok(parcelSize({ ...view, outstanding: 0, outstandingMs: 0 }) >= 1);
    }),
  );
});

test('lets an attempt of unknown length travel alone, and to nobody who has something', () => {
  fc.assert(
    fc.property(load, (view) => {
      fc.pre(view.room > 0 && view.backlog > 0);
      const unknown = { ...view, expectedMs: Number.POSITIVE_INFINITY };
      assert.equal(parcelSize(unknown), view.outstanding === 0 ? 1 : 0);
    }),
  );
});

test('puts no more on a thread than fills its time, but for the one an idle thread always gets', () => {
  fc.assert(
    fc.property(load, (view) => {
      const size = parcelSize(view);
      fc.pre(size > 1 || (size === 1 && view.outstanding > 0));
      assert.ok(view.outstandingMs + size * view.expectedMs <= FULL_MS * (1 + Number.EPSILON * 8));
    }),
  );
});

test('puts nothing on a busy thread that has enough, nor anything long behind what it has', () => {
  fc.assert(
    fc.property(load, (view) => {
      fc.pre(view.outstanding > 0 && (view.outstandingMs >= LOW_MS || view.expectedMs >= LOW_MS));
      assert.equal(parcelSize(view), 0);
    }),
  );
});

test('leaves the other threads their share of a short backlog, where it is worth being woken for', () => {
  fc.assert(
    fc.property(load, (view) => {
      const size = parcelSize(view);
      const share = Math.ceil(view.backlog / (2 * view.threads));
      assert.ok(size <= Math.max(1, share) || size * view.expectedMs <= WORTH_MS, `${size} of ${view.backlog}`);
    }),
  );
});

test('never gives less of the same attempts for more room, nor for less outstanding', () => {
  fc.assert(
    fc.property(load, fc.nat(100), (view, more) => {
      assert.ok(parcelSize({ ...view, room: view.room + more }) >= parcelSize(view));
      const relieved = { ...view, outstandingMs: view.outstandingMs / 2 };
      assert.ok(parcelSize(relieved) >= parcelSize(view));
    }),
  );
});

test('fills a parcel by time while attempts are short, and by count where they take nothing', () => {
  assert.equal(parcelSize({ ...LOAD, expectedMs: FULL_MS / 16 }), 16);
  assert.equal(parcelSize({ ...LOAD, expectedMs: 0 }), MAX_PARCEL);
  assert.equal(parcelSize({ ...LOAD, expectedMs: 0, room: 3 }), 3);
});

test('sends a lone task at once, however long it is', () => {
  assert.equal(parcelSize({ ...LOAD, backlog: 1, expectedMs: 60_000 }), 1);
});

test('sends nothing without room or without work', () => {
  assert.equal(parcelSize({ ...LOAD, room: 0 }), 0);
  assert.equal(parcelSize({ ...LOAD, backlog: 0 }), 0);
});
