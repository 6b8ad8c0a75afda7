import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Filter, type Wanted } from '../../../cli/logs/filter.js';
import { pattern } from '../../../cli/logs/pattern.js';
import { line, parsed, record } from '../support/logs.js';

const takes = (wanted: Wanted, fields: object): boolean => new Filter(wanted).takes(parsed({ ...fields }));

test('everything is taken when nothing is asked for', () => {
  assert.ok(takes({}, record({})));
  assert.equal(new Filter({}).needle, undefined);
});

test('a task is told by its whole number, a name by the whole name', () => {
  assert.ok(takes({ task: 17 }, line(0, 0, 'a')));
  for (const other of [1, 7, 170]) assert.ok(!takes({ task: other }, line(0, 0, 'a')));
  assert.ok(!takes({ task: 17 }, record({ attributes: { 'task.id': 17 } })));
  assert.ok(takes({ name: 'resize' }, line(0, 0, 'a')));
  assert.ok(!takes({ name: 'size' }, line(0, 0, 'a')));
});

test('a level is the least', () => {
  const taken = (level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR') =>
    (['debug', 'info', 'warn', 'error'] as const).filter((least) => takes({ level: least }, record({ level })));
  assert.deepEqual(taken('DEBUG'), ['debug']);
  assert.deepEqual(taken('INFO'), ['debug', 'info']);
  assert.deepEqual(taken('WARN'), ['debug', 'info', 'warn']);
  assert.deepEqual(taken('ERROR'), ['debug', 'info', 'warn', 'error']);
});

test('both ends of a time belong to it', () => {
  const { at } = parsed(record({ at: 500 }));
  assert.ok(takes({ since: at, until: at }, record({ at: 500 })));
  assert.ok(!takes({ since: at + 1 }, record({ at: 500 })));
  assert.ok(!takes({ until: at - 1 }, record({ at: 500 })));
});

test('a text is looked for in what a person reads, not in names and times', () => {
  const held = record({
    body: 'the body',
    attributes: { order: 'in attributes' },
    'task.name': 'a name',
    'exception.type': 'TypeError',
    'exception.message': 'the message',
    'exception.stacktrace': 'the stack\n    at f',
  });
  for (const text of ['body', '"order":"in', 'TypeError', 'message', 'stack\n    at']) {
    assert.ok(takes({ grep: pattern(text) }, held), text);
  }
  for (const text of ['a name', '2026', 'k3f9', 'timestamp']) assert.ok(!takes({ grep: pattern(text) }, held), text);
});

test('whatever is asked for, a record that is taken holds the needle in its line', () => {
  const strange = fc.string({
    unit: fc.constantFrom('a', 'b', '"', '\\', '\n', '\u007f', '\ud800', 'ü', '/'),
    maxLength: 6,
  });
  fc.assert(
    fc.property(strange, strange, fc.nat(4), (name, text, start) => {
      const grep = text.slice(Math.min(start, text.length));
      const fields = line(0, 0, text, { level: 'ERROR', 'task.name': name, attributes: { text } });
      const found = parsed(fields);
      const wanted: Wanted[] = [{ task: 17 }, { name }, { level: 'warn' }, { level: 'error' }];
      // What begins and ends with a slash would be a regular expression.
      if (grep !== '' && !grep.startsWith('/')) wanted.push({ grep: pattern(grep) }, { grep: pattern(grep), name });
      for (const one of wanted) {
        const filter = new Filter(one);
        assert.ok(filter.takes(found), JSON.stringify(one));
        assert.ok(found.line.includes(filter.needle ?? ''), JSON.stringify(one));
        assert.ok(filter.mayTake(found.line.slice(0, -1)), JSON.stringify(one));
      }
    }),
    { numRuns: 1000 },
  );
});

test('of a torn record only what cannot be one that is asked for is left out', () => {
  const torn = JSON.stringify(line(500, 0, 'half')).slice(0, -30);
  const { at } = parsed(record({ at: 500 }));
  assert.ok(new Filter({}).mayTake(torn));
  assert.ok(new Filter({ task: 17, since: at }).mayTake(torn));
  assert.ok(!new Filter({ task: 1 }).mayTake(torn));
  assert.ok(!new Filter({ since: at + 1 }).mayTake(torn));
  assert.ok(!new Filter({ until: at - 1 }).mayTake(torn));
  assert.ok(!new Filter({ grep: pattern('/whole/') }).mayTake(torn));
});
