import assert from 'node:assert/strict';
import test from 'node:test';
import { Pace } from '../../../cli/render/pace.js';

test('nothing has a pace before time has passed', () => {
  assert.equal(new Pace(1000).perSecond(5, 1000), 0);
});

test('a steady run has its pace from the first moment on', () => {
  const pace = new Pace(1000);
  for (let second = 1; second <= 60; second++) {
    assert.equal(pace.perSecond(second * 40, 1000 + second * 1000), 40);
  }
});

test('what is more than fifteen seconds ago no longer counts', () => {
  const pace = new Pace(0);
  for (let second = 1; second <= 30; second++) pace.perSecond(0, second * 1000);
  for (let second = 31; second <= 45; second++) pace.perSecond((second - 30) * 10, second * 1000);
  assert.equal(Math.round(pace.perSecond(160, 46_000)), 10);
});

test('a run that stalls slows down to nothing', () => {
  const pace = new Pace(0);
  for (let second = 1; second <= 10; second++) pace.perSecond(second * 10, second * 1000);
  for (let second = 11; second <= 30; second++) pace.perSecond(100, second * 1000);
  assert.equal(pace.perSecond(100, 31_000), 0);
});
