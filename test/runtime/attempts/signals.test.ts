import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import { Signals } from '../../../runtime/attempts/signals.js';

function listenerCount(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

test('puts one listener on a signal, however many tasks share it', () => {
  const { signal } = new AbortController();
  const signals = new Signals();
  for (let task = 0; task < 100; task++) signals.listen(signal, { task }, () => undefined);
  assert.equal(listenerCount(signal), 1);
});

test('tells everybody once, in the order in which they came', () => {
  const controller = new AbortController();
  const signals = new Signals();
  const told: number[] = [];
  for (let task = 0; task < 4; task++) signals.listen(controller.signal, { task }, () => told.push(task));
  controller.abort();
  assert.deepEqual(told, [0, 1, 2, 3]);
  assert.equal(listenerCount(controller.signal), 0);
});

test('does not tell who has gone', () => {
  const controller = new AbortController();
  const signals = new Signals();
  const told: string[] = [];
  const leave = signals.listen(controller.signal, {}, () => told.push('gone'));
  signals.listen(controller.signal, {}, () => told.push('there'));
  leave();
  controller.abort();
  assert.deepEqual(told, ['there']);
});

test('takes its listener off the signal when the last one goes', () => {
  const { signal } = new AbortController();
  const signals = new Signals();
  const leave = [signals.listen(signal, {}, () => undefined), signals.listen(signal, {}, () => undefined)];
  leave[0]?.();
  assert.equal(listenerCount(signal), 1);
  leave[1]?.();
  assert.equal(listenerCount(signal), 0);
});

test('listens anew after everybody had gone', () => {
  const controller = new AbortController();
  const signals = new Signals();
  let told = 0;
  signals.listen(controller.signal, {}, () => told++)();
  signals.listen(controller.signal, {}, () => told++);
  assert.equal(listenerCount(controller.signal), 1);
  controller.abort();
  assert.equal(told, 1);
});

test('keeps signals apart', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signals = new Signals();
  const told: string[] = [];
  signals.listen(one.signal, {}, () => told.push('one'));
  signals.listen(other.signal, {}, () => told.push('other'));
  other.abort();
  assert.deepEqual(told, ['other']);
  assert.equal(listenerCount(one.signal), 1);
});

test('lets listeners go while it tells them', () => {
  const controller = new AbortController();
  const signals = new Signals();
  const told: string[] = [];
  const leaveFirst = signals.listen(controller.signal, {}, () => {
    told.push('first');
    leaveFirst();
  });
  signals.listen(controller.signal, {}, () => told.push('second'));
  controller.abort();
  assert.deepEqual(told, ['first', 'second']);
});

test('leaves the listeners of others on the signal alone', () => {
  const controller = new AbortController();
  let told = 0;
  controller.signal.addEventListener('abort', () => told++);
  new Signals().listen(controller.signal, {}, () => undefined)();
  controller.abort();
  assert.equal(told, 1);
});
