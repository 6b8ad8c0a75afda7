import assert from 'node:assert/strict';
import test from 'node:test';
import { logFile } from '../../../cli/logs/log-files.js';
import { Recent } from '../../../cli/logs/recent.js';
import type { Found } from '../../../cli/logs/search.js';
import { line, parsed, record } from '../support/logs.js';

const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);
const found = (seq: number): Found => ({ kind: 'record', file, record: parsed(line(0, seq, 'a')) });
const told = (some: readonly Found[]) => some.length;

test('what was told lately is not told again, and what cannot be told apart always is', () => {
  const recent = new Recent();
  assert.equal(told(recent.passNew([found(1), found(2), found(1)])), 2);
  assert.equal(told(recent.passNew([found(2)])), 0);
  const strange: Found = { kind: 'record', file, record: parsed(record({})) };
  assert.equal(told(recent.passNew([strange, strange, { kind: 'torn', file, text: '{' }])), 3);
});

test('lines of no task that a new process numbers anew are told', () => {
  const recent = new Recent();
  const ofProcess = (at: number): Found => {
    return {
      kind: 'record',
      file,
      record: parsed(record({ at, 'thread.slot': 0, 'thread.generation': 1, 'log.seq': 0 })),
    };
  };
  assert.equal(told(recent.passNew([ofProcess(0), ofProcess(500), ofProcess(500)])), 2);
});

test('what was told long ago is forgotten, so that memory does not grow', () => {
  const recent = new Recent();
  for (let seq = 0; seq <= 100_000; seq++) recent.passNew([found(seq)]);
  assert.equal(told(recent.passNew([found(100_000)])), 0);
  assert.equal(told(recent.passNew([found(0)])), 1);
});
