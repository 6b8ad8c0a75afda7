import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { ownDescriptors } from '../../../../runtime/ledger/own-descriptors.js';
import { LogFiles, type LogFilesTerms } from '../../../../runtime/logs/files/log-files.js';
import type { SinkNotice } from '../../../../runtime/logs/files/sink-notice.js';
import { LockTaker } from '../../../support/lock-taker.js';
import { filesIn, indicesIn, indicesOf, logPlace, range, textOf } from '../../../support/log-place.js';
import { openedSince, openState } from '../../../support/open-state.js';
import { SetClock } from '../../../support/set-clock.js';
import { until } from '../../../support/until.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Log files in a time that passes when a test says so. */
class Stand {
  readonly dir: string;
  readonly clock: SetClock;
  readonly notices: SinkNotice[] = [];
  #written = 0;

  constructor(t: TestContext, date = '2026-01-20T12:30:00') {
    this.dir = join(logPlace(t), 'app');
    this.clock = new SetClock(t, date);
  }

  async open(terms: Partial<LogFilesTerms> = {}): Promise<LogFiles> {
    const files = await LogFiles.open({
      dir: this.dir,
      prefix: 'app',
      retentionMs: 7 * DAY_MS,
      clock: this.clock,
      remind: this.clock.remind,
      wallNow: this.clock.wallNow,
      told: (notice) => this.notices.push(notice),
      ...terms,
    });
    assert.ok(files instanceof LogFiles);
    return files;
  }

  /** Writes lines, and hands them over. */
  write(files: LogFiles, count = 1): void {
    this.add(files, count);
    files.flush();
  }

  add(files: LogFiles, count = 1): void {
    for (let line = 0; line < count; line++) files.write(`{"index":${this.#written++}}\n`, 1);
  }

  put(name: string, contents = name): void {
    mkdirSync(this.dir, { recursive: true });
    writeFileSync(join(this.dir, name), contents);
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  files(): string[] {
    return filesIn(this.dir);
  }

  async becomes(...files: string[]): Promise<void> {
    const expected = files.sort().join();
    await until(() => this.files().join() === expected);
  }
}

/** Runs a body, and looks whether it leaves something open. */
async function leavingNothing(t: TestContext, body: () => Promise<void>): Promise<void> {
  // What is loaded with the first files stays.
  const first = await LogFiles.open({
    dir: logPlace(t),
    prefix: 'app',
    retentionMs: 0,
    clock: { now: () => 0 },
    remind: () => ({ cancel: () => undefined }),
    wallNow: Date.now,
    told: () => undefined,
  });
  assert.ok(first instanceof LogFiles);
  await first.close();
  const before = await openState();
  const listeners = process.listenerCount('exit');
  await body();
  assert.deepEqual(await openedSince(before), []);
  assert.equal(process.listenerCount('exit'), listeners);
  assert.deepEqual([...ownDescriptors], []);
}

test('lines are in the file of their hour, and nothing is left open', async (t) => {
  await leavingNothing(t, async () => {
    const stand = new Stand(t);
    const files = await stand.open();
    assert.equal(files.current, stand.path('app.2026-01-20T12.log'));
    stand.write(files, 200);
    stand.clock.pass(HOUR_MS);
    stand.add(files, 10);
    await files.close();
    assert.deepEqual(indicesIn(stand.dir), range(0, 210));
    assert.equal(indicesOf(readFileSync(stand.path('app.2026-01-20T13.log'), 'utf8')).length, 10);
    assert.deepEqual(
      readdirSync(stand.dir).filter((name) => name.startsWith('.')),
      [],
    );
    assert.equal(stand.clock.timers, 0);
    assert.deepEqual([stand.notices, files.held, files.dropped], [[], 0, 0]);
  });
});

test('a batch is 64 KiB, or a turn of the event loop, or what there is when it is wanted', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  const lines = (): number => (existsSync(files.current ?? '') ? indicesIn(stand.dir).length : 0);
  stand.add(files, 1_000);
  assert.equal(lines(), 0);
  files.write(`{"index":0,"padding":"${'é'.repeat(65_536)}"}\n`, 1);
  assert.equal(lines(), 1_001);
  stand.add(files);
  assert.equal(lines(), 1_001);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(lines(), 1_002);
  stand.add(files);
  files.flush();
  assert.equal(lines(), 1_003);
  stand.add(files);
  await files.close();
  assert.equal(lines(), 1_004);
});

test('an idle process begins each hour, packs what is over, removes what is overdue, and makes no empty files', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  stand.write(files, 3);
  stand.clock.pass(30 * 60_000 - 1);
  assert.deepEqual(stand.files(), ['app.2026-01-20T12.log']);
  stand.clock.pass(1);
  assert.equal(files.current, stand.path('app.2026-01-20T13.log'));
  await stand.becomes('app.2026-01-20T12.log.gz');
  assert.equal(stand.clock.timers, 1);
  stand.clock.pass(7 * DAY_MS - 1);
  assert.deepEqual(stand.files(), ['app.2026-01-20T12.log.gz'], 'its last line may be seven days old by now, not more');
  stand.clock.pass(1);
  await stand.becomes();
  stand.clock.pass(21 * DAY_MS);
  assert.equal(files.current, stand.path('app.2026-02-17T13.log'));
  await files.close();
  assert.deepEqual(stand.files(), []);
  assert.deepEqual(stand.notices, []);
});

test('a clock that is set back goes on in the file of that hour, and nothing of it is lost', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  stand.write(files, 2);
  stand.clock.pass(HOUR_MS);
  stand.write(files, 2);
  await until(() => stand.files().includes('app.2026-01-20T12.log.gz'));
  stand.clock.setDate('2026-01-20T12:45:00');
  stand.write(files, 2);
  assert.equal(files.current, stand.path('app.2026-01-20T12.log'));
  stand.clock.pass(HOUR_MS);
  stand.write(files, 1);
  await stand.becomes('app.2026-01-20T12.log.gz', 'app.2026-01-20T13.log');
  assert.deepEqual(indicesOf(textOf(stand.path('app.2026-01-20T12.log.gz'))), [0, 1, 4, 5]);
  assert.deepEqual(indicesOf(textOf(stand.path('app.2026-01-20T13.log'))), [2, 3, 6]);
  await files.close();
});

test('a timer that comes before its time does not end the watch over the hours', async (t) => {
  const stand = new Stand(t, '2026-01-20T12:59:59.500');
  const files = await stand.open();
  stand.clock.setDate('2026-01-20T12:00:00');
  stand.clock.pass(1_000);
  assert.equal(files.current, stand.path('app.2026-01-20T12.log'));
  stand.clock.pass(HOUR_MS);
  assert.equal(files.current, stand.path('app.2026-01-20T13.log'));
  await files.close();
});

const leftBehind: Record<string, (stand: Stand) => void> = {
  'by a process that ended weeks ago': () => undefined,
  'together with an empty list of files': (stand) => stand.put('.app.audit.json', ''),
  'together with a list that says null': (stand) => stand.put('.app.audit.json', 'null'),
  'together with a broken list': (stand) => stand.put('.app.audit.json', '{"keep":{"days":true,"amount":7},"files":[{'),
  'together with a list that names none of them': (stand) =>
    stand.put(
      '.app.audit.json',
      JSON.stringify({ keep: { days: true, amount: 7 }, auditLog: '.app.audit.json', files: [] }),
    ),
  'by other settings of the rotating files': (stand) => {
    stand.put('app.2026-01-01T01.log.1');
    stand.put('app.2026-01-01T02.log.7.gz');
    stand.put('.0123456789abcdef-audit.json', '{}');
  },
  'half packed': (stand) => {
    stand.put('app.2026-01-01T03.log.gz.part');
    stand.put('app.2026-01-01T04.log.gz.whole');
    stand.put('app.2026-01-01T05.log.gz');
    stand.put('app.2026-01-01T05.log.gz.whole');
  },
};
for (const [how, leave] of Object.entries(leftBehind)) {
  test(`once open, nothing overdue is left, although files were left behind ${how}`, async (t) => {
    const stand = new Stand(t);
    for (const name of ['app.2026-01-01T00.log', 'app.2025-12-31T23.log.gz', 'app.2026-01-13T11.log']) stand.put(name);
    stand.put('other.2026-01-01T00.log');
    stand.put('app.2026-01-20T11.log', '{"index":0}\n');
    leave(stand);
    const hidden = readdirSync(stand.dir).filter((name) => name.startsWith('.'));
    const files = await stand.open();
    const kept = stand.files().filter((name) => !name.startsWith('app.2026-01-20T11.log'));
    assert.deepEqual(kept, ['other.2026-01-01T00.log']);
    await stand.becomes('app.2026-01-20T11.log.gz', 'other.2026-01-01T00.log');
    await files.close();
    assert.deepEqual(
      readdirSync(stand.dir).filter((name) => name.startsWith('.')),
      hidden,
      'what is not ours stays',
    );
    assert.deepEqual(stand.notices, []);
  });
}

test('a shorter retention holds for files of before', async (t) => {
  const stand = new Stand(t);
  for (const day of ['17', '18', '19']) stand.put(`app.2026-01-${day}T12.log.gz`);
  const files = await stand.open({ retentionMs: 2 * DAY_MS });
  assert.deepEqual(stand.files(), ['app.2026-01-18T12.log.gz', 'app.2026-01-19T12.log.gz']);
  await files.close();
});

test('what was packed when a process ended is not lost to the next', async (t) => {
  const stand = new Stand(t);
  const first = await stand.open();
  stand.write(first, 3);
  await first.close();
  const second = await stand.open();
  stand.write(second, 3);
  await second.close();
  assert.deepEqual(indicesOf(readFileSync(stand.path('app.2026-01-20T12.log'), 'utf8')), range(0, 6));
});

test('what may be in a folder is looked at while the hour goes on, and the current file is told in bytes', async (t) => {
  await leavingNothing(t, async () => {
    const stand = new Stand(t);
    const current = 'app.2026-01-20T12.log';
    stand.put(current, '{"index":-1}\n');
    const old = range(1, 9).map((hour) => `app.2026-01-20T0${hour}.log.1`);
    for (const name of old) stand.put(name, 'x'.repeat(1_000));
    const files = await stand.open({ maxBytes: 10_000 });
    assert.equal(files.bytes, 13);
    await stand.becomes(current, ...old);
    files.write(`${'x'.repeat(2_999)}\n`, 1);
    assert.equal(files.bytes, 3_013, 'also before it is handed over');
    files.flush();
    await stand.becomes(current, ...old.slice(2));
    assert.equal(files.bytes, 3_013);
    await files.close();
  });
});

test('a file that cannot be removed is told once, and removed when it can be', async (t) => {
  const stand = new Stand(t);
  const name = 'app.2026-01-01T00.log';
  mkdirSync(stand.path(name), { recursive: true });
  const files = await stand.open();
  stand.clock.pass(3 * HOUR_MS);
  rmSync(stand.path(name), { recursive: true });
  stand.put(name);
  stand.clock.pass(HOUR_MS);
  await stand.becomes();
  await files.close();
  assert.deepEqual(
    stand.notices.map((notice) => notice.kind === 'kept' && notice.path),
    [stand.path(name)],
  );
});

test('when the folder is removed, nothing written afterwards is lost', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  stand.write(files, 10);
  rmSync(stand.dir, { recursive: true });
  stand.write(files, 10);
  assert.deepEqual(indicesIn(stand.dir), range(10, 20));
  assert.equal(existsSync(stand.path('.lock')), true, 'the directory is ours again');
  await files.close();
  assert.deepEqual([files.dropped, stand.notices], [0, []]);
});

test('while a file stands where the folder was, lines are held, through a new hour as well', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  stand.write(files, 10);
  renameSync(stand.dir, `${stand.dir}.away`);
  writeFileSync(stand.dir, 'not a folder');
  stand.clock.pass(1_000);
  stand.write(files, 10);
  assert.equal(files.held, 10);
  stand.clock.pass(HOUR_MS);
  stand.write(files, 10);
  assert.equal(files.held, 20);
  assert.deepEqual(new Set(stand.notices.map((notice) => 'code' in notice && notice.code)), new Set(['ENOTDIR']));
  rmSync(stand.dir);
  stand.clock.pass(100);
  assert.equal(files.held, 0);
  assert.deepEqual(indicesOf(textOf(stand.path('app.2026-01-20T12.log'))), range(10, 20));
  assert.deepEqual(indicesOf(textOf(stand.path('app.2026-01-20T13.log'))), range(20, 30));
  assert.deepEqual(stand.notices.at(-1), { kind: 'recovered', dropped: 0 });
  await files.close();
  assert.deepEqual(indicesIn(`${stand.dir}.away`), range(0, 10));
});

test('a folder that could not be read is swept a minute later', async (t) => {
  const stand = new Stand(t);
  stand.put('app.2026-01-20T11.log');
  const files = await stand.open();
  // The first sweep is through then. It would find the folder or the file, whichever is there when it looks.
  await stand.becomes('app.2026-01-20T11.log.gz');
  renameSync(stand.dir, `${stand.dir}.away`);
  writeFileSync(stand.dir, 'not a folder');
  stand.clock.pass(30 * 60_000);
  await until(() => stand.notices.length > 0);
  assert.deepEqual(
    stand.notices.map((notice) => notice.kind === 'kept' && notice.wanted),
    ['list'],
  );
  rmSync(stand.dir);
  renameSync(`${stand.dir}.away`, stand.dir);
  stand.put('app.2026-01-01T00.log');
  // The timer for it is set a few turns after it was told.
  await until(() => stand.clock.next <= 60_000);
  stand.clock.pass(60_000);
  await stand.becomes('app.2026-01-20T11.log.gz');
  await files.close();
});

test('a directory has one writer', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  const terms = { dir: stand.dir, prefix: 'app', retentionMs: 0, clock: stand.clock, remind: stand.clock.remind };
  const second = await LogFiles.open({ ...terms, wallNow: stand.clock.wallNow, told: () => undefined });
  assert.deepEqual(second, { busy: { pid: process.pid } });
  await files.close();
  await (await stand.open()).close();
});

test('a directory that went to another process while it was away is not swept, which is told', async (t) => {
  const stand = new Stand(t);
  stand.put('app.2026-01-20T11.log');
  const files = await stand.open();
  await stand.becomes('app.2026-01-20T11.log.gz');
  rmSync(stand.dir, { recursive: true });
  stand.put('app.2026-01-01T00.log');
  const other = await LockTaker.up(t);
  await other.ask({ do: 'take', dir: stand.dir });
  stand.write(files, 1);
  stand.clock.pass(2 * HOUR_MS);
  await until(() => stand.notices.length > 0);
  assert.deepEqual(stand.notices, [{ kind: 'shared', path: stand.dir }]);
  await files.close();
  assert.deepEqual(stand.files(), ['app.2026-01-01T00.log', 'app.2026-01-20T12.log']);
  assert.equal(existsSync(stand.path('.lock')), true);
});

test('it is swept again once that process was killed', async (t) => {
  const stand = new Stand(t);
  stand.put('app.2026-01-20T11.log');
  const files = await stand.open();
  await stand.becomes('app.2026-01-20T11.log.gz');
  rmSync(stand.dir, { recursive: true });
  stand.put('app.2026-01-01T00.log');
  const other = await LockTaker.up(t);
  await other.ask({ do: 'take', dir: stand.dir });
  stand.clock.pass(HOUR_MS);
  await until(() => stand.notices.length > 0);
  await other.kill();
  stand.clock.pass(HOUR_MS);
  await stand.becomes();
  await files.close();
  assert.equal(stand.notices.length, 1);
});

test('a directory that cannot be made rejects with why', async (t) => {
  const place = logPlace(t);
  writeFileSync(join(place, 'file'), '');
  const stand = new Stand(t);
  await assert.rejects(stand.open({ dir: join(place, 'file', 'logs') }), { code: 'ENOTDIR' });
});

test('lines that come after the end are counted', async (t) => {
  const stand = new Stand(t);
  const files = await stand.open();
  const closed = files.close();
  assert.equal(files.close(), closed);
  stand.add(files, 70);
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(files.dropped, 70);
  assert.deepEqual(stand.files(), []);
});

test('names of folders are taken as they are', async (t) => {
  const stand = new Stand(t);
  const dir = join(stand.dir, 'a "name" %DATE% <with> everything');
  const files = await stand.open({ dir });
  stand.write(files, 2);
  await files.close();
  assert.deepEqual(filesIn(dir), ['app.2026-01-20T12.log']);
  assert.deepEqual(indicesIn(dir), [0, 1]);
});

test('a relative folder is the one it was when they were opened', async (t) => {
  const stand = new Stand(t);
  const [before, place] = [process.cwd(), logPlace(t)];
  process.chdir(place);
  try {
    const files = await stand.open({ dir: 'logs' });
    process.chdir('/');
    stand.write(files, 1);
    await files.close();
  } finally {
    process.chdir(before);
  }
  assert.deepEqual(indicesIn(join(place, 'logs')), [0]);
});
