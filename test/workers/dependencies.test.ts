import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import type { CircuitOpenError } from '../../workers/circuit-open-error.js';
import { type Caller, Dependencies } from '../../workers/dependencies.js';
import {
  DependencyTable,
  type DependencyTerms,
  type DependencyWire,
  dependencyBytes,
  holderOf,
} from '../../workers/protocol/dependencies.js';
import { type Deferred, deferred } from '../support/deferred.js';
import { errorOf } from '../support/outcome-of.js';

const BREAKER = { threshold: 0.5, minimumCalls: 2, windowMs: 60_000, breakMs: 600_000, maxBreakMs: 600_000 };
const BILLING: DependencyTerms = { name: 'billing', concurrency: 1, breaker: BREAKER };
const MAIL: DependencyTerms = { name: 'mail', concurrency: 0, breaker: null };
const HERE = holderOf(0, 1);
const THERE = holderOf(1, 1);
/** Any time will do, as long as both sides mean the same. */
const ORIGIN = 12_345_678;

/** One thread's calls, what it told the supervisor, and the table that it shares with others. */
function thread(terms: readonly DependencyTerms[] = [BILLING, MAIL], wire = wireOf(terms), holder = HERE) {
  const said: unknown[] = [];
  const dependencies = new Dependencies({ wire, holder, say: (message) => void said.push(message) });
  return { dependencies, said, wire, table: new DependencyTable(wire) };
}

function wireOf(terms: readonly DependencyTerms[]): DependencyWire {
  return { memory: new SharedArrayBuffer(dependencyBytes(terms)), terms, origin: ORIGIN };
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6 + ORIGIN;
}

interface FakeAttempt extends Caller {
  state: Caller['state'];
  stopReason: { readonly reason: unknown } | undefined;
  called: Set<number> | undefined;
  cancel(reason: unknown): void;
}

function attempt(uses?: readonly number[]): FakeAttempt {
  const controller = new AbortController();
  return {
    id: 42,
    state: 'running',
    signal: controller.signal,
    handler: uses === undefined ? {} : { uses },
    stopReason: undefined,
    called: undefined,
    cancel(reason) {
      this.stopReason = { reason };
      controller.abort(reason);
    },
  };
}

/** Lets everything that is settled be told, wake-ups of shared memory included. */
async function turn(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise((resolve) => setImmediate(resolve));
}

/** A call that is under way until it is told to end. */
function held(
  dependencies: Dependencies,
  name = 'billing',
  caller = attempt(),
): { end: Deferred<void>; call: Promise<void> } {
  const end = deferred();
  return { end, call: dependencies.call(name, () => end.promise, caller) };
}

const throwsNull = (): never => {
  throw null;
};

const fails = (): never => {
  throw new Error('down');
};

/** Opens the circuit of the first dependency; its break is over by now if it began long ago. */
function open(table: DependencyTable, agoMs = 0): void {
  for (let call = 0; call < BREAKER.minimumCalls; call++) table.record(0, 'failed', false, now() - agoMs, 0);
}

test('gives back what the call returned, awaited or not', async () => {
  const { dependencies } = thread();
  const value = { an: 'object' };
  assert.equal(await dependencies.call('billing', () => value, attempt()), value);
  assert.equal(await dependencies.call('billing', () => Promise.resolve(value), attempt()), value);
});

test('throws what the call threw, unchanged', async () => {
  const { dependencies } = thread();
  const error = new Error('down');
  for (const fn of [
    () => Promise.reject(error),
    () => {
      throw error;
    },
  ]) {
    await assert.rejects(dependencies.call('mail', fn, attempt()), (thrown) => thrown === error);
  }
  await assert.rejects(dependencies.call('mail', throwsNull, attempt()), (it) => it === null);
});

test('calls at once, in the same turn, where nothing keeps it', async () => {
  const { dependencies } = thread();
  let calls = 0;
  const call = dependencies.call('billing', () => calls++, attempt());
  assert.equal(calls, 1);
  await call;
});

test('refuses a name that is none of the supervisor’s dependencies, and lists those there are', async () => {
  const caller = attempt();
  await assert.rejects(
    thread().dependencies.call('biling', () => 1, caller),
    {
      name: 'RangeError',
      code: 'PLUSTWO_BAD_OPTION',
      option: 'dependencies',
      dependency: 'biling',
      message: /got "biling"; .* names billing, mail$/,
    },
  );
  const nothing = new Dependencies({ wire: undefined, holder: HERE, say: () => undefined });
  await assert.rejects(
    nothing.call('billing', () => 1, caller),
    { code: 'PLUSTWO_BAD_OPTION', message: /names none$/ },
  );
  await assert.rejects(
    nothing.call(Symbol('x') as never, () => 1, caller),
    { message: /got "Symbol\(x\)"/ },
  );
  assert.equal(caller.called, undefined);
});

test('refuses what is no function, and a call after the attempt has ended', async () => {
  const { dependencies, table } = thread();
  await assert.rejects(dependencies.call('billing', 7 as never, attempt()), {
    name: 'TypeError',
    message: /got number/,
  });
  const ended = attempt();
  ended.state = 'ended';
  await assert.rejects(
    dependencies.call('billing', () => 1, ended),
    /task 42 has ended; billing was not called/,
  );
  assert.equal(table.calls(0), 0);
});

test('holds a permit for as long as the call is under way, however it ends', async () => {
  const { dependencies, table } = thread();
  const running = (): number => table.figures(0, now()).running;
  const { end, call } = held(dependencies);
  assert.equal(running(), 1);
  end.resolve();
  await call;
  assert.equal(running(), 0);
  await assert.rejects(dependencies.call('billing', fails, attempt()));
  assert.equal(running(), 0);
});

test('says nothing to the supervisor while circuits stay as they are and nobody is parked', async () => {
  const { dependencies, said, table } = thread();
  for (let call = 0; call < 10; call++) await dependencies.call('billing', () => call, attempt());
  await assert.rejects(dependencies.call('billing', fails, attempt()));
  assert.deepEqual(said, []);
  assert.equal(table.calls(0), 11);
});

test('rings the supervisor when a permit is released that tasks are parked for', async () => {
  const { dependencies, said, table } = thread();
  for (const index of [0, 1]) table.setParked(index, 1);
  await dependencies.call('billing', () => 1, attempt());
  await dependencies.call('mail', () => 1, attempt());
  assert.deepEqual(said, [{ type: 'released', dependency: 0 }]);
});

test('notes which dependencies an attempt has called', async () => {
  const { dependencies, table } = thread();
  const caller = attempt();
  await dependencies.call('mail', () => 1, caller);
  await dependencies.call('mail', () => 1, caller);
  assert.deepEqual([...(caller.called ?? [])], [1]);
  open(table);
  await assert.rejects(dependencies.call('billing', () => 1, caller));
  assert.deepEqual([...(caller.called ?? [])], [1]);
});

test('lets calls of a thread pass first come first served, no more at once than may be', async () => {
  const { dependencies, table } = thread([{ ...BILLING, concurrency: 3 }]);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const calls = Array.from({ length: 30 }, (_, number) =>
    dependencies.call(
      'billing',
      async () => {
        order.push(number);
        most = Math.max(most, ++inside);
        await turn();
        inside--;
      },
      attempt(),
    ),
  );
  await turn();
  assert.ok(table.waiting(0) > 0);
  await Promise.all(calls);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual([order.length, most, table.waiting(0), table.figures(0, now()).running], [30, 3, 0, 0]);
});

test('who comes later does not overtake who waits', async () => {
  const { dependencies } = thread();
  const order: string[] = [];
  const first = held(dependencies);
  const waiting = dependencies.call('billing', () => order.push('waited'), attempt());
  await turn();
  first.end.resolve();
  await first.call;
  const late = dependencies.call('billing', () => order.push('came later'), attempt());
  await Promise.all([waiting, late]);
  assert.deepEqual(order, ['waited', 'came later']);
});

test('a permit released in one thread goes to who waits in another', async () => {
  const one = thread();
  const other = thread(undefined, one.wire, THERE);
  const first = held(one.dependencies);
  const calls = [other, one, other].map(({ dependencies }) => dependencies.call('billing', () => 1, attempt()));
  await turn();
  assert.equal(one.table.waiting(0), 3);
  first.end.resolve();
  await Promise.all([first.call, ...calls]);
  assert.deepEqual([one.table.waiting(0), one.table.figures(0, now()).running], [0, 0]);
});

test('a thread that dies with permits gives them to who waits elsewhere', async () => {
  const dying = thread();
  const other = thread(undefined, dying.wire, THERE);
  held(dying.dependencies);
  const call = other.dependencies.call('billing', () => 'served', attempt());
  await turn();
  other.table.retire(HERE, now());
  assert.equal(await call, 'served');
});

test('ends the wait of a cancelled attempt with its reason, and passes it over', async () => {
  const { dependencies, table } = thread();
  const first = held(dependencies);
  const leaving = attempt();
  const left = dependencies.call('billing', () => assert.fail('was called'), leaving);
  const next = dependencies.call('billing', () => 'next', attempt());
  await turn();
  const reason = new Error('changed my mind');
  leaving.cancel(reason);
  await assert.rejects(left, (error) => error === reason);
  assert.equal(table.waiting(0), 1);
  first.end.resolve();
  assert.equal(await next, 'next');
  assert.equal(table.calls(0), 2);
});

test('serves who comes after everybody who waited has left', async () => {
  const { dependencies } = thread();
  const first = held(dependencies);
  const leaving = attempt();
  const left = dependencies.call('billing', () => 1, leaving);
  await turn();
  leaving.cancel(new Error('gone'));
  await assert.rejects(left);
  const next = dependencies.call('billing', () => 'next', attempt());
  await turn();
  first.end.resolve();
  assert.equal(await next, 'next');
});

test('leaves no listener on the signal of an attempt that waited', async () => {
  const { dependencies } = thread();
  const first = held(dependencies);
  const caller = attempt();
  const call = dependencies.call('billing', () => 1, caller);
  await turn();
  assert.equal(getEventListeners(caller.signal, 'abort').length, 1);
  first.end.resolve();
  await call;
  assert.equal(getEventListeners(caller.signal, 'abort').length, 0);
});

test('does not wait for an attempt that is cancelled already, but calls where it need not wait', async () => {
  const { dependencies } = thread();
  const caller = attempt();
  caller.cancel(new Error('enough'));
  assert.equal(await dependencies.call('billing', () => 'to clean up', caller), 'to clean up');
  const first = held(dependencies);
  await assert.rejects(
    dependencies.call('billing', () => 1, caller),
    { message: 'enough' },
  );
  first.end.resolve();
  await first.call;
});

test('gives the permit on when the attempt that waited for it has ended meanwhile', async () => {
  const { dependencies, table } = thread();
  const first = held(dependencies);
  const ended = attempt();
  const call = dependencies.call('billing', () => assert.fail('was called'), ended);
  const next = dependencies.call('billing', () => 'next', attempt());
  await turn();
  ended.state = 'ended';
  first.end.resolve();
  await assert.rejects(call, /task 42 has ended/);
  assert.equal(await next, 'next');
  assert.equal(table.figures(0, now()).running, 0);
});

test('does not call a dependency whose circuit is open, and says when to come back', async () => {
  const { dependencies, table, said } = thread();
  open(table);
  const call = dependencies.call('billing', () => assert.fail('was called'), attempt());
  const error = (await errorOf(call)) as Error & { retryAfterMs: number };
  const { name, retryAfterMs } = error;
  assert.equal(name, 'CircuitOpenError');
  assert.deepEqual({ ...error, name }, { name, code: 'PLUSTWO_CIRCUIT_OPEN', dependency: 'billing', retryAfterMs });
  assert.ok(retryAfterMs > 0 && retryAfterMs <= 300_001, String(retryAfterMs));
  assert.deepEqual([table.calls(0), table.figures(0, now()).running, said.length], [0, 0, 0]);
});

test('tells the supervisor when calls that failed have opened the circuit', async () => {
  const { dependencies, said } = thread();
  await assert.rejects(dependencies.call('billing', fails, attempt()), { message: 'down' });
  assert.deepEqual(said, []);
  await assert.rejects(dependencies.call('billing', () => Promise.reject(new Error('down')), attempt()));
  const moves = said.map((message) => (message as { change: { retryAfterMs: number } }).change);
  const retryAfterMs = moves[0]?.retryAfterMs;
  assert.deepEqual(moves, [{ dependency: 0, state: 'open', moves: 1, calls: 2, failures: 2, retryAfterMs }]);
  await assert.rejects(dependencies.call('billing', fails, attempt()), { code: 'PLUSTWO_CIRCUIT_OPEN' });
});

test('turns away those who wait when the circuit opens, also in other threads', async () => {
  const one = thread();
  const other = thread(undefined, one.wire, THERE);
  const first = held(one.dependencies);
  const waiting = [one, other, other].map(({ dependencies }) =>
    dependencies.call('billing', () => assert.fail('was called'), attempt()),
  );
  await turn();
  open(one.table);
  for (const call of waiting) await assert.rejects(call, { code: 'PLUSTWO_CIRCUIT_OPEN' });
  assert.equal(one.table.waiting(0), 0);
  first.end.resolve();
  await first.call;
});

test('asks the circuit again once it has waited', async () => {
  const { dependencies, table } = thread();
  const first = held(dependencies);
  const second = dependencies.call('billing', fails, attempt());
  const third = dependencies.call('billing', () => assert.fail('was called'), attempt());
  const calls = Promise.allSettled([first.call, second, third]);
  await turn();
  first.end.resolve();
  const ends = (await calls).map((call) => (call.status === 'rejected' ? String(call.reason) : 'ok'));
  assert.deepEqual(ends.slice(0, 2), ['ok', 'Error: down']);
  assert.match(ends[2] ?? '', /^CircuitOpenError: /);
  assert.equal(table.figures(0, now()).running, 0);
});

test('an attempt knows what it was told itself: at once, in line, or when its turn had come', async () => {
  const { dependencies, table } = thread();
  const first = held(dependencies);
  const failing = dependencies.call('billing', fails, attempt());
  const [inTurn, inLine, atOnce] = [attempt(), attempt(), attempt()];
  const calls = [inTurn, inLine].map((caller) => errorOf(dependencies.call('billing', () => 1, caller)));
  await turn();
  await assert.rejects(dependencies.call('mail', fails, inLine));
  // The circuit is open when the second call fails: the third is refused with its permit in hand, or where it stands.
  table.record(0, 'failed', false, now(), 0);
  first.end.resolve();
  await Promise.all([first.call, assert.rejects(failing)]);
  const errors = [...(await Promise.all(calls)), await errorOf(dependencies.call('billing', () => 1, atOnce))];
  for (const [place, caller] of [inTurn, inLine, atOnce].entries()) {
    const error = errors[place] as CircuitOpenError;
    assert.equal(error.code, 'PLUSTWO_CIRCUIT_OPEN');
    assert.equal(caller.refusals?.has(error), true);
  }
  const refused = errors[2] as CircuitOpenError;
  assert.equal(inTurn.refusals?.has(refused), false, 'another one was told that');
  // What a call throws that was made is nothing this attempt was told, whatever it is.
  const careless = attempt();
  await assert.rejects(dependencies.call('mail', () => Promise.reject(refused), careless));
  assert.equal(careless.refusals, undefined);
});

test('the first call after the break is the probe, tells of it, and closes the circuit if it goes well', async () => {
  const { dependencies, table, said } = thread([{ ...BILLING, concurrency: 5 }]);
  open(table, 700_000);
  const probe = held(dependencies);
  await assert.rejects(
    dependencies.call('billing', () => 1, attempt()),
    { code: 'PLUSTWO_CIRCUIT_OPEN' },
  );
  probe.end.resolve();
  await probe.call;
  const moves = (said as { change: object }[]).map(({ change }) => change);
  assert.deepEqual(moves, [
    { dependency: 0, state: 'half-open', moves: 2, calls: 0, failures: 0, retryAfterMs: null },
    { dependency: 0, state: 'closed', moves: 3, calls: 1, failures: 0, retryAfterMs: null },
  ]);
  assert.equal(await dependencies.call('billing', () => 'again', attempt()), 'again');
});

test('a probe that was cancelled is given back: the next call tries', async () => {
  const { dependencies, table } = thread();
  open(table, 700_000);
  const caller = attempt();
  const probe = held(dependencies, 'billing', caller);
  caller.cancel(new Error('enough'));
  probe.end.reject(new Error('aborted'));
  await assert.rejects(probe.call, { message: 'aborted' });
  assert.deepEqual(table.circuit(0, now()), { state: 'open', retryAfterMs: 0 });
  assert.equal(await dependencies.call('billing', () => 'tried', attempt()), 'tried');
  assert.equal(table.circuit(0, now()).state, 'closed');
});

for (const [reason, counts] of [
  [new Error('changed my mind'), false],
  [Object.assign(new Error('closed'), { code: 'PLUSTWO_CLOSED' }), false],
  [null, false],
  [undefined, false],
  [Object.assign(new Error('too long'), { code: 'PLUSTWO_TIMED_OUT' }), true],
] as const) {
  const why = reason instanceof Error ? reason.message : String(reason);
  test(`a call cut off because its attempt was stopped (${why}) ${counts ? 'counts as failed' : 'counts for nothing'}`, async () => {
    const { dependencies, table } = thread();
    const caller = attempt();
    const { end, call } = held(dependencies, 'billing', caller);
    caller.cancel(reason);
    end.reject(new Error('aborted'));
    await assert.rejects(call, { message: 'aborted' });
    const { calls, failures } = table.figures(0, now());
    assert.deepEqual([calls, failures], counts ? [1, 1] : [0, 0]);
  });
}

test('a call that ended well although its attempt was stopped counts as what it was', async () => {
  const { dependencies, table } = thread();
  const caller = attempt();
  const { end, call } = held(dependencies, 'billing', caller);
  caller.cancel(new Error('enough'));
  end.resolve();
  await call;
  assert.deepEqual(table.figures(0, now()).calls, 1);
});

test('only calls where the whole attempt uses the dependency: its permit is held and its outcome counted already', async () => {
  const { dependencies, table, said } = thread();
  const permit = table.take(0, HERE);
  open(table);
  const caller = attempt([0]);
  assert.equal(await dependencies.call('billing', () => 'through', caller), 'through');
  await assert.rejects(dependencies.call('billing', fails, caller), { message: 'down' });
  assert.deepEqual([table.calls(0), said.length, caller.called], [0, 0, undefined]);
  assert.equal(table.figures(0, now()).running, 1);
  table.release(0, permit);
});
