import assert from 'node:assert/strict';
import test from 'node:test';
import { checkInputs } from '../../../cli/inputs/check-inputs.js';
import type { InputOptions } from '../../../cli/inputs/input-options.js';

const check = (options: Partial<InputOptions>): void =>
  checkInputs({ arguments: [], in: undefined, format: 'auto', null: false, ...options });

test('arguments or --in are inputs', () => {
  check({ arguments: ['a'] });
  check({ in: '-' });
  check({ in: '-', null: true });
  check({ in: '-', null: true, format: 'lines' });
  check({ in: 'a.csv', format: 'csv' });
});

test('no inputs at all are refused with how to give some', () => {
  assert.throws(() => check({}), {
    name: 'UsageError',
    message: 'There are no inputs.',
    next: /'src\/\*\*\/\*\.js'.*--in -/,
  });
});

test('flags that contradict each other are refused with what to do instead', () => {
  assert.throws(
    () => check({ arguments: ['a'], in: '-' }),
    /Inputs are given twice: as arguments \('a' …\) and by --in -\./,
  );
  assert.throws(() => check({ arguments: ['a'], null: true }), /-0 says how --in is read/);
  assert.throws(() => check({ arguments: ['a'], format: 'csv' }), /--format says how --in is read/);
  assert.throws(() => check({ in: '-', null: true, format: 'csv' }), /-0 expects --format lines, got --format csv/);
});
