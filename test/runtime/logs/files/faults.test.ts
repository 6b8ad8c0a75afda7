// Faults of the machine, from outside the process that writes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { filesIn, indicesIn, logPlace, range } from '../../../support/log-place.js';
import { LogWriter } from '../../../support/log-writer.js';

interface State {
  held: number;
  dropped: number;
}

const terms = { prefix: 'app', retentionMs: 7 * 86_400_000 };

/** A command in front of another that gives it a small disk of its own, which goes with it; no rights are needed where user namespaces are allowed. */
function withSmallDisk(folder: string): string[] {
  const mount = `mount -t tmpfs -o size=256k plustwo-test '${folder}' && exec "$@"`;
  return [
    'unshare',
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
    '--mount',
    'sh',
    '-c',
    mount,
    'sh',
  ];
}

function canHaveSmallDisk(): string | false {
  if (process.platform !== 'linux') return 'small disks are made by Linux only';
  const [command, ...args] = [...withSmallDisk('/mnt'), 'true'];
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? false : `no disk can be mounted here: ${error?.message ?? stderr.trim()}`;
}

test('on a full disk lines are held, and written when there is space again', {
  skip: canHaveSmallDisk(),
}, async (t) => {
  const folder = logPlace(t);
  const writer = await LogWriter.up(t, { within: withSmallDisk(folder) });
  // The disk as its process sees it; nobody else does.
  const seen = `/proc/${writer.pid}/root${folder}`;
  const [dir, ballast] = [join(folder, 'logs'), join(seen, 'ballast')];
  await writer.ask({ do: 'open', terms: { dir, ...terms } });
  await writer.ask({ do: 'write', from: 0, to: 100 });
  assert.throws(() => writeFileSync(ballast, Buffer.alloc(2 ** 20)), { code: 'ENOSPC' });
  const full = await writer.ask<State>({ do: 'write', from: 100, to: 2_200, flush: true });
  assert.ok(full.held > 1_900, 'what had room in the last page is written');
  const fault = await writer.told('fault');
  assert.deepEqual([fault.code, fault.dropped], ['ENOSPC', 0]);
  rmSync(ballast);
  assert.deepEqual(await writer.told('recovered'), { kind: 'recovered', dropped: 0 });
  assert.deepEqual(await writer.ask<State>({ do: 'write', from: 2_200, to: 2_210 }), { held: 0, dropped: 0 });
  await writer.ask({ do: 'close' });
  assert.deepEqual(indicesIn(join(seen, 'logs')), range(0, 2_210));
});

test('a disk that stays full costs the oldest lines, each counted, and no more memory', {
  skip: canHaveSmallDisk(),
}, async (t) => {
  const folder = logPlace(t);
  const writer = await LogWriter.up(t, { within: withSmallDisk(folder) });
  const seen = `/proc/${writer.pid}/root${folder}`;
  await writer.ask({ do: 'open', terms: { dir: join(folder, 'logs'), ...terms } });
  assert.throws(() => writeFileSync(join(seen, 'ballast'), Buffer.alloc(2 ** 20)), { code: 'ENOSPC' });
  const LINES = 10_000;
  const { held, dropped } = await writer.ask<State>({ do: 'write', from: 0, to: LINES, size: 1_000, flush: true });
  assert.equal(held + dropped, LINES);
  assert.ok(held * 1_000 < 4 * 2 ** 20);
  const closed = await writer.ask<State>({ do: 'close' });
  assert.deepEqual(closed, { held: 0, dropped: LINES });
  assert.deepEqual((await writer.told('lost')).dropped, LINES);
  assert.deepEqual(
    readdirSync(join(seen, 'logs')).filter((name) => name === '.lock'),
    [],
  );
});

test('a folder that is removed while it is written to is made again', async (t) => {
  const dir = join(logPlace(t), 'logs');
  const writer = await LogWriter.up(t);
  await writer.ask({ do: 'open', terms: { dir, ...terms } });
  await writer.ask({ do: 'write', from: 0, to: 100, flush: true });
  rmSync(dir, { recursive: true });
  const state = await writer.ask<State>({ do: 'write', from: 100, to: 200, flush: true });
  assert.deepEqual(state, { held: 0, dropped: 0 });
  assert.deepEqual(indicesIn(dir), range(100, 200));
  await writer.ask({ do: 'close' });
  assert.deepEqual(writer.notices, []);
});

const onLinux = { skip: process.platform === 'linux' ? false : 'the limit of descriptors is set by a shell of Linux' };

test('a process without a descriptor left holds its lines until there is one', onLinux, async (t) => {
  const dir = join(logPlace(t), 'logs');
  const writer = await LogWriter.up(t, { within: ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'] });
  await writer.ask({ do: 'open', terms: { dir, ...terms } });
  await writer.ask({ do: 'write', from: 0, to: 100, flush: true });
  // With a file in the folder's place its own descriptor is given up.
  renameSync(dir, `${dir}.away`);
  writeFileSync(dir, '');
  let written = 100;
  const write = async (): Promise<State> =>
    writer.ask<State>({ do: 'write', from: written, to: ++written, flush: true });
  while ((await write()).held === 0);
  assert.equal((await writer.told('fault')).code, 'ENOTDIR');
  assert.equal(await writer.ask({ do: 'take descriptors' }), 'EMFILE');
  rmSync(dir);
  mkdirSync(dir);
  const isTold = (): boolean => writer.notices.some((notice) => notice.kind === 'fault' && notice.code === 'EMFILE');
  while (!isTold()) await write();
  const { held, dropped } = await write();
  assert.ok(held > 0);
  assert.equal(dropped, 0);
  await writer.ask({ do: 'give descriptors back' });
  await writer.told('recovered');
  assert.deepEqual(await writer.ask<State>({ do: 'close' }), { held: 0, dropped: 0 });
  assert.deepEqual([...indicesIn(`${dir}.away`), ...indicesIn(dir)], range(0, written));
});

test(
  'a new hour begins in a process without a descriptor left, and what cannot be done then is told',
  onLinux,
  async (t) => {
    const dir = logPlace(t);
    const writer = await LogWriter.up(t, { within: ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'] });
    await writer.ask({ do: 'set date', date: '2026-01-20T12:30:00Z' });
    await writer.ask({ do: 'open', terms: { dir, ...terms } });
    await writer.ask({ do: 'write', from: 0, to: 100, flush: true });
    await writer.ask({ do: 'take descriptors' });
    await writer.ask({ do: 'set date', date: '2026-01-20T13:30:00Z' });
    assert.deepEqual(await writer.ask<State>({ do: 'write', from: 100, to: 500, flush: true }), {
      held: 0,
      dropped: 0,
    });
    const { path, wanted, code } = await writer.told('kept');
    assert.deepEqual([path, wanted, code], [dir, 'list', 'EMFILE']);
    await writer.ask({ do: 'give descriptors back' });
    await writer.ask({ do: 'close' });
    // Whether the hour before is packed by then is open: a round that was due already may have found descriptors again.
    const hours = filesIn(dir).map((name) => name.replace(/\.gz$/, ''));
    assert.deepEqual(hours, ['app.2026-01-20T12.log', 'app.2026-01-20T13.log']);
    assert.deepEqual(indicesIn(dir), range(0, 500));
    assert.equal(writer.notices.length, 1);
  },
);

test('it closes in a process without a descriptor left, and lets go of the directory', onLinux, async (t) => {
  const dir = logPlace(t);
  const writer = await LogWriter.up(t, { within: ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'] });
  await writer.ask({ do: 'open', terms: { dir, ...terms } });
  await writer.ask({ do: 'write', from: 0, to: 100, flush: true });
  await writer.ask({ do: 'take descriptors' });
  assert.deepEqual(await writer.ask<State>({ do: 'write', from: 100, to: 200 }), { held: 0, dropped: 0 });
  assert.deepEqual(await writer.ask<State>({ do: 'close' }), { held: 0, dropped: 0 });
  assert.deepEqual(indicesIn(dir), range(0, 200));
  assert.equal(readdirSync(dir).includes('.lock'), false);
});

const appendOnly = (): string | false => {
  if (process.platform !== 'linux') return 'files are made immutable by Linux only';
  const { error, status, stderr } = spawnSync('sh', [
    '-c',
    'file=$(mktemp) && chattr +i "$file"; code=$?; chattr -i "$file"; rm "$file"; exit $code',
  ]);
  return status === 0 ? false : `no file can be made immutable here: ${error?.message ?? String(stderr).trim()}`;
};

test('a file that cannot be removed is told, and gone the next time when it can be', {
  skip: appendOnly(),
}, async (t) => {
  let stuck = '';
  // Before the folder is taken, which goes at the end: hooks run in their order, and none after one that fails.
  t.after(() => spawnSync('chattr', ['-i', stuck]));
  const dir = logPlace(t);
  stuck = join(dir, 'app.2020-01-01T00.log');
  writeFileSync(stuck, '');
  spawnSync('chattr', ['+i', stuck]);
  const first = await LogWriter.up(t);
  await first.ask({ do: 'open', terms: { dir, ...terms } });
  const { path, wanted, code } = await first.told('kept');
  assert.deepEqual([path, wanted, code], [stuck, 'remove', 'EPERM']);
  await first.ask({ do: 'close' });
  assert.equal(first.notices.length, 1);
  spawnSync('chattr', ['-i', stuck]);
  const second = await LogWriter.up(t);
  await second.ask({ do: 'open', terms: { dir, ...terms } });
  assert.deepEqual(readdirSync(dir), ['.lock']);
  assert.deepEqual(second.notices, []);
});
