// Deaths of a real child process that performs tasks: what is told of them, and what had begun.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fixture } from '../../support/fixture.js';
import { HostStand } from '../../support/host-stand.js';
import { isGone, processGone } from '../../support/process-gone.js';

for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGKILL', 'SIGTERM'] as const) {
  test(`a task that ends the process by ${signal} is told as begun, those behind it are not`, async (t) => {
    const stand = await HostStand.up(t, { threads: 1 });
    await stand.load(fixture('end-host'));
    const culprit = stand.send('dieBy', signal);
    const behind = stand.send('processId');
    const death = await stand.death();
    assert.deepEqual([death.signal, death.exitCode, death.error], [signal, null, undefined]);
    assert.deepEqual([death.started(culprit), death.started(behind)], [true, false]);
    assert.equal(stand.log.filter((what) => what === 'died').length, 1);
    assert.equal(stand.log.at(-1), 'died', 'nothing follows a death');
    await assert.rejects(stand.host.describe(fixture('echo').href));
  });
}

test('one array that is larger than its heap ends the process, and names the task', async (t) => {
  const stand = await HostStand.up(t, { threads: 1, resourceLimits: { maxOldGenerationSizeMb: 64 }, output: 'stderr' });
  await stand.load(fixture('end-host'));
  const culprit = stand.send('outgrowHeap');
  const death = await stand.death();
  assert.equal(death.started(culprit), true);
  assert.match(death.output, /FATAL ERROR|Fatal JavaScript/);
});

test('what it printed last is told, also what went past Node', async (t) => {
  const stand = await HostStand.up(t, { output: 'stderr' });
  await stand.load(fixture('end-host'));
  stand.send('printAndDie', { text: 'the last words\n', signal: 'SIGSEGV' });
  const { output } = await stand.death();
  assert.match(output, /the last words\n$/);
});

/** Has that many threads up and idle. */
async function startThreads(stand: HostStand, threads: number): Promise<void> {
  const patient = { progress: true, overlay: { grace: 60_000 } };
  const ids = Array.from({ length: threads }, () => stand.send('begin', undefined, patient));
  for (const id of ids) await stand.begun(id);
  for (const id of ids) stand.host.cancel(id, { outcome: 'cancelled', error: 'it is up' });
  for (const id of ids) await stand.outcome(id);
}

test('what runs in several threads, and io beside it, has begun; what waits has not', async (t) => {
  const stand = await HostStand.up(t, { threads: 4 });
  await stand.load(fixture('end-host'));
  // With all four threads up, two are for the cpu and two are kept for io. None of those that come later can begin.
  await startThreads(stand, 4);
  const running = ['begin', 'begin', 'beginIo', 'beginIo'].map((name) =>
    stand.send(name, undefined, { progress: true }),
  );
  for (const id of running) await stand.begun(id);
  const more = Array.from({ length: 5 }, () => stand.send('begin'));
  await stand.heard('status', ({ status }) => status.lanes.cpu.queued === more.length);
  process.kill(stand.host.pid ?? 0, 'SIGKILL');
  const { started } = await stand.death();
  assert.deepEqual(running.map(started), [true, true, true, true]);
  assert.deepEqual(more.filter(started), []);
});

test('a task that waits for another attempt is no suspect', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('end-host'));
  const id = stand.send('failForNow');
  const { retry } = await stand.heard('retried');
  assert.deepEqual([retry.id, retry.attempts], [id, 1]);
  process.kill(stand.host.pid ?? 0, 'SIGKILL');
  const { started } = await stand.death();
  assert.equal(started(id), false);
});

test('short tasks may be marked before they start, but not where each mark is final', async (t) => {
  const stand = await HostStand.up(t, { threads: 1, rerun: false });
  await stand.load(fixture('echo'));
  await stand.load(fixture('end-host'));
  for (let round = 0; round < 50; round++) stand.send('echo', round);
  await stand.run('echo', 'known to be short by now');
  const ids = [stand.send('echo', 1), stand.send('dieBy', 'SIGKILL'), stand.send('echo', 2), stand.send('echo', 3)];
  const { started } = await stand.death();
  const [, culprit, ...behind] = ids;
  assert.equal(started(culprit ?? 0), true);
  assert.deepEqual(behind.map(started), [false, false]);
});

test('what it had told before it died comes before its death, even if nobody listened meanwhile', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('loop'));
  await stand.load(fixture('end-host'));
  // Its thread has to be replaced before the next one starts, and its outcome is told before that.
  const first = stand.send('loop', undefined, { overlay: { timeout: 50, grace: 0 } });
  const culprit = stand.send('dieBy', 'SIGKILL');
  // The way out of here, and nothing in between, until the process is dead.
  await new Promise((resolve) => setImmediate(resolve));
  while (!isGone(stand.host.pid ?? 0));
  assert.deepEqual(
    stand.log.filter((what) => what.startsWith('outcome') || what === 'died'),
    [],
  );
  const { started } = await stand.death();
  assert.equal(stand.outcomes.get(first)?.outcome, 'timed-out');
  assert.equal(started(culprit), true);
  assert.equal(stand.log.at(-1), 'died');
});

test('a question that is open when it dies is answered with its death', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('end-host'));
  const id = stand.send('begin', undefined, { progress: true });
  await stand.begun(id);
  const answer = stand.host.inspect();
  process.kill(stand.host.pid ?? 0, 'SIGKILL');
  await assert.rejects(answer, (death: { signal?: unknown }) => death.signal === 'SIGKILL');
});

test('processes that its tasks had started end with it', { skip: process.platform !== 'linux' }, async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('end-host'));
  const { value: sleeper } = await stand.run('startSleeper');
  assert.match(readFileSync(`/proc/${String(sleeper)}/stat`, 'latin1'), /\(sleep\)/);
  process.kill(stand.host.pid ?? 0, 'SIGKILL');
  await stand.death();
  await processGone(sleeper as number);
});

test('somebody it has started, who lives on and holds its outputs open, does not hold up its death', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const stand = await HostStand.up(t, { threads: 1, output: 'stderr' });
  await stand.load(fixture('end-host'));
  const { value: sleeper } = await stand.run('startHeir');
  t.after(() => process.kill(sleeper as number, 'SIGKILL'));
  process.kill(stand.host.pid ?? 0, 'SIGKILL');
  assert.equal((await stand.death()).signal, 'SIGKILL');
  assert.equal(isGone(sleeper as number), false);
});

test('settings that cannot leave the process are what a host dies of, before it is up', async (t) => {
  await assert.rejects(HostStand.up(t, { workerData: new SharedArrayBuffer(8) }), /could not be cloned/);
});

test('a host that cannot be started dies of it', async (t) => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = '/nowhere/at/all';
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  await assert.rejects(HostStand.up(t), /ENOENT/);
});
