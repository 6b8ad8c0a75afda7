import assert from 'node:assert/strict';
import test from 'node:test';
import { circuitLine } from '../../../cli/render/circuit-line.js';

const event = { dependency: 'billing', calls: 1, failures: 1, retryAfterMs: null };

test('a circuit that opens is told with its failures and when it is tried again', () => {
  assert.equal(
    circuitLine({ ...event, state: 'open', calls: 1200, failures: 1000, retryAfterMs: 9001 }),
    'warn billing is down: 1,000 of 1,200 calls failed; trying again in 10 s',
  );
  assert.equal(circuitLine({ ...event, state: 'open' }), 'warn billing is down: 1 of 1 call failed');
});

test('what follows is told as well', () => {
  assert.equal(circuitLine({ ...event, state: 'half-open' }), 'info billing is being tried with one call');
  assert.equal(circuitLine({ ...event, state: 'closed' }), 'info billing is back');
});

test('a name cannot move the cursor', () => {
  assert.equal(circuitLine({ ...event, dependency: 'a\u001b[2J', state: 'closed' }), 'info a\\x1b[2J is back');
});
