import assert from 'node:assert/strict';
import test from 'node:test';
import type { DependencySnapshot } from '../../../runtime/dependencies/dependencies.js';
import { CallTotals } from '../../../runtime/process/call-totals.js';

const row = (callsTotal: number, failuresTotal: number): DependencySnapshot => ({
  state: 'closed',
  concurrency: null,
  running: null,
  waiting: 3,
  calls: 1,
  failures: 1,
  callsTotal,
  failuresTotal,
  retryAfterMs: null,
});

/** Hosts: nothing of them matters but which one it is. */
const [first, second, third, alone, beside] = [{}, {}, {}, {}, {}];

test('calls are those of all hosts, each of which counts from none', () => {
  const totals = new CallTotals();
  totals.told(first, { billing: row(10, 1) });
  totals.told(first, { billing: row(20, 2) });
  totals.told(alone, { billing: row(1, 1) });
  totals.told(second, { billing: row(5, 0) });
  totals.told(beside, { billing: row(2, 2) });
  assert.deepEqual(totals.of({ billing: row(5, 0) }), { billing: row(28, 5) });
  totals.told(alone, { billing: row(1, 1) });
  totals.told(third, { billing: row(0, 0) });
  assert.deepEqual(totals.of({ billing: row(0, 0) }), { billing: row(28, 5) });
});

test('dependencies are kept apart, and one that no host has told of has no calls', () => {
  const totals = new CallTotals();
  totals.told(first, { billing: row(10, 1), mail: row(3, 3) });
  const { billing, mail, search } = totals.of({ billing: row(0, 0), mail: row(0, 0), search: row(0, 0) });
  assert.deepEqual([billing?.callsTotal, mail?.failuresTotal, search?.callsTotal], [10, 3, 0]);
});
