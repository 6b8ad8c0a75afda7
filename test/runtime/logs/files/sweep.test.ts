import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { textOf } from '../../../support/log-place.js';
import { openedSince, openState } from '../../../support/open-state.js';
import { SweepStand } from '../../../support/sweep-stand.js';
import { until } from '../../../support/until.js';

test('what is overdue goes, whatever state it is in and whenever it was changed', async (t) => {
  const stand = new SweepStand(t);
  const overdue = ['', '.1', '.gz', '.gz.2', '.3.gz', '.gz.part', '.gz.whole'].map(
    (end) => `app.2026-01-13T10.log${end}`,
  );
  for (const name of overdue) stand.put(name);
  stand.put('app.2026-01-13T12.log.gz');
  utimesSync(stand.path('app.2026-01-13T12.log.gz'), 0, 0);
  assert.equal(await stand.sweep.purge(), true);
  assert.deepEqual(stand.files(), ['app.2026-01-13T12.log.gz']);
  assert.deepEqual(stand.notices, []);
});

test('files of others, folders and what links lead to stay as they are', async (t) => {
  const stand = new SweepStand(t, { maxBytes: 0 });
  const others = ['app.log', 'other.2020-01-01T00.log', 'app.2020-01-01.log', 'app.2020-01-01T00.log.bak', 'notes.txt'];
  for (const name of others) stand.put(name);
  mkdirSync(stand.path('folder'));
  stand.put('folder/app.2020-01-01T00.log');
  symlinkSync(stand.path('notes.txt'), stand.path('app.2026-01-01T00.log'));
  symlinkSync(stand.path('notes.txt'), stand.path('app.2026-01-20T10.log'));
  await stand.sweep.run();
  assert.deepEqual(stand.files(), [...others, 'folder'].sort());
  assert.equal(readFileSync(stand.path('notes.txt'), 'utf8'), 'notes.txt');
  assert.equal(existsSync(stand.path('folder/app.2020-01-01T00.log')), true);
  assert.deepEqual(stand.notices, []);
});

test('hours that are over are packed; the one that is written to and those of a clock that was ahead are not', async (t) => {
  const stand = new SweepStand(t);
  for (const hour of ['10', '11', '12', '15']) stand.put(`app.2026-01-20T${hour}.log`, `${hour}\n`.repeat(1_000));
  stand.inUse.add(stand.path('app.2026-01-20T11.log'));
  await stand.sweep.run();
  const expected = [
    'app.2026-01-20T10.log.gz',
    'app.2026-01-20T11.log',
    'app.2026-01-20T12.log',
    'app.2026-01-20T15.log',
  ];
  assert.deepEqual(stand.files(), expected);
  assert.equal(textOf(stand.path('app.2026-01-20T10.log.gz')), '10\n'.repeat(1_000));
});

test('an hour that came twice is packed behind what is packed of it', async (t) => {
  const stand = new SweepStand(t);
  stand.put('app.2026-01-20T10.log.gz', gzipSync('first\n'));
  stand.put('app.2026-01-20T10.log', 'second\n');
  await stand.sweep.run();
  assert.deepEqual(stand.files(), ['app.2026-01-20T10.log.gz']);
  assert.equal(textOf(stand.path('app.2026-01-20T10.log.gz')), 'first\nsecond\n');
});

// Every state in which a process that packs `b` behind an `a` may end.
const interrupted: Record<string, Record<string, string | Buffer>> = {
  'while it copied what was packed': { '.gz': gzipSync('a\n'), '.gz.part': gzipSync('a\n').subarray(0, 9), '': 'b\n' },
  'while it packed': {
    '.gz': gzipSync('a\n'),
    '.gz.part': Buffer.concat([gzipSync('a\n'), gzipSync('b\n').subarray(0, 12)]),
    '': 'b\n',
  },
  'when it had packed': { '.gz': gzipSync('a\n'), '.gz.part': gzipSync('a\nb\n'), '': 'b\n' },
  'before it removed the original': { '.gz': gzipSync('a\n'), '.gz.whole': gzipSync('a\nb\n'), '': 'b\n' },
  'when it had removed the original': { '.gz': gzipSync('a\n'), '.gz.whole': gzipSync('a\nb\n') },
};
for (const [when, files] of Object.entries(interrupted)) {
  test(`a process that ended ${when} has left every line in one place`, async (t) => {
    const stand = new SweepStand(t);
    for (const [end, contents] of Object.entries(files)) stand.put(`app.2026-01-20T10.log${end}`, contents);
    await stand.sweep.purge();
    const texts = stand.files().map((name) => textOf(stand.path(name)));
    assert.equal(texts.sort().join(''), 'a\nb\n');
    await stand.sweep.run();
    assert.deepEqual(stand.files(), ['app.2026-01-20T10.log.gz']);
    assert.equal(textOf(stand.path('app.2026-01-20T10.log.gz')), 'a\nb\n');
  });
}

test('a process that is killed while it packs loses nothing', async (t) => {
  const stand = new SweepStand(t);
  const lines = Array.from({ length: 300_000 }, (_, index) => `${index} ${Math.random()}\n`).join('');
  stand.put('app.2026-01-20T10.log', lines);
  const script = fileURLToPath(new URL('../../../fixtures/logs/sweep.js', import.meta.url));
  const child = spawn(process.execPath, [script, stand.folder, String(stand.now)], { stdio: 'ignore' });
  const end = once(child, 'exit');
  await until(() => existsSync(stand.path('app.2026-01-20T10.log.gz.part')) || child.exitCode !== null);
  child.kill('SIGKILL');
  assert.deepEqual(await end, [null, 'SIGKILL'], 'it was at it');
  await stand.sweep.run();
  assert.deepEqual(stand.files(), ['app.2026-01-20T10.log.gz']);
  assert.ok(textOf(stand.path('app.2026-01-20T10.log.gz')) === lines);
});

test('a file that is written to while it is packed is packed another time', async (t) => {
  const stand = new SweepStand(t);
  stand.put('app.2026-01-20T10.log', 'a\n'.repeat(2_000_000));
  const sweeping = stand.sweep.run();
  await until(() => existsSync(stand.path('app.2026-01-20T10.log.gz.part')));
  writeFileSync(stand.path('app.2026-01-20T10.log'), 'b\n', { flag: 'a' });
  await sweeping;
  assert.deepEqual(stand.files(), ['app.2026-01-20T10.log']);
  await stand.sweep.run();
  assert.deepEqual(stand.files(), ['app.2026-01-20T10.log.gz']);
  assert.ok(textOf(stand.path('app.2026-01-20T10.log.gz')).endsWith('a\nb\n'));
});

test('above the cap the oldest go, after packing has made them small', async (t) => {
  const stand = new SweepStand(t, { maxBytes: 3_000 });
  for (const hour of ['07', '08', '09', '10', '11'])
    stand.put(`app.2026-01-20T${hour}.log`, 'the same again\n'.repeat(1_000));
  for (const day of ['15', '16']) stand.put(`app.2026-01-${day}T00.log.gz`, Buffer.alloc(2_000));
  stand.put('app.2026-01-20T12.log', 'x'.repeat(200));
  stand.inUse.add(stand.path('app.2026-01-20T12.log'));
  await stand.sweep.run();
  const packed = ['07', '08', '09', '10', '11'].map((hour) => `app.2026-01-20T${hour}.log.gz`);
  assert.deepEqual(stand.files(), ['app.2026-01-16T00.log.gz', ...packed, 'app.2026-01-20T12.log']);
});

test('what cannot be removed is told once, not each hour, and told again when it was there anew', async (t) => {
  const stand = new SweepStand(t);
  const name = 'app.2026-01-01T00.log';
  mkdirSync(stand.path(name));
  stand.put('app.2026-01-02T00.log');
  for (let hour = 0; hour < 3; hour++) await stand.sweep.run();
  assert.deepEqual(stand.files(), [name]);
  assert.equal(stand.notices.length, 1);
  const [notice] = stand.notices;
  assert.ok(notice?.kind === 'kept');
  assert.deepEqual([notice.path, notice.wanted], [stand.path(name), 'remove']);
  assert.match(notice.code, /^(EISDIR|EPERM)$/);
  rmdirSync(stand.path(name));
  await stand.sweep.run();
  mkdirSync(stand.path(name));
  await stand.sweep.run();
  assert.equal(stand.notices.length, 2);
  rmdirSync(stand.path(name));
  stand.put(name);
  await stand.sweep.run();
  assert.deepEqual(stand.files(), [], 'as soon as it can be removed it is');
});

test('what cannot be packed stays and is told once', async (t) => {
  const stand = new SweepStand(t);
  stand.put('app.2026-01-20T10.log', 'a\n');
  mkdirSync(stand.path('app.2026-01-20T10.log.gz'));
  for (let hour = 0; hour < 3; hour++) await stand.sweep.run();
  assert.equal(readFileSync(stand.path('app.2026-01-20T10.log'), 'utf8'), 'a\n');
  assert.deepEqual(
    stand.notices.map((notice) => notice.kind === 'kept' && [notice.path, notice.wanted]),
    [[stand.path('app.2026-01-20T10.log'), 'compress']],
  );
  rmdirSync(stand.path('app.2026-01-20T10.log.gz'));
  await stand.sweep.run();
  assert.deepEqual(stand.files(), ['app.2026-01-20T10.log.gz']);
});

test('a folder that is not there is empty; one that cannot be read is told, and that it was not swept', async (t) => {
  const stand = new SweepStand(t);
  rmSync(stand.folder, { recursive: true });
  assert.equal(await stand.sweep.run(), true);
  writeFileSync(stand.folder, 'no folder');
  assert.equal(await stand.sweep.run(), false);
  assert.deepEqual(
    stand.notices.map((notice) => notice.kind === 'kept' && [notice.path, notice.wanted, notice.code]),
    [[stand.folder, 'list', 'ENOTDIR']],
  );
});

test('asked during a sweep, it goes round once more', async (t) => {
  const stand = new SweepStand(t);
  stand.put('app.2026-01-20T10.log', 'a\n'.repeat(2_000_000));
  const first = stand.sweep.run();
  await until(() => existsSync(stand.path('app.2026-01-20T10.log.gz.part')));
  stand.put('app.2026-01-01T00.log');
  assert.equal(stand.sweep.run(), first);
  await first;
  assert.deepEqual(stand.files(), ['app.2026-01-20T10.log.gz']);
});

test('stopped while it packs it leaves the file as it was, says nothing, and has nothing open', async (t) => {
  const stand = new SweepStand(t);
  stand.put('app.2026-01-20T09.log', 'a\n'.repeat(2_000_000));
  stand.put('app.2026-01-20T10.log', 'b\n');
  const before = await openState();
  const sweeping = stand.sweep.run();
  await until(() => existsSync(stand.path('app.2026-01-20T09.log.gz.part')));
  await stand.sweep.stop();
  await sweeping;
  assert.deepEqual(stand.files(), ['app.2026-01-20T09.log', 'app.2026-01-20T10.log']);
  assert.deepEqual(stand.notices, []);
  assert.deepEqual(await openedSince(before), []);
});
