import assert from 'node:assert/strict';
import test from 'node:test';
import { byHour, hourByHour } from '../../../cli/logs/hour-by-hour.js';
import { type LogFile, logFile } from '../../../cli/logs/log-files.js';
import type { Found } from '../../../cli/logs/search.js';
import { line, parsed } from '../support/logs.js';

const files = ['app.2026-11-21T10.log', 'app.2026-11-21T09.log.gz', 'app.2026-11-21T09.log'].map((name) => {
  const file = logFile('', name);
  assert.ok(file);
  return file;
});

test('files stand by their hour, the oldest first, and in one hour as they were given', () => {
  const names = byHour(files).map((hour) => hour.map(({ path }) => path.slice(-6)));
  assert.deepEqual(names, [['log.gz', '09.log'], ['10.log']]);
});

test('the files of one hour are merged, and the next ones are opened when it is over', async () => {
  const opened: string[] = [];
  async function* open(file: LogFile): AsyncGenerator<Found[]> {
    opened.push(file.path);
    const first = file.isCompressed ? 0 : 1;
    for (const at of [first, first + 2]) {
      const record = parsed(line(at, at, `${at} of ${file.path.slice(-6)}`));
      yield await Promise.resolve([{ kind: 'record', file, record }]);
    }
  }
  const bodies: unknown[] = [];
  for await (const found of hourByHour(files, open)) {
    for (const one of found) {
      bodies.push(one.kind === 'record' && one.record.fields['body']);
      if (bodies.length <= 4) assert.equal(opened.length, 2);
    }
  }
  assert.deepEqual(bodies, ['0 of log.gz', '1 of 09.log', '2 of log.gz', '3 of 09.log', '1 of 10.log', '3 of 10.log']);
});
