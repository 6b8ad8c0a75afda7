import assert from 'node:assert/strict';
import test from 'node:test';
import {
  cut,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatWait,
  plural,
} from '../../../cli/render/units.js';

test('counts have separators', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
});

test('durations are as fine as they are short', () => {
  const given = [0, 850, 999.4, 999.5, 12_345, 59_949, 59_950, 192_000, 3_599_400, 3_600_000, 3_780_000, 90_000_000];
  const shown = [
    '0 ms',
    '850 ms',
    '999 ms',
    '1.0 s',
    '12.3 s',
    '59.9 s',
    '1m 00s',
    '3m 12s',
    '59m 59s',
    '1h 00m',
    '1h 03m',
    '25h 00m',
  ];
  assert.deepEqual(given.map(formatDuration), shown);
});

test('rates are per second, slow ones per minute', () => {
  assert.deepEqual([0, 0.04, 0.1, 8.13, 81.34, 99.95, 12_345.6].map(formatRate), [
    '0.0/s',
    '2.4/min',
    '0.1/s',
    '8.1/s',
    '81.3/s',
    '100/s',
    '12,346/s',
  ]);
});

test('one of a thing is singular', () => {
  assert.deepEqual([plural(0, 'item'), plural(1, 'item'), plural(2000, 'item')], ['0 items', '1 item', '2,000 items']);
});

test('a text is cut where it is too long', () => {
  assert.deepEqual([cut('abc', 3), cut('abcd', 3), cut('abcd', 0)], ['abc', 'ab…', '…']);
});

test('a wait is told in whole seconds, the last of which is one', () => {
  const given = [0.5, 1000, 1001, 6500, 98_999, 99_000, 120_000];
  assert.deepEqual(given.map(formatWait), ['1 s', '1 s', '2 s', '7 s', '99 s', '1m 39s', '2m 00s']);
});

test('bytes have the unit that keeps them short', () => {
  const given = [0, 850, 1023, 1024, 20_666, 1_048_576, 43_253_760, 1_610_612_736];
  assert.deepEqual(given.map(formatBytes), [
    '0 B',
    '850 B',
    '1023 B',
    '1.0 KB',
    '20.2 KB',
    '1.0 MB',
    '41.3 MB',
    '1.5 GB',
  ]);
});
