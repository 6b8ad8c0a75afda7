import assert from 'node:assert/strict';
import test from 'node:test';
import { compiled } from '../support/compiled.js';

type Call = readonly [at: number, task: number, served: 0 | 1];

interface Served {
  readonly beganAt: number;
  readonly failedAt: number;
  readonly recoveredAt: number;
  readonly mostAtOnce: number;
  readonly calls: readonly Call[];
}

interface Settled {
  readonly ok: number;
  readonly failed: readonly (readonly [task: number, code: string])[];
  readonly changes: readonly { readonly at: number; readonly state: string }[];
  readonly endedAt: number;
}

const { tally } = await compiled<{ tally: (served: Served, settled: Settled) => Record<string, unknown> }>(
  'outage/tally.js',
);

/** Serves for 2 s, is down for 5 s. The contender's clock is 1,000,000 ms ahead of the drill's. */
const served = (calls: readonly Call[]): Served => ({
  beganAt: 1_000_000,
  failedAt: 2_000,
  recoveredAt: 7_000,
  mostAtOnce: 3,
  calls,
});

const quiet: Settled = { ok: 0, failed: [], changes: [], endedAt: 1_000_000 };

test('calls are counted by what the server did when they came, and by second', () => {
  const found = tally(
    served([
      [100, 0, 1],
      [1_999, 1, 1],
      [2_000, 2, 0],
      [6_999, 2, 0],
      [7_000, 2, 1],
    ]),
    quiet,
  );
  assert.deepEqual(found['calls'], { before: 2, outage: 2, after: 1 });
  assert.deepEqual(found['seconds'], [
    [1, 0],
    [1, 0],
    [1, 1],
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 0],
  ]);
});

test('the first call of each task is what would have come without retries, up to the first opening', () => {
  const found = tally(
    served([
      [1_000, 0, 1],
      [2_100, 1, 0],
      [2_200, 1, 0],
      [2_300, 2, 0],
      [2_400, 1, 0],
      [3_500, 3, 0],
    ]),
    { ...quiet, changes: [{ at: 1_003_000, state: 'open' }] },
  );
  assert.deepEqual(found['closed'], { calls: 5, first: 3 });
  assert.deepEqual(found['failing'], { calls: 4, first: 2 });
});

test('without a circuit everything came while it was closed', () => {
  const found = tally(
    served([
      [1_000, 0, 1],
      [3_000, 1, 0],
      [4_000, 1, 0],
      [8_000, 1, 1],
    ]),
    quiet,
  );
  assert.deepEqual(found['closed'], { calls: 4, first: 2 });
  assert.deepEqual(found['failing'], { calls: 2, first: 1 });
  assert.deepEqual(found['breaks'], []);
});

test('each break has the failed calls from its opening to the next, and none that was served', () => {
  const at = (ms: number, state: string) => ({ at: 1_000_000 + ms, state });
  const changes = [
    at(2_500, 'open'),
    at(4_500, 'half-open'),
    at(4_510, 'open'),
    at(7_200, 'half-open'),
    at(7_210, 'closed'),
  ];
  const found = tally(
    served([
      [2_400, 0, 0],
      [2_501, 1, 0],
      [4_502, 2, 0],
      [7_205, 3, 1],
      [7_209, 4, 1],
    ]),
    { ...quiet, changes },
  );
  assert.deepEqual(found['breaks'], [2, 0]);
});

test('failed tasks are counted by code, and apart where they called only after the circuit had opened or never', () => {
  const found = tally(
    served([
      [2_100, 0, 0],
      [2_200, 1, 0],
      [4_000, 2, 0],
    ]),
    {
      ok: 6,
      failed: [
        [0, 'Error'],
        [1, 'PLUSTWO_RETRY_BUDGET'],
        [2, 'Error'],
        [3, 'Error'],
      ],
      changes: [{ at: 1_003_000, state: 'open' }],
      endedAt: 1_009_500,
    },
  );
  assert.deepEqual(found['failed'], { Error: 3, PLUSTWO_RETRY_BUDGET: 1 });
  assert.equal(found['failedLater'], 2);
  assert.equal(found['ok'], 6);
  assert.equal(found['settledAfter'], 2.5);
});
