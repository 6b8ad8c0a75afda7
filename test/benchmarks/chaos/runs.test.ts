import assert from 'node:assert/strict';
import test from 'node:test';
import { type FaultTerms, faultOf } from '../../../workers/protocol/faults.js';
import { compiled } from '../support/compiled.js';

interface Books {
  readonly data: { readonly runs: Uint8Array | undefined };
  wrongs(replaced: number, recycles: number): string[];
}

const { Runs } = await compiled<{ Runs: new (faults: FaultTerms, tasks: number, isShared: boolean) => Books }>(
  'chaos/runs.js',
);

const FAULTS: FaultTerms = { rate: 0.2, seed: 2, kinds: ['exit', 'leak'] };
const TASKS = 300;
const faultAt = (index: number) => faultOf(FAULTS, index + 1, 1);
const indexOf = (fault: 'exit' | undefined): number =>
  Array.from({ length: TASKS }, (_, index) => index).find((index) => faultAt(index) === fault) ?? Number.NaN;
const exits = Array.from({ length: TASKS }, (_, index) => index).filter((index) => faultAt(index) === 'exit').length;

/** Books in which everything ran as it has to. */
function booksOf(): { books: Books; runs: Uint8Array } {
  const books = new Runs(FAULTS, TASKS, true);
  const { runs } = books.data;
  assert.ok(runs !== undefined);
  for (const index of runs.keys()) runs[index] = faultAt(index) === 'exit' ? 0 : 1;
  return { books, runs };
}

test('each task that ran once, and a thread for each that ended one, is as it has to be', () => {
  assert.ok(exits > 0);
  assert.deepEqual(booksOf().books.wrongs(exits + 2, 2), []);
});

test('a task that ran twice, one that did not run, and one that ran in spite of its fault are found', () => {
  for (const [index, times, said] of [
    [indexOf(undefined), 2, /^1 tasks ran more often than once$/],
    [indexOf(undefined), 0, /^1 tasks that were to run did not$/],
    [indexOf('exit'), 1, /^1 tasks ran more often than once$/],
  ] as const) {
    const { books, runs } = booksOf();
    runs[index] = times;
    assert.match(books.wrongs(0, 0).join(), said);
  }
});

test('a thread that was replaced without a reason is found', () => {
  const { books } = booksOf();
  assert.deepEqual(books.wrongs(exits + 1, 0), [
    `${String(exits + 1)} threads were replaced, ${String(exits)} had a reason`,
  ]);
});

test('of another process nothing is heard, and nothing is said', () => {
  const books = new Runs(FAULTS, TASKS, false);
  assert.equal(books.data.runs, undefined);
  assert.deepEqual(books.wrongs(99, 0), []);
});
