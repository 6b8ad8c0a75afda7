import assert from 'node:assert/strict';
import test from 'node:test';
import { identityOf, numberOf, parseRecord, textOf } from '../../../cli/logs/record.js';
import { line, parsed, record } from '../support/logs.js';

test('a record is a JSON object that says when', () => {
  for (const none of [
    '',
    'x',
    '17',
    'null',
    '[]',
    '{}',
    '{"timestamp":"soon"}',
    '{"timestamp":17}',
    '{"timestamp":"2026',
  ]) {
    assert.equal(parseRecord(none), undefined, none);
  }
  assert.equal(parseRecord('{"timestamp":"1970-01-01T00:00:01.000Z"}')?.at, 1000);
});

test('a field of another type than it should have is not there', () => {
  const odd = parsed({ ...line(0, 0, 'a'), 'task.id': '17', body: 17 });
  assert.equal(numberOf(odd, 'task.id'), undefined);
  assert.equal(textOf(odd, 'body'), undefined);
});

test('a line is the same in both logs, and none other is', () => {
  const one = line(5, 3, 'a');
  const same = identityOf(parsed(one));
  assert.equal(identityOf(parsed({ ...one, 'incident.id': 'i-1' })), same);
  for (const other of [
    line(5, 4, 'a'),
    line(5, 3, 'a', { 'task.attempt': 2 }),
    line(5, 3, 'a', { 'task.id': 18 }),
    line(6, 3, 'a'),
    line(5, 3, 'a', { 'thread.slot': 3 }),
    line(5, 3, 'a', { 'thread.generation': 2 }),
    line(5, 3, 'a', { 'service.instance.id': 'zzzzzzzz' }),
    { ...one, event_name: 'task.ended' },
  ]) {
    assert.notEqual(identityOf(parsed(other)), same);
  }
});

test('lines of no task are told apart by their threads', () => {
  const ofThread = (slot: number) => identityOf(parsed(record({ 'thread.slot': slot, 'log.seq': 0 })));
  assert.notEqual(ofThread(1), ofThread(2));
  const afterCrash = record({ at: 1, 'thread.slot': 1, 'log.seq': 0 });
  assert.notEqual(identityOf(parsed(afterCrash)), ofThread(1));
});

test('what the supervisor says is the same where it says the same of the same at the same time', () => {
  const event = (more: object) =>
    identityOf(parsed(record({ event_name: 'anomaly', 'anomaly.type': 'wait', ...more })));
  assert.equal(event({ 'incident.id': 'i-1' }), event({}));
  assert.notEqual(event({ 'anomaly.type': 'duration' }), event({}));
  assert.notEqual(event({ at: 1 }), event({}));
  const head = (id: string) => identityOf(parsed(record({ event_name: 'incident', 'incident.id': id })));
  assert.notEqual(head('i-1'), head('i-2'));
  const counted = (body: string) => identityOf(parsed(record({ event_name: 'incident', body })));
  assert.notEqual(counted('2 incidents more'), counted('3 incidents more'));
});

test('records of somebody else have no identity, so none is taken for another', () => {
  assert.equal(identityOf(parsed({ timestamp: '2026-11-21T09:00:00Z', body: 'a' })), undefined);
  assert.equal(identityOf(parsed(record({ body: 'a' }))), undefined);
});

test('what was left out is told apart by its kind, its rule, its task and its thread', () => {
  const note = (more: object) =>
    identityOf(parsed(record({ event_name: 'log.suppressed', body: 'suppressed', ...more })));
  const fields = ['suppressed.kind', 'suppressed.rule', 'task.name', 'thread.slot'];
  const all = [
    note({}),
    ...fields.map((field) => note({ [field]: 'a' })),
    ...fields.map((field) => note({ [field]: 'b' })),
  ];
  assert.equal(new Set(all).size, 9);
});

test('descriptors that a task left open are told apart by what they are of', () => {
  const leak = (path: string) =>
    identityOf(parsed(record({ event_name: 'task.leaked', 'task.id': 17, body: 'a file', attributes: { path } })));
  assert.notEqual(leak('/a'), leak('/b'));
  assert.equal(leak('/a'), leak('/a'));
});
