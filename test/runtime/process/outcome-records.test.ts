import assert from 'node:assert/strict';
import test from 'node:test';
import { TimedOutError } from '../../../runtime/errors.js';
import { ByteReader } from '../../../runtime/process/byte-reader.js';
import { ByteWriter } from '../../../runtime/process/byte-writer.js';
import { packOutcome, type ReadyOutcome, unpackOutcome } from '../../../runtime/process/outcome-records.js';
import { markError } from '../../../runtime/process/revive.js';
import { serialize } from '../../../runtime/process/serialize.js';

const LAST = {
  slot: 3,
  waitMs: 1.5,
  runMs: 2.25,
  cpuMs: Number.NaN,
  heapBytes: -8,
  loopMs: 0.5,
  measured: true,
  opened: 7,
};

const PLAIN: ReadyOutcome = {
  id: 2 ** 40,
  outcome: 'ok',
  attempts: 1,
  last: LAST,
  isLastNew: true,
  leaked: undefined,
  value: 42,
  bytes: undefined,
};

function carried(...outcomes: ReadyOutcome[]): ReturnType<typeof unpackOutcome>[] {
  const writer = new ByteWriter();
  for (const outcome of outcomes) packOutcome(writer, outcome);
  const reader = new ByteReader(writer.written());
  const came = outcomes.map(() => unpackOutcome(reader));
  assert.ok(reader.isAtEnd);
  return came;
}

test('an outcome arrives with its value and its figures', () => {
  const [whole, bare] = carried(PLAIN, { ...PLAIN, id: 1, attempts: 0, last: undefined, isLastNew: false });
  assert.deepEqual(whole, {
    id: 2 ** 40,
    outcome: 'ok',
    value: 42,
    error: undefined,
    attempts: 1,
    last: LAST,
    isLastNew: true,
    leaked: undefined,
  });
  assert.deepEqual([bare?.attempts, bare?.last, bare?.isLastNew], [0, undefined, false]);
});

test('every outcome but ok brings its error, ours as an instance of its class', () => {
  const error = new TimedOutError('timeout', 250, true);
  const bytes = serialize(markError(error));
  for (const outcome of ['failed', 'cancelled', 'timed-out', 'lost'] as const) {
    const [came] = carried({ ...PLAIN, outcome, value: undefined, bytes });
    assert.equal(came?.outcome, outcome);
    assert.ok(came.error instanceof TimedOutError);
    assert.deepEqual([came.error.limitMs, came.error.started, came.error.message], [250, true, error.message]);
    assert.equal(came.value, undefined);
  }
});

test('what was left open comes along', () => {
  const leaked = [{ resource: 'file' as const, path: '/tmp/x', openedAt: null }];
  const [came] = carried({ ...PLAIN, leaked: serialize(leaked) });
  assert.deepEqual(came?.leaked, leaked);
});

test('a value that cannot be read makes the outcome a failure, and those behind it are read', () => {
  const [broken, next] = carried({ ...PLAIN, value: undefined, bytes: Buffer.from('?') }, { ...PLAIN, value: 'next' });
  assert.equal(broken?.outcome, 'failed');
  assert.ok(broken.error instanceof Error);
  assert.equal(next?.value, 'next');
});
