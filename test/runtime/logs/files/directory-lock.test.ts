import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DirectoryLock } from '../../../../runtime/logs/files/directory-lock.js';
import { mayRun, ownMark } from '../../../../runtime/logs/files/process-mark.js';
import { LockTaker } from '../../../support/lock-taker.js';
import { logPlace } from '../../../support/log-place.js';

type Taken = { busy: number | null };

async function taken(dir: string): Promise<DirectoryLock> {
  const lock = await DirectoryLock.take(dir);
  assert.ok(lock instanceof DirectoryLock);
  return lock;
}

/** A lock as a process has left it that is gone; `ID` stands for its identity. */
async function deadLock(): Promise<string> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  const mark = { ...ownMark(), pid: child.pid };
  await once(child, 'exit');
  return JSON.stringify({ ...mark, id: 'ID' });
}

test('a directory has one writer, and the next one after it', async (t) => {
  const dir = logPlace(t);
  const lock = await taken(dir);
  assert.deepEqual(await DirectoryLock.take(dir), { busy: { pid: process.pid } });
  await lock.release();
  assert.deepEqual(readdirSync(dir), []);
  await (await taken(dir)).release();
});

test('the lock names the process that has it', async (t) => {
  const dir = logPlace(t);
  const other = await LockTaker.up(t);
  assert.deepEqual(await other.ask({ do: 'take', dir }), { busy: null });
  assert.deepEqual(await DirectoryLock.take(dir), { busy: { pid: other.pid } });
  const owner = JSON.parse(readFileSync(join(dir, '.lock'), 'utf8')) as { pid: number; id: string };
  assert.equal(owner.pid, other.pid);
  assert.match(owner.id, /^[0-9a-f]{16}$/);
});

test('the lock of a process that was killed is taken over, and nothing of it is left', async (t) => {
  const dir = logPlace(t);
  const other = await LockTaker.up(t);
  await other.ask({ do: 'take', dir });
  await other.kill();
  const lock = await taken(dir);
  assert.deepEqual(readdirSync(dir), ['.lock']);
  await lock.release();
});

const elsewhere = { skip: process.platform === 'linux' ? false : 'only Linux says when a process started' };

test('a process that got the number of one that is gone does not have its lock', elsewhere, async (t) => {
  const dir = logPlace(t);
  const earlier = { ...ownMark(), started: '1', id: '0'.repeat(16) };
  writeFileSync(join(dir, '.lock'), JSON.stringify(earlier));
  await (await taken(dir)).release();
});

test('nor does one of another start of the machine', elsewhere, async (t) => {
  const dir = logPlace(t);
  writeFileSync(join(dir, '.lock'), JSON.stringify({ ...ownMark(), boot: 'another', id: '0'.repeat(16) }));
  await (await taken(dir)).release();
});

test('a process that only waits to be buried has nothing', elsewhere, async () => {
  const child = spawn('true', { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  const stat = (): string => readFileSync(`/proc/${pid}/stat`, 'latin1');
  const started = stat().split(') ')[1]?.split(' ')[19] ?? '';
  const mark = { ...ownMark(), pid, started };
  // Node buries it when the event loop turns.
  while (!/\) Z /.test(stat()));
  assert.equal(mayRun(mark), false);
  await once(child, 'exit');
});

for (const [what, contents] of Object.entries({
  empty: '',
  broken: '{"pid":',
  null: 'null',
  'of somebody else': '4711',
})) {
  test(`a lock file that is ${what} is taken over`, async (t) => {
    const dir = logPlace(t);
    writeFileSync(join(dir, '.lock'), contents);
    const lock = await taken(dir);
    assert.equal(await lock.renew(), true);
    await lock.release();
    assert.deepEqual(readdirSync(dir), []);
  });
}

test('an identity that is a path leads nowhere', async (t) => {
  const dir = logPlace(t);
  mkdirSync(join(dir, 'logs'));
  writeFileSync(join(dir, 'logs', '.lock'), JSON.stringify({ pid: 2 ** 30, id: '/../../outside' }));
  await (await taken(join(dir, 'logs'))).release();
  assert.deepEqual(readdirSync(dir), ['logs']);
});

test('what was left by processes that ended while they took a lock goes', async (t) => {
  const dir = logPlace(t);
  const dead = (await deadLock()).replace('ID', 'dead'.repeat(4));
  for (const name of ['.lock', `.lock.${'dead'.repeat(4)}`, '.lock.0123456789abcdef.new'])
    writeFileSync(join(dir, name), dead);
  const others = ['.lock.d', '.lock.txt', '.lockfile'];
  mkdirSync(join(dir, '.lock.d'));
  for (const name of others.slice(1)) writeFileSync(join(dir, name), 'not ours');
  const lock = await taken(dir);
  assert.deepEqual(readdirSync(dir).sort(), ['.lock', ...others]);
  await lock.release();
});

test('a lock whose directory was made anew is put there again; one that is another’s by then is not', async (t) => {
  const dir = logPlace(t);
  const lock = await taken(dir);
  rmSync(dir, { recursive: true });
  mkdirSync(dir);
  assert.equal(await lock.renew(), true);
  assert.equal(await lock.renew(), true);
  rmSync(join(dir, '.lock'));
  const other = await LockTaker.up(t);
  assert.deepEqual(await other.ask({ do: 'take', dir }), { busy: null });
  assert.equal(await lock.renew(), false);
  await lock.release();
  assert.equal(existsSync(join(dir, '.lock')), true, 'it is not ours to release');
});

test('a lock that is another’s is ours again once that process has ended without a goodbye', async (t) => {
  const dir = logPlace(t);
  const lock = await taken(dir);
  rmSync(join(dir, '.lock'));
  const other = await LockTaker.up(t);
  await other.ask({ do: 'take', dir });
  assert.equal(await lock.renew(), false);
  await other.kill();
  assert.deepEqual(await Promise.all([lock.renew(), lock.renew()]), [true, true]);
  assert.deepEqual(readdirSync(dir), ['.lock']);
  const renewed = lock.renew();
  await lock.release();
  await renewed;
  assert.deepEqual(readdirSync(dir), [], 'what was being renewed is released, too');
});

test('a directory that cannot be written to is no directory of ours', async (t) => {
  await assert.rejects(DirectoryLock.take(join(logPlace(t), 'missing')), { code: 'ENOENT' });
});

/** Has several processes take it at once, again and again. */
async function takeAtOnce(t: TestContext, rounds: number, before: (dir: string, round: number) => void): Promise<void> {
  const dir = logPlace(t);
  const takers = await Promise.all([LockTaker.up(t), LockTaker.up(t), LockTaker.up(t)]);
  for (let round = 0; round < rounds; round++) {
    before(dir, round);
    const answers = await Promise.all(takers.map((taker) => taker.ask<Taken>({ do: 'take', dir })));
    const winners = takers.filter((_, index) => answers[index]?.busy === null);
    assert.equal(winners.length, 1, `one has it in round ${round}: ${JSON.stringify(answers)}`);
    const [winner] = winners;
    for (const { busy } of answers) assert.ok(busy === null || busy === winner?.pid, 'the others know who');
    await winner?.ask({ do: 'release' });
    assert.deepEqual(readdirSync(dir), []);
  }
}

test('of several processes that take it at once, one has it', async (t) => {
  await takeAtOnce(t, 100, () => undefined);
});

test('of several processes that take a dead one’s at once, one has it', async (t) => {
  const dead = await deadLock();
  await takeAtOnce(t, 100, (dir, round) => {
    writeFileSync(join(dir, '.lock'), dead.replace('ID', String(round).padStart(16, '0')));
  });
});

test('processes that take it from each other without a pause never have it at once', async (t) => {
  const dir = logPlace(t);
  const takers = await Promise.all([LockTaker.up(t), LockTaker.up(t), LockTaker.up(t)]);
  const dead = await deadLock();
  const rounds = 150;
  const entered = await Promise.all(takers.map((taker) => taker.ask<number>({ do: 'race', dir, rounds, dead })));
  assert.deepEqual(entered, [rounds, rounds, rounds]);
  const visits = readFileSync(join(dir, 'visits'), 'utf8').trim().split('\n');
  assert.equal(visits.length, 3 * rounds);
});
