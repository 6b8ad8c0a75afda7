import assert from 'node:assert/strict';
import test from 'node:test';
import { delayOf, type FaultKind, faultOf, LONGEST_DELAY_MS } from '../../../workers/protocol/faults.js';

const ids = (count: number, first = 1): number[] => Array.from({ length: count }, (_, index) => first + index);
const THROW = { seed: 1, kinds: ['throw'] } as const;

/** How many standard deviations a count may be off before it is no accident; one run in millions is. */
const FAR = 5;

function assertShare(count: number, of: number, share: number, what: string): void {
  const deviation = Math.sqrt(of * share * (1 - share));
  assert.ok(Math.abs(count - of * share) <= FAR * deviation, `${what}: ${count} of ${of}, expected ${of * share}`);
}

test('the same seed, task and attempt give the same fault, today and in the next version', () => {
  const kinds: FaultKind[] = ['throw', 'exit', 'leak', 'delay'];
  const faults = ids(12).map((id) => faultOf({ rate: 0.5, seed: 42, kinds }, id, 1) ?? '-');
  assert.deepEqual(faults, ['-', '-', '-', 'exit', '-', 'leak', '-', 'throw', 'leak', '-', 'throw', 'leak']);
  assert.deepEqual(
    ids(6).map((id) => delayOf(42, id, 1)),
    [99, 15, 74, 39, 16, 33],
  );
});

test('no attempt gets a fault at rate 0, and every one at rate 1', () => {
  for (const id of ids(10_000)) {
    assert.equal(faultOf({ ...THROW, rate: 0 }, id, 1), undefined);
    assert.equal(faultOf({ ...THROW, rate: 1 }, id, 1), 'throw');
  }
});

test('the rate is the share of attempts that get one, for each seed, for retries, and for ids beyond 32 bits', () => {
  const COUNT = 50_000;
  for (const rate of [0.0002, 0.01, 0.9]) {
    for (const seed of [0, 1, 0xffff_ffff]) {
      for (const [first, attempt] of [
        [1, 1],
        [1, 2],
        [2 ** 32, 1],
        [2 ** 40 + 7, 3],
      ] as const) {
        const chosen = ids(COUNT, first).filter((id) => faultOf({ ...THROW, rate, seed }, id, attempt) !== undefined);
        assertShare(chosen.length, COUNT, rate, `rate ${rate}, seed ${seed}, ids from ${first}, attempt ${attempt}`);
      }
    }
  }
});

test('each entry of the kinds comes as often as the others, and one that stands there twice comes twice as often', () => {
  const COUNT = 120_000;
  const kinds: FaultKind[] = ['throw', 'exit', 'exit', 'leak'];
  const faults = ids(COUNT).map((id) => faultOf({ rate: 1, seed: 3, kinds }, id, 1));
  const count = (kind: FaultKind): number => faults.filter((fault) => fault === kind).length;
  assertShare(count('throw'), COUNT, 0.25, 'throw');
  assertShare(count('exit'), COUNT, 0.5, 'exit');
  assertShare(count('leak'), COUNT, 0.25, 'leak');
});

test('whether, which and how long are drawn apart, and so are seeds, neighbours and attempts', () => {
  const COUNT = 100_000;
  const RATE = 0.1;
  const terms = { rate: RATE, seed: 5, kinds: ['throw', 'exit'] } as const;
  const isHit = (id: number, attempt = 1, seed: number = terms.seed): boolean =>
    faultOf({ ...terms, seed }, id, attempt) !== undefined;
  const hit = ids(COUNT).filter((id) => isHit(id));
  const share = (what: string, expected: number, isMeant: (id: number) => boolean): void => {
    assertShare(hit.filter(isMeant).length, hit.length, expected, what);
  };
  share('the kind of those that are hit', 0.5, (id) => faultOf(terms, id, 1) === 'throw');
  share('a short delay of those that are hit', 0.5, (id) => delayOf(terms.seed, id, 1) <= LONGEST_DELAY_MS / 2);
  share('the next task', RATE, (id) => isHit(id + 1));
  share('the next attempt', RATE, (id) => isHit(id, 2));
  share('the next seed', RATE, (id) => isHit(id, 1, terms.seed + 1));
  share('the id 2^32 further on', RATE, (id) => isHit(id + 2 ** 32));
});

test('delays are whole milliseconds from 1 to the longest, and all of them come', () => {
  const delays = new Set(ids(10_000).map((id) => delayOf(9, id, 1)));
  assert.deepEqual(
    [...delays].sort((a, b) => a - b),
    ids(LONGEST_DELAY_MS),
  );
});
