import assert from 'node:assert/strict';
import test from 'node:test';
import { type BreakerTerms, CIRCUIT_WORDS, Circuit, type CircuitMove } from '../../../workers/protocol/circuit.js';
import { Chance } from '../../simulation/seeded.js';
import { interposed } from '../../support/interposed.js';

const TERMS: BreakerTerms = { threshold: 0.5, minimumCalls: 4, windowMs: 10_000, breakMs: 10_000, maxBreakMs: 30_000 };
const A = 1_025;
const B = 1_026;

/** Views of one circuit, as two threads have them, and its memory. */
function circuit(terms: Partial<BreakerTerms> = {}): { here: Circuit; there: Circuit; words: BigUint64Array } {
  const words = new BigUint64Array(new SharedArrayBuffer(CIRCUIT_WORDS * 8));
  const all = { ...TERMS, ...terms };
  return { here: new Circuit(words, all), there: new Circuit(words, all), words };
}

/** Records calls by their first letters, `f` for failed and `o` for ok; what each led to. */
function record(of: Circuit, calls: string, now: number, random = 0): (CircuitMove | undefined)[] {
  return [...calls].map((call) => of.record(call === 'f', now, random));
}

/** A circuit that opened at `now`, for 5 s. */
function opened(now: number, terms: Partial<BreakerTerms> = {}): ReturnType<typeof circuit> {
  const made = circuit({ minimumCalls: 1, ...terms });
  assert.equal(record(made.here, 'f', now)[0]?.state, 'open');
  return made;
}

test('lets every call go while it is closed', () => {
  const { here, there } = circuit();
  assert.deepEqual([here.admit(A, 0), there.admit(B, 0), here.admit(A, 1e9)], ['go', 'go', 'go']);
  assert.deepEqual(there.look(0), { state: 'closed', retryAfterMs: 0 });
});

test('never opens on fewer calls than the minimum, however many of them fail', () => {
  const { here } = circuit({ minimumCalls: 20 });
  assert.deepEqual(record(here, 'f'.repeat(19), 0), Array.from({ length: 19 }));
  assert.equal(here.look(0).state, 'closed');
  assert.deepEqual(record(here, 'f', 0), [{ state: 'open', moves: 1, calls: 20, failures: 20, retryAfterMs: 5_000 }]);
});

test('opens at the failure with which the share is reached, and not before', () => {
  const { here, there } = circuit();
  assert.deepEqual(record(here, 'oooof', 0), Array.from({ length: 5 }));
  assert.deepEqual(record(there, 'ff', 0), [undefined, undefined]);
  assert.deepEqual(record(here, 'f', 0), [{ state: 'open', moves: 1, calls: 8, failures: 4, retryAfterMs: 5_000 }]);
  assert.deepEqual(there.look(0), { state: 'open', retryAfterMs: 5_000 });
});

test('takes a share that has no exact binary form as it is written', () => {
  const { here } = circuit({ threshold: 0.07, minimumCalls: 100 });
  assert.deepEqual(record(here, `${'o'.repeat(93)}${'f'.repeat(6)}`, 0).filter(Boolean), []);
  assert.deepEqual(record(here, 'f', 0)[0]?.failures, 7);
});

test('is never opened by a call that went well', () => {
  const { here } = circuit();
  assert.deepEqual(record(here, 'fffo', 0), Array.from({ length: 4 }));
  assert.equal(record(here, 'f', 0)[0]?.state, 'open');
});

test('counts calls of the window only', () => {
  const { here } = circuit();
  record(here, 'fff', 500);
  assert.deepEqual(here.tally(9_999), { calls: 3, failures: 3 });
  assert.deepEqual(here.tally(10_500), { calls: 0, failures: 0 });
  assert.deepEqual(record(here, 'f', 10_500), [undefined]);
  assert.deepEqual(here.tally(10_500), { calls: 1, failures: 1 });
});

test('drops the oldest tenth of the window when a new one begins', () => {
  const { here } = circuit({ minimumCalls: 1_000 });
  for (let second = 0; second < 25; second++) record(here, 'fo', second * 1_000);
  assert.deepEqual(here.tally(24_000), { calls: 20, failures: 10 });
  assert.deepEqual(here.tally(30_999), { calls: 8, failures: 4 });
});

test('draws the break from half its length to all of it', () => {
  for (const [random, lengthMs] of [
    [0, 5_000],
    [0.5, 7_500],
    [0.9999999, 10_000],
  ] as const) {
    const { here } = circuit({ minimumCalls: 1 });
    assert.deepEqual(record(here, 'f', 100, random)[0]?.retryAfterMs, lengthMs);
    assert.equal(here.look(100 + lengthMs - 1).retryAfterMs, 1);
    assert.deepEqual(here.look(100 + lengthMs), { state: 'open', retryAfterMs: 0 });
  }
});

test('is never shorter than half a break by the fractions of its clock', () => {
  const { here } = circuit({ minimumCalls: 1 });
  record(here, 'f', 0.9);
  assert.equal(here.admit(A, 5_000.8), 'open');
  assert.equal(here.admit(A, 5_001), 'probe');
});

test('lets exactly one call through once the break is over', () => {
  const { here, there } = opened(0);
  assert.deepEqual([here.admit(A, 4_999), there.admit(B, 4_999)], ['open', 'open']);
  assert.deepEqual([there.admit(B, 5_000), here.admit(A, 5_000), there.admit(B, 90_000)], ['probe', 'open', 'open']);
  assert.deepEqual(here.look(5_000), { state: 'half-open', retryAfterMs: 5_000 });
});

test('closes when the probe goes well, and takes as many calls as before to open again', () => {
  const { here, there } = circuit();
  record(here, 'ffff', 0);
  assert.equal(there.admit(B, 5_000), 'probe');
  assert.deepEqual(there.recordProbe('ok', 5_001, 0, B), {
    state: 'closed',
    moves: 3,
    calls: 1,
    failures: 0,
    retryAfterMs: null,
  });
  assert.deepEqual(here.tally(5_001), { calls: 0, failures: 0 });
  assert.deepEqual(record(here, 'fff', 5_001), Array.from({ length: 3 }));
  assert.equal(record(there, 'f', 5_001)[0]?.state, 'open');
});

test('doubles the break with each probe that fails, up to the longest, and starts anew after it was closed', () => {
  const { here } = opened(0);
  let now = 5_000;
  for (const [lengthMs, moves] of [
    [10_000, 3],
    [15_000, 5],
    [15_000, 7],
  ] as const) {
    assert.equal(here.admit(A, now), 'probe');
    const move = here.recordProbe('failed', now, 0, A);
    assert.deepEqual(move, { state: 'open', moves, calls: 1, failures: 1, retryAfterMs: lengthMs });
    assert.equal(here.admit(A, now + lengthMs - 1), 'open');
    now += lengthMs;
  }
  here.admit(A, now);
  here.recordProbe('ok', now, 0, A);
  assert.equal(record(here, 'f', now)[0]?.retryAfterMs, 5_000);
});

test('lets the next call try when the probe was given up, without another break', () => {
  const { here, there } = opened(0);
  here.admit(A, 5_000);
  assert.deepEqual(here.recordProbe('neither', 6_000, 0, A), {
    state: 'open',
    moves: 3,
    calls: 0,
    failures: 0,
    retryAfterMs: 0,
  });
  assert.equal(there.admit(B, 6_000), 'probe');
  assert.equal(there.recordProbe('failed', 6_000, 0, B)?.retryAfterMs, 10_000);
});

test('tells which move led to where it stands', () => {
  const { here, there } = circuit();
  assert.deepEqual(here.lastMove(0), { state: 'closed', moves: 0, calls: 0, failures: 0, retryAfterMs: null });
  record(here, 'offf', 0);
  assert.deepEqual(there.lastMove(1_000), { state: 'open', moves: 1, calls: 4, failures: 3, retryAfterMs: 4_000 });
  here.admit(A, 5_000);
  assert.deepEqual(there.lastMove(5_000), { state: 'half-open', moves: 2, calls: 4, failures: 3, retryAfterMs: null });
  here.recordProbe('ok', 6_000, 0, A);
  assert.deepEqual(there.lastMove(6_000), { state: 'closed', moves: 3, calls: 0, failures: 0, retryAfterMs: null });
});

test('gives back the probe of a thread that is gone, and of no other', () => {
  const { here, there } = opened(0);
  here.admit(A, 5_000);
  there.retire(B, 5_000);
  assert.equal(there.admit(B, 5_000), 'open');
  there.retire(A, 5_000);
  assert.equal(there.admit(B, 5_000), 'probe');
});

test('a probe that its holder has lost decides nothing', () => {
  const { here, there } = opened(0);
  here.admit(A, 5_000);
  there.retire(A, 5_000);
  there.admit(B, 5_000);
  assert.equal(here.recordProbe('ok', 5_000, 0, A), undefined);
  assert.equal(here.look(5_000).state, 'half-open');
  assert.equal(there.recordProbe('ok', 5_000, 0, B)?.state, 'closed');
  assert.equal(there.recordProbe('failed', 5_000, 0, B), undefined);
});

test('calls that were under way when it opened change nothing', () => {
  const { here, there } = opened(0);
  assert.deepEqual(record(there, 'ffoo', 10), Array.from({ length: 4 }));
  here.admit(A, 5_000);
  assert.deepEqual(record(there, 'fo', 5_000), [undefined, undefined]);
  assert.equal(here.look(5_000).state, 'half-open');
});

test('goes on where milliseconds need more than 31 and 32 bits', () => {
  for (const now of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2_500, 2 ** 32, 2 ** 40]) {
    const { here } = opened(now);
    assert.deepEqual([here.admit(A, now + 4_999), here.admit(A, now + 5_000)], ['open', 'probe'], `at ${now}`);
    assert.equal(here.recordProbe('failed', now + 5_000, 0, A)?.retryAfterMs, 10_000);
    assert.deepEqual([here.admit(A, now + 14_999), here.admit(A, now + 15_000)], ['open', 'probe'], `at ${now}`);
  }
});

test('a break that nobody looked at for weeks is over', () => {
  const day = 86_400_000;
  for (const days of [1, 24, 25, 30, 48, 49, 60]) {
    const { here } = opened(1_000);
    assert.deepEqual(here.look(days * day), { state: 'open', retryAfterMs: 0 }, `after ${days} days`);
    assert.equal(here.admit(A, days * day), 'probe');
  }
});

test('a tenth that has counted more calls than it can hold keeps their share', () => {
  const { here, words } = circuit({ minimumCalls: 1_000_000, threshold: 0.6 });
  const most = 2n ** 20n - 1n;
  // The first tenth of the clock: bucket 1, number 0.
  words[1] = (most << 20n) | (most / 2n);
  record(here, 'f', 0);
  const { calls, failures } = here.tally(0);
  assert.deepEqual([calls, failures], [524_288, 262_144]);
});

test('a window or a break shorter than a millisecond is one of a millisecond', () => {
  const { here } = circuit({ minimumCalls: 2, windowMs: 1e-9, breakMs: 1e-300, maxBreakMs: 1e-9 });
  assert.equal(record(here, 'ff', 7)[1]?.retryAfterMs, 1);
  for (let now = 8; now < 100; now++) {
    assert.equal(here.admit(A, now), 'probe');
    assert.equal(here.recordProbe('failed', now, 0, A)?.retryAfterMs, 1);
  }
});

test('of two calls that find the break over at once, one is the probe', (t) => {
  const { here, there } = opened(0);
  const verdicts: string[] = [];
  const hasHappened = interposed(t, () => verdicts.push(there.admit(B, 5_000)));
  verdicts.push(here.admit(A, 5_000));
  assert.deepEqual([verdicts, hasHappened()], [['probe', 'open'], true]);
});

test('of two calls that are counted at once, none is lost', (t) => {
  const { here, there } = circuit();
  record(here, 'o', 0);
  const hasHappened = interposed(t, () => record(there, 'o', 0));
  record(here, 'f', 0);
  assert.deepEqual([here.tally(0), hasHappened()], [{ calls: 3, failures: 1 }, true]);
});

test('of two failures that would open it at once, one does', (t) => {
  const { here, there } = circuit({ minimumCalls: 1 });
  const moves: (CircuitMove | undefined)[] = [];
  const hasHappened = interposed(t, () => moves.push(...record(there, 'f', 0, 0.5)), 0);
  moves.push(...record(here, 'f', 0, 0));
  assert.deepEqual([moves[0]?.retryAfterMs, moves[1], hasHappened()], [7_500, undefined, true]);
  assert.equal(here.look(0).retryAfterMs, 7_500);
});

test('who saw it closed long ago does not open it when it has been open and was closed again', (t) => {
  const { here, there } = circuit({ minimumCalls: 1 });
  const openAndClose = (): void => {
    record(there, 'f', 0);
    assert.equal(there.admit(B, 5_000), 'probe');
    assert.equal(there.recordProbe('ok', 5_000, 0, B)?.state, 'closed');
  };
  const hasHappened = interposed(t, openAndClose, 0);
  assert.deepEqual(record(here, 'f', 0), [undefined]);
  assert.deepEqual([here.look(5_000).state, hasHappened()], ['closed', true]);
});

/** The rules once more, without memory to share: what happened, in lists. */
class Oracle {
  readonly #terms: BreakerTerms;
  #calls: { readonly tenth: number; readonly failed: boolean }[] = [];
  #opensAgain = 0;
  #failedProbes = 0;
  prober: number | undefined;
  isOpen = false;

  constructor(terms: BreakerTerms) {
    this.#terms = terms;
  }

  admit(holder: number, now: number): 'go' | 'probe' | 'open' {
    if (!this.isOpen) return 'go';
    if (this.prober !== undefined || now < this.#opensAgain) return 'open';
    this.prober = holder;
    return 'probe';
  }

  record(failed: boolean, now: number, random: number): boolean {
    if (this.isOpen) return false;
    const tenth = Math.floor(now / (this.#terms.windowMs / 10));
    this.#calls.push({ tenth, failed });
    this.#calls = this.#calls.filter((call) => call.tenth > tenth - 10);
    const failures = this.#calls.filter((call) => call.failed).length;
    const { minimumCalls, threshold } = this.#terms;
    if (!failed || this.#calls.length < minimumCalls || failures / this.#calls.length < threshold) return false;
    this.#failedProbes = 0;
    this.#open(now, random);
    return true;
  }

  probed(how: 'ok' | 'failed' | 'neither', now: number, random: number): void {
    this.prober = undefined;
    if (how === 'neither') this.#opensAgain = now;
    if (how === 'failed') {
      this.#failedProbes++;
      this.#open(now, random);
    }
    if (how === 'ok') {
      this.isOpen = false;
      this.#calls = [];
    }
  }

  #open(now: number, random: number): void {
    const { breakMs, maxBreakMs } = this.#terms;
    const full = Math.min(maxBreakMs, breakMs * 2 ** this.#failedProbes);
    this.isOpen = true;
    this.#opensAgain = now + Math.ceil(full * (0.5 + random / 2));
  }
}

/** Calls from three threads, some of which die, at a dependency that is well and down by turns; every answer as the oracle has it. */
function playThrough(seed: number): { opened: number; probes: number } {
  const chance = new Chance(seed);
  const terms: BreakerTerms = {
    threshold: chance.pick([0.1, 0.5, 0.9, 1]),
    minimumCalls: chance.whole(1, 30),
    windowMs: chance.pick([100, 1_000, 10_000]),
    breakMs: chance.whole(1, 5_000),
    maxBreakMs: chance.whole(5_000, 30_000),
  };
  const { here, there } = circuit(terms);
  const oracle = new Oracle(terms);
  const seen = { opened: 0, probes: 0 };
  const underWay: { holder: number; isProbe: boolean }[] = [];
  let now = chance.whole(0, 2 ** 33);
  let sick = 0;
  for (let step = 0; step < 400; step++) {
    const view = chance.pick([here, there]);
    now += chance.happens(0.05) ? chance.whole(0, 20_000) : chance.whole(0, 50);
    if (chance.happens(0.03)) sick = chance.pick([0, 0.3, 1]);
    if (chance.happens(0.02)) {
      const gone = chance.whole(1, 3);
      view.retire(gone, now);
      if (oracle.prober === gone) oracle.probed('neither', now, 0);
      for (const call of underWay.filter(({ holder }) => holder === gone)) underWay.splice(underWay.indexOf(call), 1);
    } else if (underWay.length === 0 || chance.happens(0.5)) {
      const holder = chance.whole(1, 3);
      const verdict = view.admit(holder, now);
      assert.equal(verdict, oracle.admit(holder, now), `seed ${seed}, step ${step}: admitted`);
      if (verdict !== 'open') underWay.push({ holder, isProbe: verdict === 'probe' });
      if (verdict === 'probe') seen.probes++;
    } else {
      const [call] = underWay.splice(chance.whole(0, underWay.length - 1), 1);
      const random = chance.next();
      const how = chance.happens(0.05) ? 'neither' : chance.happens(sick) ? 'failed' : 'ok';
      if (call?.isProbe === true) {
        view.recordProbe(how, now, random, call.holder);
        oracle.probed(how, now, random);
      } else if (how !== 'neither') {
        const move = view.record(how === 'failed', now, random);
        assert.equal(
          move?.state === 'open',
          oracle.record(how === 'failed', now, random),
          `seed ${seed}, step ${step}`,
        );
        if (move !== undefined) seen.opened++;
      }
    }
    assert.ok(underWay.filter(({ isProbe }) => isProbe).length <= 1, `seed ${seed}, step ${step}: two probes`);
  }
  return seen;
}

test('opens, breaks, probes and closes by its rules, whatever comes in whatever order', () => {
  const sum = { opened: 0, probes: 0 };
  for (let seed = 1; seed <= 400; seed++) {
    const { opened: times, probes } = playThrough(seed);
    sum.opened += times;
    sum.probes += probes;
  }
  assert.ok(sum.opened > 300 && sum.probes > 300, JSON.stringify(sum));
});
