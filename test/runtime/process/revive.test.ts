import assert from 'node:assert/strict';
import test from 'node:test';
import {
  BadOptionError,
  CircuitOpenError,
  ClosedError,
  ERROR_CODES,
  LoadFailedError,
  NotCloneableError,
  PlustwoError,
  QueueFullError,
  RestartIntensityError,
  RetryBudgetError,
  ThreadLostError,
  TimedOutError,
} from '../../../runtime/errors.js';
import { markError, reviveError } from '../../../runtime/process/revive.js';
import { deserialize, serialize } from '../../../runtime/process/serialize.js';

const DEATH = {
  slot: 0,
  generation: 1,
  reason: 'exit code 1',
  task: null,
  taskId: null,
  at: '2026-01-01',
  process: false,
};

const ERRORS = [
  new QueueFullError(5),
  new ClosedError(true),
  new TimedOutError('deadline', 100, false),
  new ThreadLostError('exit code 3', { started: true, exitCode: 3, cause: new RangeError('why') }),
  new LoadFailedError('file:///x.js', 'it throws', new TypeError('no')),
  new NotCloneableError('result', '.a.b', 'a function'),
  new CircuitOpenError('billing', 1_234),
  new RetryBudgetError('billing', new ThreadLostError('exit code 1', { started: true, exitCode: 1 })),
  new RestartIntensityError('5 in 10 s', [DEATH]),
  new BadOptionError('threads', 'Expected something else'),
];

function carried(error: unknown): unknown {
  return reviveError(deserialize(serialize(markError(error))) as ReturnType<typeof markError>);
}

test('each of our errors comes back as an instance of its class, with everything it had', () => {
  assert.deepEqual(new Set(ERRORS.map(({ code }) => code)), new Set(Object.keys(ERROR_CODES)), 'every class is tried');
  for (const error of ERRORS) {
    const came = carried(error);
    assert.ok(came instanceof PlustwoError, error.code);
    assert.equal(came.constructor, error.constructor);
    assert.deepEqual(
      [came.name, came.message, came.code, came.stack],
      [error.name, error.message, error.code, error.stack],
    );
    assert.deepEqual(Object.keys(came).sort(), Object.keys(error).sort());
    assert.deepEqual(came, error);
  }
});

test('so do its causes, ours and others', () => {
  const outer = carried(ERRORS[7]) as RetryBudgetError;
  assert.ok(outer.cause instanceof ThreadLostError);
  const foreign = carried(new Error('outer', { cause: new ClosedError(false) })) as Error;
  assert.equal(foreign instanceof PlustwoError, false);
  assert.ok(foreign.cause instanceof ClosedError);
});

test('somebody else’s error with a code of ours stays somebody else’s', () => {
  const came = carried(Object.assign(new Error('mine'), { code: 'PLUSTWO_CLOSED' }));
  assert.ok(came instanceof Error);
  assert.equal(came instanceof PlustwoError, false);
});

test('whatever was thrown comes back, null included, and what cannot leave the process as text', () => {
  for (const thrown of [null, undefined, 0, 'text', { plain: [1] }]) assert.deepEqual(carried(thrown), thrown);
  const came = carried(Object.assign(new Error('with memory'), { memory: new SharedArrayBuffer(4) })) as Error;
  assert.deepEqual(
    [came.message, (came as { memory?: unknown }).memory],
    ['with memory', '[object SharedArrayBuffer]'],
  );
});

test('an error whose causes go in a ring can be told', () => {
  const error = new ClosedError(true);
  error.cause = error;
  const came = carried(error);
  assert.ok(came instanceof ClosedError && came.cause instanceof ClosedError);
});
