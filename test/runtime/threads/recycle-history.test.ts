import assert from 'node:assert/strict';
import test from 'node:test';
import type { RecycleFigures, RecycleReason, RecycleRecord } from '../../../runtime/threads/recycle.js';
import { RecycleHistory } from '../../../runtime/threads/recycle-history.js';

const PACE = { minimumLife: 100, patience: 1_000, pause: 50, longestPause: 150 };
const THRESHOLDS = { heapGrowth: 1_000, descriptors: 8, tasks: 10, age: 500 };
const FIGURES: RecycleFigures = { heapGrowthBytes: 0, descriptorsHeld: 0, tasks: 0, ageMs: 0 };
const AT_LIMIT: RecycleFigures = { ...FIGURES, heapGrowthBytes: 1_000, tasks: 10 };

function recordOf(reason: RecycleReason): RecycleRecord {
  return { slot: 0, generation: 1, reason, task: null, figures: AT_LIMIT, overlap: true, helped: null, at: '' };
}

/** A history whose slot has just been recycled. */
function recycled(reason: RecycleReason = 'heapGrowth') {
  const history = new RecycleHistory(PACE);
  const record = recordOf(reason);
  history.began(record);
  return { history, record };
}

test('it is open for a while whether a recycle helped', () => {
  const { history } = recycled();
  assert.equal(history.look({ ...FIGURES, ageMs: 99 }, THRESHOLDS, 0), undefined);
});

test('it helped if the successor outlives its minimum life below the limit, and is told once', () => {
  const { history, record } = recycled();
  assert.deepEqual(history.look({ ...FIGURES, ageMs: 100 }, THRESHOLDS, 0), { record, helped: true });
  assert.equal(history.look({ ...AT_LIMIT, ageMs: 101 }, THRESHOLDS, 0), undefined);
  assert.equal(history.pausedUntil('heapGrowth'), Number.NEGATIVE_INFINITY);
});

test('it did not help if the successor is at the same limit before that, and the slot pauses', () => {
  const { history, record } = recycled();
  assert.deepEqual(history.look({ ...AT_LIMIT, ageMs: 99 }, THRESHOLDS, 7), { record, helped: false });
  assert.equal(history.pausedUntil('heapGrowth'), 57);
  assert.equal(history.pausedUntil('descriptors'), Number.NEGATIVE_INFINITY);
});

test('another limit says nothing about it', () => {
  const { history } = recycled('descriptors');
  assert.equal(history.look({ ...AT_LIMIT, ageMs: 1 }, THRESHOLDS, 0), undefined);
});

test('pauses grow with each recycle in a row that did not help, and begin anew after one that did', () => {
  const { history } = recycled();
  const pauses = [];
  for (let times = 0; times < 4; times++) {
    history.began(recordOf('heapGrowth'));
    history.look(AT_LIMIT, THRESHOLDS, 0);
    pauses.push(history.pausedUntil('heapGrowth'));
  }
  assert.deepEqual(pauses, [50, 100, 150, 150]);
  history.began(recordOf('heapGrowth'));
  history.look({ ...FIGURES, ageMs: 100 }, THRESHOLDS, 0);
  history.began(recordOf('heapGrowth'));
  history.look(AT_LIMIT, THRESHOLDS, 0);
  assert.equal(history.pausedUntil('heapGrowth'), 50);
});

test('tasks and age say nothing about whether it helped', () => {
  for (const reason of ['tasks', 'age'] as const) {
    const { history } = recycled(reason);
    assert.equal(history.look({ ...AT_LIMIT, ageMs: 1_000 }, THRESHOLDS, 0), undefined);
  }
});

test('a thread that came after a death is not measured by the recycle before', () => {
  const { history } = recycled();
  history.began(undefined);
  assert.equal(history.look(AT_LIMIT, THRESHOLDS, 0), undefined);
});

test('turns that come to nothing make a slot wait, longer each time, until one takes place', () => {
  const { history } = recycled();
  assert.equal(history.notBefore, Number.NEGATIVE_INFINITY);
  const waits = [];
  for (let times = 0; times < 3; times++) {
    history.cameToNothing(1_000);
    waits.push(history.notBefore);
  }
  assert.deepEqual(waits, [1_050, 1_100, 1_150]);
  history.began(recordOf('age'));
  history.cameToNothing(2_000);
  assert.equal(history.notBefore, 2_050);
});
