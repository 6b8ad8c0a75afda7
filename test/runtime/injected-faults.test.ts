import assert from 'node:assert/strict';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import test from 'node:test';
import type { FaultKind, FaultOptions, SettledEvent, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import { type FaultTerms, faultOf } from '../../workers/protocol/faults.js';
import { code, type FaultRow, failed, lost, value } from '../support/fault-table.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type CountRuns = typeof import('../fixtures/handlers/count-runs.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');

const LIMITED = { timeout: 200, grace: 50 };
const SMALL_HEAP: SupervisorOptions = { resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 } };

const loadEcho = (supervisor: Supervisor) => supervisor.load<Echo>(fixture('echo'));

function always(kind: FaultKind): FaultOptions {
  return { rate: 1, seed: 11, kinds: [kind] };
}

/** The error says of itself that it was injected, where, and into what. */
function injected(fault: FaultKind): FaultRow['ends'] {
  return (ended) => {
    failed('InjectedFault', `Injected fault '${fault}': seed 11, task 1, attempt 1`)(ended);
    assert.equal(ended.status, 'rejected');
    const { name: _name, stack: _stack, ...properties } = ended.error as Error;
    assert.deepEqual(properties, { code: 'PLUSTWO_FAULT', fault, seed: 11, taskId: 1, attempt: 1 });
  };
}

interface Row {
  readonly kind: FaultKind;
  readonly ends: FaultRow['ends'];
  /** Whether the thread is replaced. */
  readonly restarts: boolean;
}

const ROWS: readonly Row[] = [
  { kind: 'throw', ends: injected('throw'), restarts: false },
  { kind: 'reject', ends: injected('reject'), restarts: false },
  { kind: 'exit', ends: lost(/exit code 117/), restarts: true },
  { kind: 'uncaught', ends: injected('uncaught'), restarts: true },
  { kind: 'hang', ends: code('PLUSTWO_TIMED_OUT'), restarts: false },
  { kind: 'loop', ends: code('PLUSTWO_TIMED_OUT'), restarts: false },
  { kind: 'memory', ends: lost(/out of memory/), restarts: true },
  { kind: 'leak', ends: value('input'), restarts: false },
  { kind: 'delay', ends: value('input'), restarts: false },
];

for (const lane of ['echo', 'echoIo'] as const) {
  for (const { kind, ends, restarts } of ROWS) {
    const neverEnds = kind === 'hang' || kind === 'loop';
    test(`${kind} ends an attempt of ${lane} as docs/faults.md says, and the thread ${restarts ? 'is replaced' : 'did not die'}`, async () => {
      const options = { ...SMALL_HEAP, threads: 1, faults: always(kind) };
      await withSupervisor(options, async (supervisor) => {
        const deaths: unknown[] = [];
        const replaced = once(supervisor, 'restart');
        supervisor.on('restart', (event) => deaths.push(event));
        const { [lane]: handle } = await loadEcho(supervisor);
        ends(await outcomeOf(handle('input', neverEnds ? LIMITED : {})));
        if (restarts) await replaced;
        await supervisor.close();
        assert.equal(deaths.length, restarts ? 1 : 0);
      });
    });
  }
}

test('a leak is told like any other: on the usage of its task, as a row of the snapshot, and closed with the thread', async () => {
  const report = await withSupervisor({ threads: 1, faults: always('leak') }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    const path = realpathSync(process.execPath);
    for await (const { usage } of echo.map([1, 2, 3])) {
      assert.deepEqual(usage.descriptors, { opened: 1, leaked: [{ resource: 'file', path, openedAt: null }] });
    }
    const rows = supervisor.snapshot().leaks.map(({ task, resource, count }) => ({ task, resource, count }));
    assert.deepEqual(rows, [{ task: 'echo', resource: 'file', count: 3 }]);
  });
  assert.equal(report.closed.length, 3);
});

test('an exit beside io attempts that run is its own attempt\u2019s only', async () => {
  const faults = { rate: 0.3, seed: 1, kinds: ['exit'] } as const;
  await withSupervisor({ threads: 1, faults }, async (supervisor) => {
    const { waitAtGateIo } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const ids = Array.from({ length: 20 }, (_, index) => index + 1);
    const chosen = ids.filter((id) => faultOf(faults, id, 1) !== undefined);
    assert.ok(chosen.length > 1 && chosen.length < 15);
    const gate = new Gate();
    const ended = ids.map((id) => outcomeOf(waitAtGateIo({ words: gate.words, value: id })));
    await gate.arrived(ids.length - chosen.length);
    gate.open();
    for (const [index, end] of (await Promise.all(ended)).entries()) {
      const id = index + 1;
      (chosen.includes(id) ? lost(/exit code 117/) : value(id))(end);
    }
  });
});

/** Runs so many tasks and gives the ids of those that failed. */
async function idsThatFail(faults: FaultOptions, threads: number, count: number): Promise<number[]> {
  const hit: number[] = [];
  await withSupervisor({ threads, faults }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    supervisor.on('settled', ({ taskId, outcome }: SettledEvent) => {
      if (outcome !== 'ok') hit.push(taskId);
    });
    for await (const item of echo.map(Array.from({ length: count }, (_, index) => index))) {
      assert.ok(item.status === 'ok' ? item.value === item.index : item.status === 'failed');
    }
  });
  return hit.sort((a, b) => a - b);
}

test('the seed alone says which tasks are hit, however many threads there are', async () => {
  const COUNT = 2_000;
  const terms: FaultTerms = { rate: 0.05, seed: 4, kinds: ['throw'] };
  const expected = Array.from({ length: COUNT }, (_, index) => index + 1).filter((id) => faultOf(terms, id, 1));
  assert.deepEqual(await idsThatFail(terms, 1, COUNT), expected);
  assert.deepEqual(await idsThatFail(terms, 3, COUNT), expected);
  assert.notDeepEqual(await idsThatFail({ ...terms, seed: 5 }, 3, COUNT), expected);
});

test('a retry draws anew: an attempt that is not chosen goes well', async () => {
  const terms = { rate: 0.5, kinds: ['throw'] } as const;
  const seed = Array.from({ length: 100 }, (_, index) => index).find(
    (each) =>
      [1, 2, 3].map((attempt) => faultOf({ ...terms, seed: each }, 1, attempt) ?? '-').join() === 'throw,throw,-',
  );
  await withSupervisor({ threads: 1, faults: { ...terms, seed: seed ?? Number.NaN } }, async (supervisor) => {
    const { countRuns } = await supervisor.load<CountRuns>(fixture('count-runs'));
    const gate = new Gate();
    const usages: number[] = [];
    supervisor.on('settled', ({ usage }) => usages.push(usage.attempts));
    const retry = { attempts: 3, backoff: 0, on: ['PLUSTWO_FAULT'] };
    assert.equal(await countRuns({ words: gate.words, value: 'done' }, { retry }), 'done');
    assert.equal(gate.marks(), 1, 'the handler itself was called once');
    assert.deepEqual(usages, [3]);
  });
});

test('inline, faults hit as they do in threads', async () => {
  await withSupervisor({ threads: 0, faults: always('throw') }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    injected('throw')(await outcomeOf(echo('input')));
  });
  await withSupervisor({ threads: 0, faults: always('hang') }, async (supervisor) => {
    const { echoIo } = await loadEcho(supervisor);
    const error = (await errorOf(echoIo('input', LIMITED))) as Error & { code: string };
    assert.equal(error.code, 'PLUSTWO_TIMED_OUT');
  });
});
