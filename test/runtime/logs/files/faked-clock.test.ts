// The machine's own date, set forward under a process that runs. Everything else is tested on a clock that is handed in.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { filesIn, indicesIn, logPlace, range } from '../../../support/log-place.js';
import { LogWriter, type LogWriterStart } from '../../../support/log-writer.js';
import { until } from '../../../support/until.js';

const library = findLibrary();
const skip = library === undefined ? 'libfaketime is not installed' : false;
const terms = { prefix: 'app', retentionMs: 7 * 86_400_000 };

/** Where distributions put it: in a folder of the platform's. */
function findLibrary(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return folders.map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`).find((path) => existsSync(path));
}

/** A process reads its date from this file, each time it asks for it. Its timers go on as they are: they count no dates. */
function dateOf(file: string): LogWriterStart {
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
    TZ: 'UTC',
  };
  return { env };
}

test('files follow the machine’s date: an hour each, packed when it is over, gone after seven days', {
  skip,
}, async (t) => {
  const place = logPlace(t);
  const [dir, date] = [join(place, 'logs'), join(place, 'date')];
  const setDate = (to: string): void => writeFileSync(date, `@${to}`);
  const becomes = (...files: string[]): Promise<void> => until(() => filesIn(dir).join() === files.join());

  setDate('2026-01-01 12:59:00');
  const writer = await LogWriter.up(t, dateOf(date));
  await writer.ask({ do: 'open', terms: { dir, ...terms } });
  await writer.ask({ do: 'write', from: 0, to: 100, flush: true });
  assert.deepEqual(filesIn(dir), ['app.2026-01-01T12.log']);

  setDate('2026-01-01 13:01:00');
  await writer.ask({ do: 'write', from: 100, to: 200, flush: true });
  await becomes('app.2026-01-01T12.log.gz', 'app.2026-01-01T13.log');
  assert.deepEqual(indicesIn(dir), range(0, 200));

  setDate('2026-01-08 12:59:00');
  await writer.ask({ do: 'write', from: 200, to: 300, flush: true });
  await becomes('app.2026-01-01T12.log.gz', 'app.2026-01-01T13.log.gz', 'app.2026-01-08T12.log');

  setDate('2026-01-08 13:01:00');
  await writer.ask({ do: 'write', from: 300, to: 400, flush: true });
  await becomes('app.2026-01-01T13.log.gz', 'app.2026-01-08T12.log.gz', 'app.2026-01-08T13.log');
  assert.deepEqual(indicesIn(dir), range(100, 400));
  await writer.last({ do: 'end', ending: 'SIGKILL' });

  setDate('2026-03-01 00:00:00');
  const later = await LogWriter.up(t, dateOf(date));
  const answer = await later.ask({ do: 'open', terms: { dir, ...terms } });
  assert.deepEqual(answer, { current: join(dir, 'app.2026-03-01T00.log') });
  assert.deepEqual(filesIn(dir), []);
  assert.deepEqual([...writer.notices, ...later.notices], []);
});
