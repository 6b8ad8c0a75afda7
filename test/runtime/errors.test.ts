import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as plustwo from '../../runtime/index.js';
import {
  BadOptionError,
  CircuitOpenError,
  ClosedError,
  type DeathRecord,
  ERROR_CODES,
  LoadFailedError,
  NotCloneableError,
  PlustwoError,
  QueueFullError,
  RestartIntensityError,
  RetryBudgetError,
  ThreadLostError,
  TimedOutError,
} from '../../runtime/index.js';

const DEATH: DeathRecord = {
  process: false,
  slot: 1,
  generation: 2,
  reason: 'exit code 3',
  task: 'resize',
  taskId: 9,
  at: '2026-01-01T00:00:00.000Z',
};

const EVERY: Record<keyof typeof ERROR_CODES, PlustwoError> = {
  PLUSTWO_QUEUE_FULL: new QueueFullError(64),
  PLUSTWO_CLOSED: new ClosedError(true),
  PLUSTWO_TIMED_OUT: new TimedOutError('timeout', 5_000, true),
  PLUSTWO_THREAD_LOST: new ThreadLostError('exit code 3', { started: true, exitCode: 3 }),
  PLUSTWO_LOAD_FAILED: new LoadFailedError('file:///x.js', 'it exports no function'),
  PLUSTWO_NOT_CLONEABLE: new NotCloneableError('input', '.options.callback', 'a function'),
  PLUSTWO_CIRCUIT_OPEN: new CircuitOpenError('billing', 7_000),
  PLUSTWO_RETRY_BUDGET: new RetryBudgetError('billing', new Error('503')),
  PLUSTWO_RESTART_INTENSITY: new RestartIntensityError('6 deaths in slot 1', [DEATH]),
  PLUSTWO_BAD_OPTION: new BadOptionError('threads', 'Expected `threads` …'),
};

for (const [code, error] of Object.entries(EVERY) as [keyof typeof ERROR_CODES, PlustwoError][]) {
  test(`${code} has its class, code, name and a message`, () => {
    const Class = ERROR_CODES[code];
    assert.ok(error instanceof Class && error instanceof PlustwoError && error instanceof Error);
    assert.equal(error.code, code);
    assert.equal(error.name, Class.name);
    assert.notEqual(error.message, '');
    assert.ok(error.stack?.startsWith(`${error.name}: ${error.message}`), error.stack);
    assert.equal(Object.prototype.propertyIsEnumerable.call(error, 'name'), false);
  });
}

test('every error class there is has a code of its own in the table', () => {
  const classes = Object.values(plustwo).filter(
    (value) => typeof value === 'function' && value.prototype instanceof PlustwoError,
  );
  assert.deepEqual(new Set(classes), new Set(Object.values(ERROR_CODES)));
  assert.equal(classes.length, Object.keys(ERROR_CODES).length);
});

test('the documented table has every code, and no other', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const documented = new Set(page.match(/PLUSTWO_[A-Z_]+/g));
  // Thrown in threads, by faults that were asked for: no class of ours.
  documented.delete('PLUSTWO_FAULT');
  assert.deepEqual([...documented].sort(), Object.keys(ERROR_CODES).sort());
});

test('carries what a program may want to know', () => {
  assert.equal(new QueueFullError(64).maxQueue, 64);
  assert.deepEqual([new ClosedError(true).started, new ClosedError(false).started], [true, false]);
  const late = new TimedOutError('deadline', 250, false);
  assert.deepEqual([late.limit, late.limitMs, late.started], ['deadline', 250, false]);
  const lost = new ThreadLostError('exit code 3', { started: false, exitCode: 3 });
  assert.deepEqual([lost.started, lost.exitCode], [false, 3]);
  assert.equal(new LoadFailedError('file:///x.js', 'why').module, 'file:///x.js');
  const uncloneable = new NotCloneableError('result', '[3].socket', 'an instance of Socket');
  assert.deepEqual([uncloneable.side, uncloneable.path], ['result', '[3].socket']);
  assert.deepEqual(new RestartIntensityError('why', [DEATH]).deaths, [DEATH]);
  assert.equal(new BadOptionError('threads', 'x').option, 'threads');
});

test('says what happened in its message', () => {
  assert.match(new QueueFullError(64).message, /64 tasks/);
  assert.match(new ClosedError(true).message, /was running/);
  assert.match(new ClosedError(false).message, /did not run/);
  assert.match(
    new TimedOutError('timeout', 250, true).message,
    /timeout of 250 ms, counted from the start of the attempt/,
  );
  assert.match(
    new TimedOutError('deadline', 250, false).message,
    /deadline of 250 ms, counted from submission.*had not started/,
  );
  assert.match(new NotCloneableError('input', '', 'a function').message, /^The input itself is a function/);
  assert.match(new NotCloneableError('result', '.a[0]', 'a function').message, /`result\.a\[0\]`, holds a function/);
  assert.match(new RestartIntensityError('6 deaths', [DEATH]).message, /6 deaths.*exit code 3, while running resize/);
  assert.match(new RestartIntensityError('6 deaths', []).message, /unknown$/);
});

test('has a cause only where there is one, null and undefined told apart', () => {
  assert.equal('cause' in new ThreadLostError('x', { started: true }), false);
  assert.equal('cause' in new LoadFailedError('file:///x.js', 'x'), false);
  const cause = new Error('inner');
  assert.equal(new ThreadLostError('x', { started: true, cause }).cause, cause);
  assert.equal(new LoadFailedError('file:///x.js', 'x', null).cause, null);
});
