import assert from 'node:assert/strict';
import test from 'node:test';
import { moment } from '../../../cli/logs/moment.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const iso = (given: string): string => new Date(moment(given, now)).toISOString();

test('a duration is that long ago', () => {
  assert.equal(iso('30s'), '2026-11-21T11:59:30.000Z');
  assert.equal(iso('1.5m'), '2026-11-21T11:58:30.000Z');
  assert.equal(iso('2h'), '2026-11-21T10:00:00.000Z');
  assert.equal(iso('7d'), '2026-11-14T12:00:00.000Z');
  assert.equal(iso('250ms'), '2026-11-21T11:59:59.750Z');
});

test('a date is UTC unless it names a zone, and midnight unless it names a time', () => {
  assert.equal(iso('2026-11-21'), '2026-11-21T00:00:00.000Z');
  assert.equal(iso('2026-11-21T09:15'), '2026-11-21T09:15:00.000Z');
  assert.equal(iso('2026-11-21 09:15:30.5'), '2026-11-21T09:15:30.500Z');
  assert.equal(iso('2026-11-21T09:15:30z'), '2026-11-21T09:15:30.000Z');
  assert.equal(iso('2026-11-21T09:15+01:00'), '2026-11-21T08:15:00.000Z');
  assert.equal(iso('2024-02-29'), '2024-02-29T00:00:00.000Z');
});

test('anything else is refused, with what was expected', () => {
  for (const given of [
    '',
    'soon',
    '5',
    '-5m',
    '2026',
    '2026-11',
    '2026-13-01',
    '2026-02-30',
    '2026-11-21T25:00',
    '9:15',
    '5w',
  ]) {
    assert.throws(() => moment(given, now), /^InvalidArgumentError|Expected a duration such as 30s/, given);
  }
  assert.throws(() => moment('30', now), /Did you mean 30s\?/);
});
