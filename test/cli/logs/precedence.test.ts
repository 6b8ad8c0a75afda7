import assert from 'node:assert/strict';
import test from 'node:test';
import { logFile } from '../../../cli/logs/log-files.js';
import { precedes } from '../../../cli/logs/precedence.js';
import type { Found } from '../../../cli/logs/search.js';
import { type Fields, line, parsed, record } from '../support/logs.js';

const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);
const found = (fields: Fields): Found => ({ kind: 'record', file, record: parsed(fields) });

const task = { 'task.id': 17, 'task.name': 'resize' };
const retried = record({ event_name: 'task.retried', ...task, 'task.attempt': 1 });
const ended = record({ event_name: 'task.ended', ...task, 'task.attempts': 2 });
const head = record({ event_name: 'incident', 'incident.id': 'i-1', ...task });

test('the earlier comes first; in the same millisecond a task has its own order, and a head comes last', () => {
  const story = [line(0, 0, 'a'), line(0, 1, 'b'), retried, line(0, 0, 'again', { 'task.attempt': 2 }), ended, head];
  for (const [place, one] of story.entries()) {
    for (const [otherPlace, other] of story.entries()) {
      assert.equal(precedes(found(one), found(other)), place < otherPlace, `${place} and ${otherPlace}`);
    }
  }
  assert.ok(precedes(found(line(0, 9, 'a')), found(line(1, 0, 'b'))));
  assert.ok(!precedes(found(line(1, 0, 'a')), found(line(0, 9, 'b'))));
});

test('of two tasks, and of what has no place in one, none is known to be first', () => {
  const others = [
    line(0, 5, 'of another task', { 'task.id': 18 }),
    line(0, 5, 'of another supervisor', { 'service.instance.id': 'aaaaaaaa' }),
    record({ event_name: 'thread.restarted', ...task, 'thread.slot': 2 }),
    record({ event_name: 'incident', 'incident.kind': 'failed', 'suppressed.count': 3 }),
  ];
  for (const other of others) {
    const pair = [found(line(0, 3, 'a')), found(other)] as const;
    assert.deepEqual([precedes(...pair), precedes(pair[1], pair[0])], [false, false], String(other['body']));
  }
});

test('a line that nobody finished has its time if it goes that far, and is the last of its hour if not', () => {
  const torn = (text: string): Found => ({ kind: 'torn', file, text });
  const between = torn('{"timestamp":"2026-11-21T09:00:00.005Z","severi');
  assert.ok(precedes(found(line(4, 0, 'a')), between));
  assert.ok(precedes(between, found(line(6, 0, 'a'))));
  assert.ok(precedes(found(line(3_599_998, 0, 'a')), torn('{"timest')));
  assert.ok(precedes(torn('{"timest'), found(line(3_600_000, 0, 'a'))));
});
