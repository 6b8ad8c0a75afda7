import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CircuitOpenError, type MapItem, type Supervisor, TimedOutError } from '../../../runtime/index.js';
import { deferred } from '../../support/deferred.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { withSupervisor } from '../../support/with-supervisor.js';

type Gated = typeof import('../../fixtures/handlers/gated.js');

const MARKED_EARLY = 0;
const MARKED_LATE = 1;
/** What the fixture uses. */
const KNOWN = { narrow: {}, flaky: {} };
/** A circuit that opens at the second failure, and soon tries again; */
const TOUCHY = { minimumCalls: 2, break: 200, maxBreak: 200 };
/** and one that stays open for longer than any test. */
const LASTING = { minimumCalls: 2, break: '1h', maxBreak: '1h' } as const;
const HOUR_MS = 3_600_000;

function counted(): { words: Int32Array; inside: Int32Array; gate: Gate } {
  const gate = new Gate();
  return { gate, words: gate.words, inside: new Int32Array(new SharedArrayBuffer(8)) };
}

test('no more attempts of a task run at once than its limit, in all threads, and others go past', async () => {
  await withSupervisor({ threads: 3, dependencies: KNOWN }, async (supervisor) => {
    const { narrow, markIo } = await supervisor.load<Gated>(fixture('gated'));
    const { gate, words, inside } = counted();
    const all = Array.from({ length: 7 }, () => narrow({ words, inside }));
    await gate.arrived(2);
    await markIo({ words, place: MARKED_EARLY });
    assert.equal(supervisor.snapshot().lanes.io.queued, 5);
    gate.open();
    await Promise.all(all);
    assert.equal(inside[1], 2);
  });
});

test('a dependency has no more attempts of all tasks and kinds that use it than its concurrency', async () => {
  await withSupervisor({ threads: 4, dependencies: { ...KNOWN, narrow: { concurrency: 3 } } }, async (supervisor) => {
    const { useIo, useCpu } = await supervisor.load<Gated>(fixture('gated'));
    const { gate, words, inside } = counted();
    const all = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? useIo : useCpu)({ words, inside }));
    await gate.arrived(3);
    const { narrow } = supervisor.snapshot().dependencies;
    assert.deepEqual([narrow?.concurrency, narrow?.running], [3, 3]);
    assert.ok((narrow?.waiting ?? 0) > 0);
    gate.open();
    await Promise.all(all);
    assert.equal(inside[1], 3);
    const after = supervisor.snapshot().dependencies.narrow;
    assert.deepEqual([after?.running, after?.waiting, after?.state], [0, 0, 'closed']);
  });
});

test('parked tasks are stopped at once', async () => {
  await withSupervisor({ threads: 1, limit: 1, dependencies: KNOWN }, async (supervisor) => {
    const { narrow, markIo } = await supervisor.load<Gated>(fixture('gated'));
    const { gate, words, inside } = counted();
    const running = [narrow({ words, inside }), narrow({ words, inside })];
    await gate.arrived(2);
    const abort = new AbortController();
    const aborted = assert.rejects(narrow({ words, inside }, { signal: abort.signal }), /no longer wanted/);
    const late = assert.rejects(narrow({ words, inside }, { deadline: 1 }), {
      code: 'PLUSTWO_TIMED_OUT',
      limit: 'deadline',
      started: false,
    });
    await markIo({ words, place: MARKED_EARLY });
    abort.abort(new Error('no longer wanted'));
    await Promise.all([aborted, late]);
    gate.open();
    await Promise.all(running);
  });
});

test('an open circuit turns a call away at once', async () => {
  await withSupervisor({ threads: 2, dependencies: { ...KNOWN, flaky: { breaker: LASTING } } }, async (supervisor) => {
    const { useFlaky } = await supervisor.load<Gated>(fixture('gated'));
    const open = stateReached(supervisor, 'open');
    for (let count = 0; count < 2; count++) await assert.rejects(useFlaky(true), /it is down/);
    await open;
    const error: unknown = await useFlaky(false).catch((reason: unknown) => reason);
    assert.ok(error instanceof CircuitOpenError, String(error));
    assert.equal(error.dependency, 'flaky');
    assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= HOUR_MS, String(error.retryAfterMs));
  });
});

test('an open circuit lets map wait, and closes again after one good attempt', async () => {
  await withSupervisor({ threads: 2, dependencies: { ...KNOWN, flaky: { breaker: TOUCHY } } }, async (supervisor) => {
    const { useFlaky } = await supervisor.load<Gated>(fixture('gated'));
    const states = statesOf(supervisor);
    const open = stateReached(supervisor, 'open');
    for (let count = 0; count < 2; count++) await assert.rejects(useFlaky(true), /it is down/);
    await open;
    const items: MapItem<boolean, string>[] = [];
    for await (const item of useFlaky.map([false, false, false])) items.push(item);
    assert.deepEqual(
      items.map((item) => (item.status === 'ok' ? item.value : item.error)),
      ['up', 'up', 'up'],
    );
    assert.deepEqual(
      items.map(({ usage }) => usage.attempts),
      [1, 1, 1],
    );
    assert.deepEqual(states, ['open', 'half-open', 'closed']);
  });
});

test('a task past its deadline is not started by a thread either, while the supervisor is busy', async () => {
  await withSupervisor({ threads: 1, dependencies: KNOWN }, async (supervisor) => {
    const { blockIo, markIo } = await supervisor.load<Gated>(fixture('gated'));
    const { gate, words } = counted();
    await markIo({ words, place: MARKED_EARLY });
    const blocking = blockIo({ words });
    await gate.arrived();
    const deadline = 20;
    const late = markIo({ words, place: MARKED_LATE }, { deadline });
    const inTime = markIo({ words, place: MARKED_EARLY });
    const outcome = late.catch((reason: unknown) => reason);
    await nextTurn();
    // From here on this thread is busy, and no timer of its fires.
    const until = performance.now() + deadline + 1;
    while (performance.now() < until) Atomics.load(words, 0);
    gate.open();
    gate.waitMarked(2, MARKED_EARLY);
    assert.equal(gate.marks(MARKED_LATE), 0, 'it has run');
    const error = await outcome;
    assert.ok(error instanceof TimedOutError, String(error));
    assert.deepEqual([error.limit, error.limitMs, error.started], ['deadline', deadline, false]);
    await Promise.all([blocking, inTime]);
  });
});

test('a task that uses what the supervisor does not know is refused when it is loaded', async () => {
  await withSupervisor({ threads: 1, dependencies: { narrow: {} } }, async (supervisor) => {
    await assert.rejects(supervisor.load(fixture('gated')), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /options of its task useFlaky: .*\('narrow'\), got 'flaky'/);
      return true;
    });
  });
});

function statesOf(supervisor: Supervisor): string[] {
  const states: string[] = [];
  supervisor.on('circuit', ({ state }) => states.push(state));
  return states;
}

function stateReached(supervisor: Supervisor, wanted: string): Promise<void> {
  const reached = deferred();
  supervisor.on('circuit', ({ state }) => {
    if (state === wanted) reached.resolve();
  });
  return reached.promise;
}
