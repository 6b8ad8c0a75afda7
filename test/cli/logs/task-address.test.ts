import assert from 'node:assert/strict';
import test from 'node:test';
import { taskAddress } from '../../../cli/logs/task-address.js';

test('a task is its id, with its name and an attempt as the listing has them, or as the story has it', () => {
  for (const [given, id, name] of [
    ['17', 17, undefined],
    ['0', 0, undefined],
    ['#17', 17, undefined],
    ['flaky#5', 5, 'flaky'],
    ['flaky#5/2', 5, 'flaky'],
    ['flaky #5', 5, 'flaky'],
    ['a#1#5', 5, 'a#1'],
    ['a/b c#5', 5, 'a/b c'],
  ] as const) {
    assert.deepEqual(taskAddress(given), { id, name }, given);
  }
});

test('what is no id is refused, and a name is sent to --name', () => {
  for (const [given, hint] of [
    ['slow', 'Tasks of a name are found by --name slow.'],
    ["it's", String.raw`Tasks of a name are found by --name 'it'\''s'.`],
    ['flaky#', "Tasks of a name are found by --name 'flaky#'."],
    ['-1', 'Tasks of a name are found by --name -1.'],
    ['', "got ''."],
    ['9007199254740993', "got '9007199254740993'."],
  ] as const) {
    assert.throws(
      () => taskAddress(given),
      (error: Error) =>
        error.message.startsWith('Expected a whole number of at least 0') && error.message.endsWith(hint),
      given,
    );
  }
});
