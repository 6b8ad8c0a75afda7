import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { logFile } from '../../../cli/logs/log-files.js';
import type { Found } from '../../../cli/logs/search.js';
import { Tail } from '../../../cli/logs/tail.js';
import { parsed, record } from '../support/logs.js';

const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);
const found = (at: number): Found => ({ kind: 'record', file, record: parsed(record({ at, body: String(at) })) });
const times = (tail: Tail) => tail.all.map((one) => (one.kind === 'record' ? Number(one.record.fields['body']) : -1));

test('the last few by time stay, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1000), { maxLength: 40 }), (all) => {
      const tail = new Tail(10);
      for (const at of all) tail.add(found(at));
      assert.deepEqual(times(tail), [...all].sort((a, b) => a - b).slice(-10));
      assert.equal(tail.isFull, all.length >= 10);
    }),
  );
});

test('a torn line counts as one of the hour of its file', () => {
  const tail = new Tail(2);
  for (const one of [found(5), { kind: 'torn', file, text: '{' } as const, found(9)]) tail.add(one);
  assert.deepEqual(times(tail), [5, 9]);
});
