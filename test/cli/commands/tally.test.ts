import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../../../cli/commands/tally.js';
import { failedItem, okItem } from '../support/item.js';

test('items are counted by status', () => {
  const tally = new Tally();
  tally.add(okItem('a', 1));
  tally.add(failedItem('b', new Error('no')));
  tally.add({ ...failedItem('c', new Error('late')), status: 'timed-out' } as ReturnType<typeof failedItem>);
  assert.deepEqual(tally.counts, { ok: 1, failed: 1, cancelled: 0, 'timed-out': 1, lost: 0 });
  assert.equal(tally.done, 3);
  assert.equal(tally.failed, 2);
});

test('a failure keeps what names it', () => {
  const tally = new Tally();
  tally.add(failedItem({ id: 1 }, Object.assign(new TypeError('no'), { code: 'ENO' }), 7));
  const [failure] = tally.failures;
  assert.deepEqual(
    { ...failure, key: undefined },
    {
      index: 7,
      key: undefined,
      label: '{"id":1}',
      status: 'failed',
      attempts: 3,
      error: { name: 'TypeError', message: 'no', code: 'ENO' },
    },
  );
});

test('what a process printed last is kept of the item that brought it down, and of no other', () => {
  const tally = new Tally();
  const lost = (output: unknown) => Object.assign(new Error('died'), { code: 'PLUSTWO_THREAD_LOST', output });
  tally.add(failedItem('a', lost('last words\n')));
  tally.add(failedItem('b', lost('')));
  tally.add(failedItem('c', Object.assign(new Error('no'), { code: 'ENO', output: 'of a command' })));
  assert.deepEqual(
    tally.failures.map(({ error }) => ('output' in error ? error.output : null)),
    ['last words\n', null, null],
  );
});

test('a dependency that nobody named is kept of the item that called it, and of no other', () => {
  const tally = new Tally();
  const failed = (code: string, dependency: unknown) => Object.assign(new Error('no'), { code, dependency });
  tally.add(failedItem('a', failed('PLUSTWO_BAD_OPTION', 'billing')));
  tally.add(failedItem('b', failed('PLUSTWO_BAD_OPTION', 7)));
  tally.add(failedItem('c', failed('PLUSTWO_CIRCUIT_OPEN', 'billing')));
  assert.deepEqual(
    tally.failures.map(({ error }) => ('dependency' in error ? error.dependency : null)),
    ['billing', null, null],
  );
});

test('only the first hundred failures are kept, and no more than the beginning of long texts', () => {
  const tally = new Tally();
  for (let index = 0; index < 150; index++)
    tally.add(failedItem('x'.repeat(10_000), new Error('y'.repeat(10_000)), index));
  assert.equal(tally.failed, 150);
  assert.deepEqual(
    tally.failures.map(({ index }) => index),
    Array.from({ length: 100 }, (_, index) => index),
  );
  assert.ok(tally.failures.every(({ label, error }) => label.length === 200 && error.message.length === 1000));
});
