import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { refuseFile } from '../../../cli/logs/log-directory.js';
import { UsageError } from '../../../cli/usage-error.js';
import { scratch } from '../support/scratch.js';

const directory = scratch('log-directory');

test('a file is refused and its log directory is named; a directory and what is not there are not its matter', () => {
  mkdirSync(join(directory, 'app'));
  for (const [name, next] of [
    [join('app', 'app.2026-11-21T09.log.gz'), directory],
    ['app.2026-11-21T09.log', directory],
    ['notes.txt', '<directory>'],
  ] as const) {
    writeFileSync(join(directory, name), '');
    assert.throws(
      () => refuseFile(join(directory, name)),
      (error) => error instanceof UsageError && error.next?.endsWith(`plustwo logs ${next}`) === true,
    );
  }
  refuseFile(directory);
  refuseFile(join(directory, 'nowhere'));
  refuseFile(join(directory, 'notes.txt', 'below'));
});
