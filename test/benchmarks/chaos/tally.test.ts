import assert from 'node:assert/strict';
import test from 'node:test';
import type { SettledEvent } from '../../../runtime/index.js';
import { type FaultTerms, faultOf } from '../../../workers/protocol/faults.js';
import { compiled } from '../support/compiled.js';

type Answer =
  | { readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly status: 'rejected'; readonly reason: unknown };

/** What the supervisor tells and what the caller gets, of one task. */
interface Ending {
  readonly outcome: SettledEvent['outcome'];
  readonly error?: Error;
  readonly leaks: number;
  readonly answer: Answer;
}

interface Books {
  settled(event: object): void;
  answered(index: number, answer: Answer): void;
  rows(): { fault: string; tasks: number; ok: number; failed: number; wrong: number }[];
  wrongs(): string[];
}

const { Tally } = await compiled<{ Tally: new (faults: FaultTerms, tasks: number) => Books }>('chaos/tally.js');
const { answerTo } = await compiled<{ answerTo: (index: number) => unknown }>('chaos/work.js');

const FAULTS: FaultTerms = { rate: 0.1, seed: 2, kinds: ['throw', 'leak'] };
const TASKS = 300;
const faultAt = (index: number) => faultOf(FAULTS, index + 1, 1);
const indexOf = (fault: 'throw' | 'leak' | undefined): number =>
  Array.from({ length: TASKS }, (_, index) => index).find((index) => faultAt(index) === fault) ?? Number.NaN;

/** How the task at an index comes out when all is well. */
function right(index: number): Ending {
  const fault = faultAt(index);
  return fault === 'throw'
    ? bad('failed', new Error("Injected fault 'throw': …"))
    : { outcome: 'ok', leaks: fault === 'leak' ? 1 : 0, answer: { status: 'fulfilled', value: answerTo(index) } };
}

function bad(outcome: Exclude<SettledEvent['outcome'], 'ok'>, error: Error): Ending {
  return { outcome, error, leaks: 0, answer: { status: 'rejected', reason: error } };
}

function eventOf(index: number, { outcome, error, leaks }: Ending): object {
  const leaked = new Array<object>(leaks).fill({ resource: 'file', path: '/node', openedAt: null });
  return { taskId: index + 1, outcome, error, usage: { descriptors: { opened: leaks, leaked } } };
}

/** Books of a run in which one task came out in another way than it should have. */
function booksOf(at: number, change: (ending: Ending) => Ending): Books {
  const books = new Tally(FAULTS, TASKS);
  for (let index = 0; index < TASKS; index++) {
    const ending = index === at ? change(right(index)) : right(index);
    books.settled(eventOf(index, ending));
    books.answered(index, ending.answer);
  }
  return books;
}

test('the books of a run in which everything came out as it had to have no wrongs, and a row for each fault', () => {
  const books = booksOf(0, (ending) => ending);
  assert.deepEqual(books.wrongs(), []);
  const rows = books.rows();
  assert.deepEqual(
    rows.map(({ fault }) => fault),
    ['none', 'throw', 'leak'],
  );
  assert.equal(
    rows.reduce((sum, { tasks }) => sum + tasks, 0),
    TASKS,
  );
  for (const { fault, tasks, ok, failed } of rows) assert.equal(tasks, fault === 'throw' ? failed : ok);
  assert.ok(rows.every(({ tasks }) => tasks > 0));
});

const none = indexOf(undefined);
const thrower = indexOf('throw');
const leaker = indexOf('leak');
const lost = new Error('thread lost');
const rejected: Answer = { status: 'rejected', reason: lost };
const other: Answer = { status: 'fulfilled', value: 'other' };

const CHANGES: readonly [what: string, at: number, change: (ending: Ending) => Ending, wrong: RegExp][] = [
  ['an innocent that was lost', none, () => bad('lost', lost), /fault none: expected ok, got lost: Error: thread lost/],
  ['an innocent with another answer', none, (ending) => ({ ...ending, answer: other }), /expected its answer/],
  ['an innocent that is accused', none, (ending) => ({ ...ending, leaks: 1 }), /expected 0 descriptors.* got 1/],
  ['a leak that is not told', leaker, (ending) => ({ ...ending, leaks: 0 }), /expected 1 descriptors.* got 0/],
  ['a fault that did not happen', thrower, () => ({ ...right(none) }), /expected failed, got ok/],
  ['another error', thrower, () => bad('failed', lost), /expected \/\^Injected.*got thread lost/],
  ['another outcome', thrower, () => bad('lost', lost), /expected failed, got lost/],
  ['a caller who was told otherwise', none, (ending) => ({ ...ending, answer: rejected }), /ok was told, .* rejected/],
  ['a caller who got another error', thrower, (ending) => ({ ...ending, answer: rejected }), /its caller got .*lost/],
];

for (const [what, at, change, wrong] of CHANGES) {
  test(`${what} is found`, () => {
    const wrongs = booksOf(at, change).wrongs();
    assert.equal(wrongs.length, 1);
    assert.match(wrongs[0] ?? '', wrong);
  });
}

test('tasks that settle twice, never, or were nobody\u2019s are found, and so are callers who are answered twice or never', () => {
  const books = new Tally(FAULTS, 4);
  for (const index of [0, 0, 2, 4]) books.settled(eventOf(index, right(index)));
  for (const index of [0, 0, 1, 2]) books.answered(index, right(index).answer);
  assert.deepEqual(books.wrongs(), [
    'task 1, fault none: its caller was answered, and nobody told',
    'task 2, fault none: its caller was answered, and nobody told',
    '2 of 4 tasks never settled',
    '1 of 4 tasks settled more than once',
    '1 of 4 tasks were never answered',
    '1 of 4 tasks were answered more than once',
    '1 of 4 tasks settled that nobody had submitted',
  ]);
});
