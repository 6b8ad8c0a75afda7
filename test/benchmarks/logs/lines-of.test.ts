// What the log benches count lines by: if it did not see that one is missing, they would not either.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scratch } from '../../cli/support/scratch.js';
import { compiled } from '../support/compiled.js';

const { accountedFor, checkCount, linesIn } = await compiled<{
  accountedFor: (dir: string) => number;
  checkCount: (who: string, found: number, expected: number) => void;
  linesIn: (dir: string) => string[];
}>('logs/lines-of.js');

const directory = scratch('lines-of');

function written(name: string, files: Readonly<Record<string, readonly object[]>>): string {
  const dir = join(directory, name);
  mkdirSync(join(dir, 'app'), { recursive: true });
  for (const [file, records] of Object.entries(files))
    writeFileSync(join(dir, 'app', file), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return dir;
}

test('lines and ends of tasks count, and what summaries say was counted; nothing else does', () => {
  const dir = written('counted', {
    'app.2026-03-01T09.log': [
      { body: 'started', event_name: 'supervisor.started' },
      { body: 'a line' },
      { body: 'another' },
      { body: 'sayLines ok', event_name: 'task.ended' },
      { body: 'suppressed', event_name: 'log.suppressed', 'suppressed.count': 1_204 },
    ],
    'app.2026-03-01T10.log': [{ body: 'one more' }, { body: 'closed', event_name: 'supervisor.closed' }],
    'app.audit.json': [{ body: 'no log' }],
  });
  assert.equal(accountedFor(dir), 1_208);
  assert.equal(linesIn(join(dir, 'app')).length, 7);
});

test('a line too few or too many is said, with whose they are', () => {
  checkCount('winston', 200, 200);
  for (const found of [199, 201]) {
    assert.throws(
      () => {
        checkCount('winston', found, 200);
      },
      new RegExp(`winston: 200 lines were said, and ${found} are there`),
    );
  }
});
