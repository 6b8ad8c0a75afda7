import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { OWN } from '../../workers/ledger/site.js';
import { withoutOwnFrames } from '../../workers/own-frames.js';

const OURS = `    at async #follow (${join(OWN, 'entry.cjs')}:6:100765)`;
const NODES = '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)';
const USERS = '    at work (file:///app/resize.js:4:9)';
const stackOf = (...frames: string[]): string => ['Error: no', ...frames].join('\n');

test('a stack ends with the frame of the user’s that we called', () => {
  assert.equal(withoutOwnFrames(stackOf(USERS, NODES, OURS, OURS)), stackOf(USERS));
  assert.equal(withoutOwnFrames(stackOf(USERS, OURS, NODES)), stackOf(USERS), 'Node called us');
});

test('what was mapped to our sources is ours as well', () => {
  const mapped = `    at Performer.#call (${join(OWN, '../../workers/performer.ts')}:117:24)`;
  assert.equal(withoutOwnFrames(stackOf(USERS, NODES, mapped, OURS)), stackOf(USERS));
});

test('our frames between frames of the user’s stay', () => {
  assert.equal(withoutOwnFrames(stackOf(USERS, OURS, USERS, OURS)), stackOf(USERS, OURS, USERS));
});

test('frames of Node alone stay, they tell what the user waited for', () => {
  const timer = '    at listOnTimeout (node:internal/timers:581:17)';
  for (const stack of [stackOf(USERS, timer), stackOf(timer)]) assert.equal(withoutOwnFrames(stack), stack);
});

test('a stack that has nothing but our frames stays as it is', () => {
  assert.equal(withoutOwnFrames(stackOf(NODES, OURS)), stackOf(NODES), 'what Node refused to load');
  for (const stack of [stackOf(OURS), stackOf(), '', 'a stack that somebody wrote\nby hand'])
    assert.equal(withoutOwnFrames(stack), stack);
});

test('a message of many lines is no frame, whatever it names', () => {
  const stack = `Error: see\n  ${join(OWN, 'entry.cjs')}\n${USERS}\n${OURS}`;
  assert.equal(withoutOwnFrames(stack), `Error: see\n  ${join(OWN, 'entry.cjs')}\n${USERS}`);
});
