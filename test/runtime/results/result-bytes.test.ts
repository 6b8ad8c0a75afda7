import assert from 'node:assert/strict';
import test from 'node:test';
import { type Holder, ResultBytes } from '../../../runtime/results/result-bytes.js';

/** A counter whose holders take what they are given room for; what it plans runs when the test says so. */
function stand(max: number) {
  const planned: (() => void)[] = [];
  const results = new ResultBytes(max, (run) => planned.push(run));
  const resumed: string[] = [];
  const holder = (name: string, bytes = 0): Holder => {
    const self: Holder = {
      resume: () => {
        resumed.push(name);
        results.add(bytes);
      },
    };
    results.enter(self);
    return self;
  };
  const turn = (): void => {
    for (const run of planned.splice(0)) run();
  };
  return { results, resumed, holder, turn, planned };
}

test('is full from its limit on', () => {
  const { results } = stand(100);
  results.add(99);
  assert.equal(results.isFull, false);
  results.add(1);
  assert.equal(results.isFull, true);
  results.add(50);
  assert.deepEqual([results.held, results.room], [150, -50]);
  results.free(51);
  assert.equal(results.isFull, false);
});

test('lets those go on who hold tasks back when it is not full any more, and not in the middle of what frees it', () => {
  const { results, resumed, holder, turn, planned } = stand(100);
  holder('a');
  results.add(120);
  results.free(10);
  turn();
  assert.deepEqual(resumed, [], 'it is still full');
  results.free(20);
  results.free(20);
  assert.deepEqual(resumed, []);
  assert.equal(planned.length, 1);
  turn();
  assert.deepEqual(resumed, ['a']);
});

test('gives them turns, and stops when it is full again', () => {
  const { results, resumed, holder, turn } = stand(100);
  for (const name of ['a', 'b', 'c']) holder(name, 60);
  for (let round = 0; round < 3; round++) {
    results.add(100 - results.held);
    results.free(60);
    turn();
  }
  assert.deepEqual(resumed, ['a', 'b', 'c']);
});

test('leaves those alone who hold nothing back any more', () => {
  const { results, resumed, holder, turn, planned } = stand(100);
  const gone = holder('gone');
  const late = holder('late');
  results.leave(gone);
  results.add(100);
  results.free(1);
  results.leave(late);
  turn();
  assert.deepEqual(resumed, []);
  results.add(1);
  results.free(1);
  assert.equal(planned.length, 0, 'nobody waits');
});

test('nothing is too much without a limit', () => {
  const { results } = stand(Number.POSITIVE_INFINITY);
  results.add(1e15);
  assert.equal(results.isFull, false);
  assert.equal(results.mostUnknown, Number.POSITIVE_INFINITY);
});
