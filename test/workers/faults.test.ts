import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { Attempt } from '../../workers/attempt.js';
import { Dependencies } from '../../workers/dependencies.js';
import { Faults } from '../../workers/faults.js';
import type { AnyHandler, LoadedHandler } from '../../workers/handler.js';
import { FAULT_EXIT_CODE, type FaultKind, faultOf } from '../../workers/protocol/faults.js';
import { Resources } from '../../workers/resources.js';

const SEED = 7;

/** A handler that notes its calls, made into a faulty one of that kind; and the attempt it is called for. */
function faulty(kind: FaultKind, { id = 42, number = 3 } = {}) {
  const calls: unknown[][] = [];
  const run: AnyHandler = (...given) => {
    calls.push(given);
    return 'value';
  };
  const handler: LoadedHandler = {
    task: 0,
    label: 'x',
    kind: 'cpu',
    href: 'file:///x.js',
    name: 'x',
    run,
    slow: false,
    openings: 0,
    ended: 0,
  };
  const dependencies = new Dependencies({ wire: undefined, holder: 1, say: () => undefined });
  const deaf = { progress: () => undefined, log: () => undefined };
  const host = { args: undefined, resources: new Resources(), dependencies, ...deaf };
  const attempt = new Attempt(host, 0, id, handler, 'input', { attempt: number, progress: false });
  const injected = new Faults({ rate: 1, seed: SEED, kinds: [kind] }).into(attempt, run);
  return { calls, call: () => injected('input', attempt), attempt };
}

/** What an injected error says of itself. */
function isInjected(fault: FaultKind): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'InjectedFault');
    assert.equal(error.message, `Injected fault '${fault}': seed ${SEED}, task 42, attempt 3`);
    assert.deepEqual(
      { ...error },
      {
        name: 'InjectedFault',
        code: 'PLUSTWO_FAULT',
        fault,
        seed: SEED,
        taskId: 42,
        attempt: 3,
      },
    );
    return true;
  };
}

test('throw: throws at once, and the handler is never called', () => {
  const { call, calls } = faulty('throw');
  assert.throws(call, isInjected('throw'));
  assert.deepEqual(calls, []);
});

test('reject: the handler has run to its end, with its own input and context, when the error comes', async () => {
  const { call, calls, attempt } = faulty('reject');
  await assert.rejects(async () => await call(), isInjected('reject'));
  assert.deepEqual(calls, [['input', attempt]]);
});

test('delay: the handler runs later and its value is what comes', async () => {
  const { call, calls, attempt } = faulty('delay');
  const value = call();
  assert.deepEqual(calls, [], 'not yet');
  assert.equal(await value, 'value');
  assert.deepEqual(calls, [['input', attempt]]);
});

test('leak: opens a file through node:fs, leaves it, and gives the value as it is', async (t) => {
  const { mock } = t.mock.method(fs, 'openSync');
  const { call, calls, attempt } = faulty('leak');
  assert.equal(await call(), 'value');
  assert.deepEqual(calls, [['input', attempt]]);
  const [opened] = mock.calls;
  assert.ok(opened !== undefined && mock.callCount() === 1, 'the ledger sees what goes through node:fs');
  assert.equal(opened.arguments[0], process.execPath);
  fs.closeSync(opened.result as number);
});

test('exit: ends the thread with a code of its own', (t) => {
  const stop = new Error('exit does not return');
  const exit = t.mock.method(process, 'exit', () => {
    throw stop;
  });
  const { call, calls } = faulty('exit');
  assert.throws(call, stop);
  assert.deepEqual(exit.mock.calls[0]?.arguments, [FAULT_EXIT_CODE]);
  assert.deepEqual(calls, []);
});

test('an attempt that is not chosen gets its own handler, and nothing around it', () => {
  const run: AnyHandler = () => 'value';
  const terms = { rate: 0.5, seed: SEED, kinds: ['throw'] } as const;
  const faults = new Faults(terms);
  const chosen = Array.from({ length: 100 }, (_, index) => {
    const { attempt } = faulty('throw', { id: index + 1, number: 1 });
    const isChosen = faults.into(attempt, run) !== run;
    assert.equal(isChosen, faultOf(terms, index + 1, 1) !== undefined);
    return isChosen;
  });
  assert.ok(chosen.includes(true) && chosen.includes(false));
});
