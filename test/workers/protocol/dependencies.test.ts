import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  type BreakerTerms,
  DependencyTable,
  type DependencyTerms,
  dependencyBytes,
  holderOf,
  MOST_PERMITS,
  NEEDS_NONE,
  NO_PERMIT,
} from '../../../workers/protocol/dependencies.js';
import { Book, type HammerData } from '../../fixtures/dependencies/book.js';

const BREAKER: BreakerTerms = {
  threshold: 0.5,
  minimumCalls: 2,
  windowMs: 10_000,
  breakMs: 10_000,
  maxBreakMs: 30_000,
};
const A = holderOf(0, 1);
const B = holderOf(1, 1);

function terms(of: Partial<DependencyTerms> = {}): DependencyTerms {
  return { name: 'billing', concurrency: 2, breaker: BREAKER, ...of };
}

/** Two views of one table, as the supervisor and a thread have them. */
function tables(...all: DependencyTerms[]): { here: DependencyTable; there: DependencyTable } {
  const wire = { memory: new SharedArrayBuffer(dependencyBytes(all)), terms: all };
  return { here: new DependencyTable(wire), there: new DependencyTable(wire) };
}

test('holders are never 0, and no two threads have the same', () => {
  const holders = [1, 2, 3].flatMap((generation) => [0, 1, 1_022, 1_023].map((slot) => holderOf(slot, generation)));
  assert.equal(new Set(holders).size, holders.length);
  assert.ok(holders.every((holder) => holder > 0));
});

test('finds a dependency by its name', () => {
  const { here } = tables(terms(), terms({ name: 'mail' }));
  assert.deepEqual([here.indexOf('billing'), here.indexOf('mail'), here.indexOf('bill')], [0, 1, -1]);
});

test('refuses an index that is none', () => {
  const { here } = tables(terms());
  assert.throws(() => here.calls(1), { name: 'RangeError', message: 'Expected an index below 1, got 1' });
});

test('keeps dependencies apart', () => {
  const { here, there } = tables(terms(), terms({ name: 'mail', concurrency: 1 }), terms({ name: 'print' }));
  here.take(1, A);
  here.called(1);
  for (const how of ['failed', 'failed'] as const) here.record(1, how, false, 0, 0);
  here.setParked(1, 3);
  here.setWaiting(1, A, 4);
  const figures = { state: 'closed', running: 0, failures: 0, calls: 0, retryAfterMs: null };
  for (const index of [0, 2]) {
    assert.deepEqual(there.figures(index, 0), figures);
    const counts = [there.calls(index), there.failures(index), there.parked(index), there.waiting(index)];
    assert.deepEqual(counts, [0, 0, 0, 0]);
    assert.ok(there.take(index, A) >= 0);
  }
  assert.deepEqual(there.figures(1, 0), { state: 'open', running: 1, failures: 2, calls: 2, retryAfterMs: 5_000 });
  assert.deepEqual([there.calls(1), there.failures(1), there.parked(1)], [1, 2, 3]);
  assert.deepEqual([there.waiting(1), there.take(1, A)], [4, NO_PERMIT]);
});

test('without a limit nothing is taken, and releasing it does nothing', () => {
  const { here } = tables(terms({ concurrency: 0 }), terms({ concurrency: 1 }));
  for (let call = 0; call < 10; call++) assert.equal(here.take(0, A), NEEDS_NONE);
  const permit = here.take(1, A);
  here.release(0, NEEDS_NONE);
  here.release(1, NEEDS_NONE);
  assert.deepEqual([here.figures(0, 0).running, here.figures(1, 0).running], [0, 1]);
  here.release(1, permit);
  assert.equal(here.figures(1, 0).running, 0);
});

test('without a circuit every call goes, and none is judged', () => {
  const { here } = tables(terms({ breaker: null }));
  for (let call = 0; call < 100; call++) {
    assert.equal(here.admit(0, A, call), 'go');
    assert.equal(here.record(0, 'failed', false, call, 0), undefined);
  }
  assert.deepEqual(here.circuit(0, 100), { state: 'closed', retryAfterMs: 0 });
  const never = { dependency: 0, state: 'closed', moves: 0, calls: 0, failures: 0, retryAfterMs: null };
  assert.deepEqual(here.lastMove(0, 100), never);
});

test('counts the calls that are made, whoever makes them, and not those let go only', () => {
  const { here, there } = tables(terms({ breaker: { ...BREAKER, minimumCalls: 1 } }));
  assert.equal(here.admit(0, A, 0), 'go');
  assert.equal(here.calls(0), 0);
  for (const table of [here, there, here]) table.called(0);
  assert.deepEqual([here.calls(0), there.calls(0)], [3, 3]);
});

test('a call that was cancelled counts for nothing', () => {
  const { here } = tables(terms());
  for (let call = 0; call < 10; call++) assert.equal(here.record(0, 'neither', false, 0, 0), undefined);
  assert.deepEqual(here.figures(0, 0).calls, 0);
});

test('tells which dependency’s circuit has moved', () => {
  const { here } = tables(terms(), terms({ breaker: { ...BREAKER, minimumCalls: 1 } }));
  const opened = { dependency: 1, state: 'open', moves: 1, calls: 1, failures: 1, retryAfterMs: 5_000 };
  assert.deepEqual(here.record(1, 'failed', false, 0, 0), opened);
  here.admit(1, A, 5_000);
  const closed = { dependency: 1, state: 'closed', moves: 3, calls: 1, failures: 0, retryAfterMs: null };
  assert.deepEqual(here.record(1, 'ok', true, 5_000, 0), closed);
  assert.deepEqual(here.lastMove(1, 5_000), { ...closed, calls: 0 });
});

test('without a holder the probe is whoever’s has it; with one it is that holder’s or nobody’s', () => {
  const { here, there } = tables(terms({ breaker: { ...BREAKER, minimumCalls: 1 } }));
  here.record(0, 'failed', false, 0, 0);
  here.admit(0, A, 5_000);
  assert.equal(there.record(0, 'ok', true, 5_000, 0, B), undefined);
  assert.equal(there.record(0, 'ok', true, 5_000, 0)?.state, 'closed');
});

test('a thread that is gone holds and waits for nothing, and its neighbour keeps what it has', () => {
  const { here, there } = tables(terms({ breaker: { ...BREAKER, minimumCalls: 1 } }), terms({ name: 'mail' }));
  here.record(0, 'failed', false, 0, 0);
  for (const index of [0, 1]) {
    here.take(index, A);
    here.take(index, B);
    here.setWaiting(index, A, 5);
    here.setWaiting(index, B, 7);
  }
  here.admit(0, A, 5_000);
  there.retire(A, 5_000);
  for (const index of [0, 1]) {
    assert.equal(there.figures(index, 5_000).running, 1);
    assert.equal(there.waiting(index), 7);
  }
  assert.equal(there.admit(0, B, 5_000), 'probe');
});

test('a thread that follows another in its slot is not taken for it', () => {
  const { here } = tables(terms());
  const [before, after] = [holderOf(7, 4), holderOf(7, 5)];
  for (const holder of [before, after]) {
    here.take(0, holder);
    here.setWaiting(0, holder, 2);
  }
  here.retire(before, 0);
  assert.deepEqual([here.figures(0, 0).running, here.waiting(0)], [1, 2]);
  here.retire(after, 0);
  assert.deepEqual([here.figures(0, 0).running, here.waiting(0)], [0, 0]);
});

test('who waits for a permit is woken by one that is released, and by a circuit that moves', async () => {
  const { here, there } = tables(terms({ concurrency: 1, breaker: { ...BREAKER, minimumCalls: 1 } }));
  const permit = here.take(0, A);
  const forPermit = there.whenFreed(0, there.freed(0));
  here.release(0, permit);
  await forPermit;
  const forCircuit = there.whenFreed(0, there.freed(0));
  here.record(0, 'failed', false, 0, 0);
  await forCircuit;
  assert.ok(forPermit !== undefined && forCircuit !== undefined);
});

test('has room for the largest limit there is', () => {
  const { here } = tables(terms(), terms({ name: 'wide', concurrency: MOST_PERMITS }));
  let last = NO_PERMIT;
  for (let call = 0; call < MOST_PERMITS; call++) last = here.take(1, holderOf(1_023, 1_000));
  assert.ok(Number.isSafeInteger(last));
  assert.equal(here.take(1, A), NO_PERMIT);
  here.release(1, last);
  assert.equal(here.figures(1, 0).running, MOST_PERMITS - 1);
  assert.ok(here.take(1, A) >= 0);
});

test('threads that call as fast as they can are never more inside than the limit, and never two probe', async () => {
  const breaker: BreakerTerms = { threshold: 0.4, minimumCalls: 10, windowMs: 1_000, breakMs: 1, maxBreakMs: 2 };
  const all = [terms({ concurrency: 2, breaker })];
  const memory = new SharedArrayBuffer(dependencyBytes(all));
  const books = new Int32Array(new SharedArrayBuffer(8 * 4));
  const calls = 500;
  const threads = [0, 1, 2].map((slot) => {
    const workerData: HammerData = { memory, terms: all, holder: holderOf(slot, 1), calls, books };
    return new Worker(new URL('../../fixtures/dependencies/hammer.js', import.meta.url), { workerData });
  });
  const codes = await Promise.all(threads.map(async (thread) => (await once(thread, 'exit')) as [number]));
  assert.deepEqual(codes.flat(), [0, 0, 0]);
  const table = new DependencyTable({ memory, terms: all });
  assert.deepEqual([books[Book.calls], table.calls(0)], [3 * calls, 3 * calls]);
  assert.ok((books[Book.most] ?? 0) <= 2 && (books[Book.mostProbing] ?? 0) <= 1, books.join());
  assert.ok((books[Book.opened] ?? 0) > 0 && (books[Book.closed] ?? 0) > 0, books.join());
  assert.equal(books[Book.late], 0, 'opened on fewer calls than the minimum');
  assert.equal(table.figures(0, 0).running, 0);
});
