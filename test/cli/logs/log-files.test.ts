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

test('a file that is being compressed is read once, as it was', () => {
  const logs = join(directory, 'compressing');
  writeLogs(logs, { 'app/app.2026-11-21T09.log.gz': '', 'app/app.2026-11-21T09.log': '' });
  assert.deepEqual(names(logs), ['app/app.2026-11-21T09.log']);
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
