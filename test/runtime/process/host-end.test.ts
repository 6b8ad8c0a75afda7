// How a host ends when it is asked to, or when its supervisor is gone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { childrenOf } from '../../support/children-of.js';
import { fixture } from '../../support/fixture.js';
import { HostStand } from '../../support/host-stand.js';
import { processGone } from '../../support/process-gone.js';
import { runNode } from '../../support/run-node.js';

const program = new URL('../../fixtures/hosts/has-host.js', import.meta.url);

const descriptors = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);

test('asked to end it ends its threads, tells how, exits, and leaves nothing here', async (t) => {
  const [children, open] = [childrenOf(), descriptors()];
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('leave-file-open'));
  await stand.run('leaveFileOpen', import.meta.filename);
  const end = await stand.host.end(5_000, 5_000);
  assert.deepEqual(end.threads, [{ slot: 0, generation: 1, quiesced: true, exited: true }]);
  assert.deepEqual(
    end.closed.map(({ path }) => path),
    [import.meta.filename],
  );
  assert.deepEqual([end.errors, end.orphans, end.left], [[], [], []]);
  assert.equal(stand.log.includes('died'), false, 'it was asked to');
  assert.deepEqual([childrenOf(), descriptors()], [children, open]);
  assert.deepEqual(await stand.host.end(5_000, 5_000), end, 'a second time it tells the same');
});

test('errors of teardowns are told', async (t) => {
  const stand = await HostStand.up(t, { threads: 1, workerData: 'throw an error' });
  await stand.load(fixture('fault-in-teardown'));
  const { errors } = await stand.host.end(5_000, 5_000);
  assert.equal(errors.length, 1);
  assert.ok(errors[0] instanceof Error);
});

test('with no patience it is killed, whatever it does', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('end-host'));
  const id = stand.send('begin', undefined, { progress: true });
  await stand.begun(id);
  const end = await stand.host.end(0, 5_000);
  assert.deepEqual(end, { threads: [], errors: [], closed: [], orphans: [], left: [] });
});

test('steps of closing: what has not started is rejected, then what runs is stopped', async (t) => {
  const stand = await HostStand.up(t, { threads: 1 });
  await stand.load(fixture('end-host'));
  const running = stand.send('begin', undefined, { progress: true });
  await stand.begun(running);
  const waiting = stand.send('processId');
  stand.host.rejectUnstarted();
  const rejected = await stand.outcome(waiting);
  assert.deepEqual([rejected.outcome, (rejected.error as { code?: unknown }).code], ['cancelled', 'PLUSTWO_CLOSED']);
  assert.equal(stand.outcomes.has(running), false);
  stand.host.abortAll();
  const aborted = await stand.outcome(running);
  assert.deepEqual([aborted.outcome, (aborted.error as { started?: unknown }).started], ['cancelled', true]);
});

test('one that has never been started has nothing to end', async () => {
  const { HostProcess } = await import('../../../runtime/process/host-process.js');
  const { settingsFrom } = await import('../../../runtime/settings.js');
  const nothing = (): void => undefined;
  const listener = { ready: nothing, outcomes: nothing, told: nothing, died: nothing };
  const host = new HostProcess({ settings: settingsFrom({ isolation: 'process' }) }, 1, listener);
  assert.equal(host.pid, undefined);
  assert.deepEqual((await host.end(5_000, 5_000)).left, []);
});

test('an idle host does not keep its supervisor’s process alive, and goes with it', async () => {
  const { exitCode, stdout, stderr } = await runNode(program, 'leave');
  assert.deepEqual([exitCode, stderr], [0, '']);
  await processGone(Number(stdout));
});

test('a supervisor that is killed takes its host along', async () => {
  const child = spawn(process.execPath, [program.pathname, 'stay'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const host = Number(first);
  assert.ok(host > 0);
  process.kill(host, 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await processGone(host);
});

test('what tasks print comes out where it is to go, in both ways of printing', async () => {
  const inherited = await runNode(program, 'print', 'inherit');
  assert.deepEqual([inherited.exitCode, inherited.stderr], [0, '']);
  assert.deepEqual(inherited.stdout.split('\n').sort(), ['', 'descriptor hello', 'stream hello']);
  const diverted = await runNode(program, 'print', 'stderr');
  assert.deepEqual([diverted.exitCode, diverted.stdout], [0, '']);
  assert.deepEqual(diverted.stderr.split('\n').sort(), ['', 'descriptor hello', 'stream hello']);
});
