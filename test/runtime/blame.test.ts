import assert from 'node:assert/strict';
import test from 'node:test';
import { Blame } from '../../runtime/blame.js';

test('who ends its thread alone is charged with that death, and has to be alone from then on', () => {
  const blame = new Blame();
  assert.equal(blame.isSuspect, false);
  assert.equal(blame.charge(), 1);
  assert.deepEqual([blame.deaths, blame.isSuspect], [1, true]);
  blame.acquit();
  assert.equal(blame.isSuspect, true, 'what is proven stays');
});

test('of a group nobody is charged, until one dies alone: that one is charged with both deaths', () => {
  const group = { charged: false };
  const [culprit, innocent] = [new Blame(), new Blame()];
  for (const blame of [culprit, innocent]) {
    blame.suspect(group);
    assert.deepEqual([blame.deaths, blame.cutShort, blame.isSuspect], [0, 1, true]);
  }
  innocent.acquit();
  assert.deepEqual([innocent.deaths, innocent.isSuspect], [0, false]);
  assert.equal(culprit.charge(), 2);
  assert.deepEqual([culprit.deaths, culprit.cutShort], [2, 0], 'the attempt that was cut short was its own doing');
});

test('a group death is charged once', () => {
  const group = { charged: false };
  const [first, second] = [new Blame(), new Blame()];
  first.suspect(group);
  second.suspect(group);
  assert.equal(first.charge(), 2);
  assert.equal(second.charge(), 1);
  assert.deepEqual([second.deaths, second.cutShort], [1, 1]);
  assert.equal(second.charge(), 1);
});

test('who was acquitted is not charged with the death it was a suspect of', () => {
  const blame = new Blame();
  blame.suspect({ charged: false });
  blame.acquit();
  assert.equal(blame.charge(), 1);
});
