import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'node:test';
import { listLogFiles, logFile, mayHoldSince } from '../../../cli/logs/log-files.js';
import { writeLogs } from '../support/logs.js';
import { scratch } from '../support/scratch.js';

const directory = scratch('log-files');

const names = (folder: string): string[] => listLogFiles(folder).files.map(({ path }) => relative(folder, path));

test('files come in the order of their hours, of one hour the app log first; nothing else is listed', () => {
  const logs = join(directory, 'both');
  writeLogs(logs, {
    'app/app.2026-11-21T09.log': '',
    'app/app.2026-11-20T23.log.gz': '',
    'app/app.2026-11-21T08.log.gz.tmp': '',
    'app/app.2026-13-21T08.log': '',
    'app/.lock': '',
    'incidents/incidents.2026-11-21T09.log': '',
    'incidents/incidents.2026-10-01T00.log.gz': '',
    'incidents/notes.log': '',
    'other/app.2026-11-21T09.log': '',
  });
  assert.deepEqual(names(logs), [
    'incidents/incidents.2026-10-01T00.log.gz',
    'app/app.2026-11-20T23.log.gz',
    'app/app.2026-11-21T09.log',
    'incidents/incidents.2026-11-21T09.log',
  ]);
  assert.deepEqual(names(join(logs, 'incidents')), ['incidents.2026-10-01T00.log.gz', 'incidents.2026-11-21T09.log']);
});

test('an hour that is packed and written to again has two files, and one that is being packed counts as it was', () => {
  const logs = join(directory, 'compressing');
  writeLogs(logs, {
    'app/app.2026-11-21T09.log': '',
    'app/app.2026-11-21T09.log.gz': '',
    'app/app.2026-11-21T09.log.gz.part': '',
  });
  assert.deepEqual(names(logs), ['app/app.2026-11-21T09.log.gz', 'app/app.2026-11-21T09.log']);
});

test('what was broken and put aside is read as well', () => {
  const logs = join(directory, 'aside');
  writeLogs(logs, {
    'app/app.2026-11-21T09.log': '',
    'app/app.2026-11-21T09.log.gz': '',
    'app/app.2026-11-21T09.log.2.gz': '',
    'app/app.2026-11-21T09.log.2': '',
  });
  assert.deepEqual(names(logs).sort(), [
    'app/app.2026-11-21T09.log',
    'app/app.2026-11-21T09.log.2.gz',
    'app/app.2026-11-21T09.log.gz',
  ]);
});

test('where packing was killed between its last steps each line is in one of the files that are read', () => {
  const plain = 'app.2026-11-21T09.log';
  const packed = `${plain}.gz`;
  const whole = `${packed}.whole`;
  for (const [left, read] of [
    [[plain, whole], [plain]],
    [
      [plain, packed, whole],
      [packed, plain],
    ],
    [[whole], [whole]],
    [[packed, whole], [whole]],
  ] as const) {
    const logs = join(directory, `killed-${left.join('-')}`);
    writeLogs(logs, Object.fromEntries(left.map((name) => [`app/${name}`, ''])));
    assert.deepEqual(names(join(logs, 'app')), read);
  }
});

test('the folders that are there are told apart from those that are not', () => {
  const logs = join(directory, 'empty');
  assert.deepEqual(listLogFiles(logs), { files: [], found: [] });
  mkdirSync(join(logs, 'app'), { recursive: true });
  assert.deepEqual(listLogFiles(logs), { files: [], found: [logs, join(logs, 'app')] });
});

test('a file may hold what came until its hour was over, and a little later by the clock of a thread', () => {
  const file = logFile('app', 'app.2026-11-21T09.log');
  assert.ok(file);
  assert.ok(mayHoldSince(file, Date.parse('2026-11-21T10:00:30Z')));
  assert.ok(!mayHoldSince(file, Date.parse('2026-11-21T10:01:00Z')));
});
