import assert from 'node:assert/strict';
import test from 'node:test';
import { logFile } from '../../../cli/logs/log-files.js';
import { RepeatedHeads } from '../../../cli/logs/repeated-heads.js';
import type { Found } from '../../../cli/logs/search.js';
import { type Fields, parsed, record } from '../support/logs.js';

const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);
const found = (fields: Fields): Found => ({ kind: 'record', file, record: parsed(fields) });

const ended = record({ at: 5, event_name: 'task.ended', 'task.id': 17, 'task.outcome': 'failed' });
const head = record({
  at: 5,
  event_name: 'incident',
  'task.id': 17,
  'task.outcome': 'failed',
  'incident.id': 'k3f9a2bc-1',
  'incident.kind': 'failed',
});
const anomaly = record({ at: 5, event_name: 'anomaly', 'task.id': 17, 'anomaly.type': 'wait' });
const waited = { ...head, 'incident.kind': 'wait', 'anomaly.type': 'wait' };
const restarted = record({ at: 5, event_name: 'thread.restarted', 'thread.slot': 1 });
const restart = { ...head, 'task.id': 18, 'task.outcome': undefined, 'incident.kind': 'restart' };

function isLeftOut(head: Fields, ...before: Fields[]): boolean {
  const heads = new RepeatedHeads();
  assert.equal(heads.passNew(before.map(found)).length, before.length);
  return heads.passNew([found(head)]).length === 0;
}

test('a head is left out where what it is about was told', () => {
  assert.deepEqual(
    [isLeftOut(head, ended), isLeftOut(waited, anomaly), isLeftOut(restart, restarted)],
    [true, true, true],
  );
  assert.deepEqual([isLeftOut(head), isLeftOut(waited), isLeftOut(restart)], [false, false, false]);
});

test('a head stays where something else was told, or it says how many others there were', () => {
  assert.equal(isLeftOut(head, { ...ended, 'task.id': 18 }), false);
  assert.equal(isLeftOut(head, { ...ended, 'service.instance.id': 'aaaaaaaa' }), false);
  assert.equal(isLeftOut(head, { ...ended, 'task.outcome': 'timed-out' }), false);
  assert.equal(isLeftOut(waited, ended), false);
  assert.equal(isLeftOut(waited, { ...anomaly, 'anomaly.type': 'duration' }), false);
  assert.equal(isLeftOut({ ...restart, timestamp: ended['timestamp'], attributes: { untold: 3 } }, restarted), false);
});

test('how many incidents were not written is no head', () => {
  const counted = record({ at: 5, event_name: 'incident', 'incident.kind': 'failed', 'suppressed.count': 3 });
  assert.equal(isLeftOut(counted, ended), false);
});

test('what was told long ago is forgotten, so that memory does not grow', () => {
  const ends = Array.from({ length: 10_000 }, (_, id) => ({ ...ended, 'task.id': 100 + id }));
  assert.equal(isLeftOut(head, ended, ...ends.slice(1)), true);
  assert.equal(isLeftOut(head, ended, ...ends), false);
});
