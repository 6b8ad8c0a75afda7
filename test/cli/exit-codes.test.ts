import assert from 'node:assert/strict';
import test from 'node:test';
import { exitCodeOfRun } from '../../cli/exit-codes.js';

test('a run that settled every input exits with 0, or 1 when one is not ok', () => {
  assert.equal(exitCodeOfRun({ by: 'inputs-done' }, 3, 0), 0);
  assert.equal(exitCodeOfRun({ by: 'inputs-done' }, 0, 0), 0);
  assert.equal(exitCodeOfRun({ by: 'inputs-done' }, 3, 1), 1);
});

test('a signal decides the code, also when every item that ran is ok', () => {
  assert.equal(exitCodeOfRun({ by: 'signal', signal: 'SIGINT' }, 3, 0), 130);
  assert.equal(exitCodeOfRun({ by: 'signal', signal: 'SIGTERM' }, 3, 1), 143);
  assert.equal(exitCodeOfRun({ by: 'signal', signal: 'SIGHUP' }, 0, 0), 129);
});

test('a reader that went away is told by 141, results that cannot be written by 1', () => {
  assert.equal(exitCodeOfRun({ by: 'reader' }, 3, 1), 141);
  assert.equal(exitCodeOfRun({ by: 'output', message: 'ENOSPC' }, 3, 0), 1);
});

test('inputs broken at their start are a usage error, later they are a failed run', () => {
  assert.equal(exitCodeOfRun({ by: 'input', message: 'not JSON' }, 0, 0), 2);
  assert.equal(exitCodeOfRun({ by: 'input', message: 'not JSON' }, 1, 0), 1);
});

test('threads that keep dying make a failed run', () => {
  assert.equal(exitCodeOfRun({ by: 'threads', message: 'exit code 1' }, 5, 5), 1);
});
