import assert from 'node:assert/strict';
import test from 'node:test';
import { CircuitOpenError } from '../../workers/circuit-open-error.js';
import { failureOf } from '../../workers/failure.js';
import type { Failure } from '../../workers/protocol/messages.js';
import { fromWireError } from '../../workers/protocol/wire-error.js';

function failure(thrown: unknown, called?: readonly number[], refusals?: readonly CircuitOpenError[]): Failure {
  const told = refusals === undefined ? undefined : new WeakSet(refusals);
  return failureOf({ called: called === undefined ? undefined : new Set(called), refusals: told }, thrown);
}

test('a handler that threw failed, with what it threw', () => {
  const { error, ...rest } = failure(new TypeError('no')) as Extract<Failure, { status: 'failed' }>;
  assert.deepEqual(rest, { status: 'failed' });
  assert.ok(fromWireError(error) instanceof TypeError);
  assert.deepEqual(failure(null), { status: 'failed', error: { kind: 'value', value: null } });
});

test('a failure names the dependencies that were called', () => {
  assert.deepEqual(failure(7, [2, 0]), { status: 'failed', error: { kind: 'value', value: 7 }, called: [2, 0] });
});

test('the error of an open circuit, thrown on, tells whose circuit it is; wrapped it is an error like others', () => {
  const open = new CircuitOpenError('billing', 3, 250);
  const { error, ...rest } = failure(open, [1], [open]) as Extract<Failure, { status: 'circuit-open' }>;
  assert.deepEqual(rest, { status: 'circuit-open', dependency: 3, retryAfterMs: 250 });
  const told = fromWireError(error) as CircuitOpenError;
  assert.deepEqual(
    [told.name, told.code, told.dependency, told.retryAfterMs],
    ['CircuitOpenError', 'PLUSTWO_CIRCUIT_OPEN', 'billing', 250],
  );
  assert.deepEqual(Object.keys(told).sort(), ['code', 'dependency', 'retryAfterMs']);
  assert.equal(failure(new Error('wrapped', { cause: open }), [1], [open]).status, 'failed');
});

test('the error of an open circuit that another attempt was told is an error like others', () => {
  const kept = new CircuitOpenError('billing', 3, 250);
  assert.equal(failure(kept).status, 'failed');
  assert.equal(failure(kept, [1], [new CircuitOpenError('billing', 3, 250)]).status, 'failed');
  const told = failure(kept, [1]) as Extract<Failure, { status: 'failed' }>;
  assert.equal((fromWireError(told.error) as CircuitOpenError).code, 'PLUSTWO_CIRCUIT_OPEN');
  assert.deepEqual(told.called, [1]);
});
