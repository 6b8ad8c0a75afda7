// Circuits and handlers that do not simply await what they call.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Supervisor } from '../../../runtime/index.js';
import type * as Calls from '../../fixtures/handlers/call-oddly.js';
import { fixture } from '../../support/fixture.js';
import { errorOf } from '../../support/outcome-of.js';
import { withSupervisor } from '../../support/with-supervisor.js';

const OPTIONS = {
  threads: 1,
  dependencies: { api: { breaker: { minimumCalls: 2, break: 20, maxBreak: 20 } } },
} as const;

/** Loads the calls, and has the circuit of `api` open. */
async function withOpenCircuit(supervisor: Supervisor): Promise<Awaited<ReturnType<typeof load>>> {
  const calls = await load(supervisor);
  await Promise.all([errorOf(calls.failApi()), errorOf(calls.failApi())]);
  assert.equal(supervisor.snapshot().dependencies['api']?.state, 'open');
  return calls;
}

function load(supervisor: Supervisor) {
  return supervisor.load<typeof Calls>(fixture('call-oddly'));
}

test('a probe whose attempt does not wait for it keeps nobody out', async () => {
  await withSupervisor(OPTIONS, async (supervisor) => {
    const { leaveApi, askApi } = await withOpenCircuit(supervisor);
    const left = (await errorOf(leaveApi(undefined, { whenOpen: 'wait' }))) as Error;
    assert.equal(left.message, 'waited long enough');
    assert.equal(await askApi(undefined, { whenOpen: 'wait' }), 'up');
    assert.equal(supervisor.snapshot().dependencies['api']?.state, 'closed');
  });
});

test('a task that throws what another attempt was told of a circuit has failed, and is not sent back to wait', async () => {
  await withSupervisor(OPTIONS, async (supervisor) => {
    const { keepRefusal } = await load(supervisor);
    const told = (await errorOf(keepRefusal(undefined, { whenOpen: 'wait' }))) as Error & { code?: string };
    assert.equal(told.code, 'PLUSTWO_CIRCUIT_OPEN', told.message);
    assert.equal(supervisor.snapshot().dependencies['api']?.waiting, 0);
  });
});
