import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { RunReport } from '../../cli/commands/run-report.js';
import { childrenOf } from '../support/children-of.js';
import { endOf, fixture, type Ran, results, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { until } from './support/until.js';

const directory = scratch('stopping');

/** A run in two threads, what it has said so far, and how it ends. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, how: { detached?: boolean } = {}) {
  const child: ChildProcessWithoutNullStreams = startPlustwo(['run', '--threads', '2', ...args], { env, ...how });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  const ended: Promise<Ran> = endOf(child).then((end) => ({ ...end, ...said }));
  return { child, said, ended };
}

/** Whether there is such a process; one that has ended and was not waited for counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** More than get through while the word to stop is on its way to a process that waits for its turn. */
const INPUTS = 1_000;

/**
 * Many inputs for the gate: paths in a directory of their own, where started attempts and the key are left. Once a signal is answered no
 * further ones are read; but of the few that were sent to the process of the tasks by then, some may start there while the word to stop is
 * on its way. These are finished like those before them.
 */
function gateInputs(name: string) {
  const room = join(directory, name);
  mkdirSync(room);
  const inputs = Array.from({ length: INPUTS }, (_, index) => join(room, String(index)));
  const started = (): number => readdirSync(room).filter((file) => file.endsWith('.started')).length;
  return { inputs, started, open: () => writeFileSync(join(room, 'go'), '') };
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} lets what runs finish, starts nothing new, and exits with ${code}`, async () => {
    const gate = gateInputs(signal);
    const { child, said, ended } = start([fixture('gate.mjs'), ...gate.inputs]);
    await until(() => gate.started() === 2);
    child.kill(signal);
    await until(() => said.stderr.includes(`${signal}: starting nothing new`));
    gate.open();
    const ran = await ended;
    assert.deepEqual([ran.code, ran.signal], [code, null], ran.stderr);
    const started = gate.started();
    assert.ok(started < INPUTS, `${started} started`);
    assert.deepEqual(
      results(ran.stdout).map(({ status, value }) => [status, value]),
      Array(started).fill(['ok', 'through']),
    );
    assert.match(ran.stderr, new RegExp(`^stopped by ${signal}: ${INPUTS - started} items not run$`, 'm'));
    assert.match(ran.stderr, new RegExp(`^${started} ok of ${started} items`, 'm'));
  });
}

test('Ctrl-C at a terminal, which reaches the whole process group, does not reach what runs', async () => {
  const gate = gateInputs('group');
  const { child, said, ended } = start([fixture('gate.mjs'), ...gate.inputs, '--json'], {}, { detached: true });
  await until(() => gate.started() === 2);
  process.kill(-Number(child.pid), 'SIGINT');
  await until(() => said.stderr.includes('SIGINT: starting nothing new'));
  gate.open();
  const ran = await ended;
  assert.equal(ran.code, 130, ran.stderr);
  const { counts, processes } = JSON.parse(ran.stderr.trimEnd().split('\n').at(-1) ?? '') as RunReport;
  const started = gate.started();
  assert.ok(started < INPUTS, `${started} started`);
  assert.deepEqual([counts.ok, processes.died], [started, 0]);
});

test('a second signal ends at once, whatever runs, and leaves no process behind', async () => {
  const gate = gateInputs('twice');
  const { child, said, ended } = start([`${fixture('gate.mjs')}#hang`, ...gate.inputs]);
  await until(() => gate.started() === 2);
  const children = childrenOf(child.pid).map((line) => Number.parseInt(line, 10));
  child.kill('SIGINT');
  await until(() => said.stderr.includes('Ctrl-C again ends at once'));
  child.kill('SIGINT');
  assert.equal((await ended).code, 130);
  if (process.platform === 'linux') assert.ok(children.length > 0);
  for (const pid of children) await until(() => !isAlive(pid));
});

test('a signal ends a run that waits for a silent stdin', async () => {
  const { child, said, ended } = start([fixture('echo.mjs'), '--in', '-', '--plain']);
  child.stdin.write('one\n');
  await until(() => said.stdout === 'one\n');
  child.kill('SIGTERM');
  const ran = await ended;
  assert.deepEqual([ran.code, ran.signal], [143, null]);
  assert.match(ran.stderr, /^stopped by SIGTERM: inputs are left$/m);
});

/**
 * Whether the command listens to signals already; before that they end it as they end any process, and on a busy machine its first thread
 * may be faster. HUP is the one that Node itself does not handle. Only Linux tells.
 */
function handlesSignals(pid: number | undefined): boolean {
  if (process.platform !== 'linux') return true;
  const caught = /^SigCgt:\s+(\w+)$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  return (BigInt(`0x${String(caught)}`) & 1n) === 1n;
}

test('a signal ends a run whose module never finishes loading', async () => {
  const marker = join(directory, 'loading');
  const { child, ended } = start([fixture('never-loads.mjs'), 'a'], { LOADING_FILE: marker });
  await until(() => readdirSync(directory).includes('loading') && handlesSignals(child.pid));
  child.kill('SIGINT');
  const ran = await ended;
  assert.deepEqual([ran.code, ran.signal, ran.stdout], [130, null, '']);
});

test('a reader that goes away ends the run quietly with 141', async () => {
  const inputs = join(directory, 'many');
  writeFileSync(inputs, 'x\n'.repeat(200_000));
  const child = startPlustwo(['run', '--threads', '2', fixture('echo.mjs'), '--in', inputs]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child.stdout, 'readable');
  child.stdout.destroy();
  assert.deepEqual(await endOf(child), { code: 141, signal: null });
  assert.equal(stderr, '');
});

test('a stderr that nobody reads keeps no run from its end', async () => {
  const child = startPlustwo(['run', '--threads', '2', fixture('prints.mjs'), 'a', 'b', '--plain', '--keep-order']);
  child.stderr.destroy();
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  assert.deepEqual(await endOf(child), { code: 0, signal: null });
  assert.equal(stdout, 'a\nb\n');
});
