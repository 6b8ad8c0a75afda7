// A real child process that performs tasks, without a supervisor above it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { NotCloneableError, TimedOutError } from '../../../runtime/errors.js';
import { KernelView } from '../../../runtime/ledger/kernel-view.js';
import { KeptLines } from '../../../runtime/logs/kept-lines.js';
import { canSerialize } from '../../../runtime/process/can-serialize.js';
import type { HostStatus } from '../../../runtime/process/wire.js';
import { fixture } from '../../support/fixture.js';
import { HostStand } from '../../support/host-stand.js';
import { copiesOf } from '../../support/read-line.js';

test('a task comes back with its value, its figures and its process', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('echo'));
  await stand.load(fixture('end-host'));
  const { outcome, value, attempts, last, isLastNew } = await stand.run('echo', { deep: ['x'] });
  assert.deepEqual([outcome, value, attempts, isLastNew], ['ok', { deep: ['x'] }, 1, true]);
  assert.ok(last !== undefined && last.runMs >= 0 && last.waitMs >= 0 && [0, 1].includes(last.slot));
  assert.equal((await stand.run('processId')).value, stand.host.pid);
  assert.notEqual(stand.host.pid, process.pid);
});

test('many tasks sent at once come back once each, with what each was given', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('echo'));
  const inputs = Array.from({ length: 3_000 }, (_, at) => (at % 3 === 0 ? at : at % 3 === 1 ? `text ${at}` : { at }));
  const sent = inputs.map((input, at) => stand.send(at % 2 === 0 ? 'echo' : 'echoIo', input));
  const came = await Promise.all(sent.map((id) => stand.outcome(id)));
  assert.deepEqual(
    came.map(({ value }) => value),
    inputs,
  );
  assert.equal(stand.host.waiting, 0);
});

test('a task that carries on from another host has the attempts of both, and its wait counts from its submission', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const { value, attempts, last } = await stand.run('attemptNumber', undefined, {
    attemptsStarted: 2,
    waitedMs: 60_000,
  });
  assert.deepEqual([value, attempts], [3, 3]);
  assert.ok((last?.waitMs ?? 0) >= 60_000);
});

test('a deadline counts from submission, and is told as it was set', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const { outcome, error } = await stand.run('begin', undefined, {
    waitedMs: 3_600_000,
    overlay: { deadline: 3_600_100 },
  });
  assert.equal(outcome, 'timed-out');
  assert.ok(error instanceof TimedOutError);
  assert.deepEqual([error.limit, error.limitMs], ['deadline', 3_600_100]);
});

test('a call’s own plan holds for it', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const { outcome, error } = await stand.run('begin', undefined, { overlay: { timeout: 50 } });
  assert.equal(outcome, 'timed-out');
  assert.ok(error instanceof TimedOutError);
  assert.equal(error.limit, 'timeout');
});

test('a task that runs is asked to stop, and gets what the wish says', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const id = stand.send('begin', undefined, { progress: true });
  await stand.begun(id);
  stand.host.cancel(id, { outcome: 'cancelled', error: new RangeError('not needed any more') });
  const { outcome, error, attempts } = await stand.outcome(id);
  assert.deepEqual([outcome, attempts], ['cancelled', 1]);
  assert.ok(error instanceof RangeError);
  assert.equal(error.message, 'not needed any more');
});

test('another attempt is told with the figures of the one before', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const { value, attempts, last } = await stand.run('failAtFirst');
  assert.deepEqual([value, attempts], [2, 2]);
  const { retry } = await stand.heard('retried');
  assert.equal(retry.attempts, 1);
  assert.ok(retry.last !== undefined && last !== undefined);
});

test('a module that cannot be loaded says why', async (t) => {
  const stand = await HostStand.up(t);
  const { failed, exports } = await stand.host.describe(fixture('throw-at-load').href);
  assert.deepEqual(exports, []);
  assert.equal(failed?.kind, 'error');
});

test('a result that a process cannot send is refused by its place', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const { outcome, error } = await stand.run('giveShared');
  assert.equal(outcome, 'failed');
  assert.ok(error instanceof NotCloneableError);
  assert.deepEqual([error.side, error.path], ['result', '.deep.memory']);
});

test('an input that a process cannot send is refused at once, and nothing is sent', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('echo'));
  assert.throws(() => stand.send('echo', new SharedArrayBuffer(4)), /could not be cloned/);
  assert.equal((await stand.run('echo', 1)).value, 1);
});

test('large values go both ways', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('echo'));
  const text = 'größer'.repeat(500_000);
  const bytes = new Uint8Array(5_000_000).fill(7);
  const ids = [stand.send('echo', text), stand.send('echo', bytes), stand.send('echo', 'small')];
  const [first, second, third] = await Promise.all(ids.map((id) => stand.outcome(id)));
  assert.equal(first?.value, text);
  assert.deepEqual(second?.value, bytes);
  assert.equal(third?.value, 'small');
});

test('an input nested as deeply as it can be sent costs itself at most', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('echo'));
  const nested = (depth: number): unknown => {
    let value: unknown = 'core';
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  let [low, high] = [1, 1_000_000];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (canSerialize(nested(middle))) low = middle;
    else high = middle;
  }
  const deep = await stand.run('echo', nested(low - 100));
  assert.ok(['ok', 'failed'].includes(deep.outcome), deep.outcome);
  assert.equal((await stand.run('echo', 1)).value, 1);
});

test('lines of logs come with their fields, and as text where those cannot be sent', async (t) => {
  const stand = await HostStand.up(t, { logs: { debug() {}, info() {}, warn() {}, error() {} } });
  await stand.load(fixture('end-host'));
  await stand.run('logShared');
  const { entries } = await stand.heard('lines');
  const lines = copiesOf(new KeptLines(entries));
  assert.deepEqual(
    lines.map(({ source, text }) => [source, text]),
    [['log', 'shared']],
  );
  assert.deepEqual(JSON.parse(lines[0]?.fields ?? ''), { memory: '[SharedArrayBuffer of 8 bytes]' });
});

test('what a task leaves open comes before its outcome, and with it', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('leave-file-open'));
  const { leaked, id } = await stand.run('leaveFileOpen', import.meta.filename);
  assert.deepEqual(
    leaked?.map(({ resource, path }) => [resource, path]),
    [['file', import.meta.filename]],
  );
  const { finding } = await stand.heard('finding');
  assert.equal(finding.type, 'left');
  assert.ok(stand.log.indexOf('finding') < stand.log.indexOf(`outcome ${id}`));
});

test('its descriptors for the supervisor are nobody’s leak: nothing is unattributed in it', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('echo'));
  await stand.run('echo', 1);
  const { threads, unattributed } = await stand.host.inspect();
  assert.deepEqual(unattributed, []);
  assert.deepEqual(
    threads.map(({ slot, answered }) => [slot, answered]),
    [[0, true]],
  );
});

test('nor are they in the process that has it', async (t) => {
  const kernel = new KernelView(() => null);
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('echo'));
  assert.deepEqual(kernel.unattributed(), []);
  stand.host.ref();
  assert.deepEqual(kernel.unattributed(), []);
});

test('while nothing goes on it says nothing', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('echo'));
  const { id } = await stand.run('echo', 1);
  const isLast = ({ status }: { status: HostStatus }): boolean =>
    status.lanes.cpu.running === 0 && status.threads[0]?.tasksDone === 1;
  await stand.heard('status', isLast);
  const said = stand.log.length;
  // An answer comes by the same way: whatever had been said meanwhile would have come before it.
  for (let question = 0; question < 20; question++) await stand.host.inspect();
  assert.deepEqual(stand.log.slice(said), []);
  assert.ok(stand.log.includes(`outcome ${id}`));
});

test('it tells how it stands while something goes on, and in the end that it is idle', async (t) => {
  const stand = await HostStand.up(t);
  await stand.load(fixture('end-host'));
  const id = stand.send('begin', undefined, { progress: true });
  const { status } = await stand.heard('status', ({ status: told }) => told.lanes.cpu.running === 1);
  assert.ok(status.threads.some(({ task, state }) => task === 'begin' && state === 'busy'));
  assert.deepEqual(status.unattributed, []);
  // Counted before the end is asked for: the last status may come together with the outcome, and no other follows.
  const before = stand.news.length;
  stand.host.cancel(id, { outcome: 'cancelled', error: 'enough' });
  await stand.outcome(id);
  await stand.heard('status', (news) => news.status.lanes.cpu.running === 0 && stand.news.indexOf(news) >= before);
});
