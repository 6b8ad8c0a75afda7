import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Reading } from '../../cli/inspect/reading.js';
import { endOf, fixture, main, plustwo, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { until } from './support/until.js';

const directory = realpathSync(scratch('inspect'));
const leaves = fixture('leaves-open.mjs');
const node = process.execPath;
const watched = fileURLToPath(new URL('../fixtures/hosts/watched.js', import.meta.url));

/** A folder of its own, with two files in it. */
function room(name: string) {
  const folder = join(directory, name);
  mkdirSync(folder);
  const inputs = ['a', 'b'].map((input) => join(folder, input));
  for (const input of inputs) writeFileSync(input, '');
  return { folder, inputs, open: () => writeFileSync(join(folder, 'go'), '') };
}

const runOver = (task: string, inputs: readonly string[]): string[] => {
  return [node, main, 'run', '--quiet', '--plain', '--threads', '2', '--leaks', `${leaves}#${task}`, ...inputs];
};

test('a command and its streams are left alone, and a table tells what it left open', async () => {
  const { folder, inputs } = room('table');
  const ran = await plustwo(['inspect', '--', ...runOver('default', inputs)], { cwd: folder });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(ran.stdout.trimEnd().split('\n').sort(), inputs);
  const [head = '', title = '', heading = '', ...rows] = ran.stderr.trimEnd().split('\n');
  assert.match(head, /^plustwo inspect: \d+ readings? in /);
  assert.match(title, /^plustwo \(pid \d+, closing\): 2 open, 2 leaked$/);
  assert.match(heading, /^THREAD {2}TASK +WHAT +OPENED AT +WHERE IT LEADS$/);
  const leaked = rows.filter((row) => / files? leaked /.test(row));
  assert.ok(leaked.length > 0 && leaked.every((row) => /leaves-open\.mjs:\d+:\d+/.test(row)), ran.stderr);
});

test('when nothing was left open, the table shows when most was', async () => {
  const { folder, inputs } = room('peak');
  const ran = await plustwo(['inspect', '--interval', '20ms', '--', node, watched, ...inputs], { cwd: folder });
  assert.deepEqual([ran.code, ran.stdout], [0, 'closed\n'], ran.stderr);
  assert.match(ran.stderr, /; most at once: [12] open, after /);
  assert.match(ran.stderr, /\(pid \d+, closing\): nothing open$/m);
  assert.match(ran.stderr, /^ +\d {2}closeWhenTold {2}1 file open {2}.*leaves-open\.mjs:\d+:\d+ {2}[ab]$/m);
});

test('readings that cannot be written are told of once, and the command goes on', async (t) => {
  if (!existsSync('/dev/full')) {
    t.skip('there is no /dev/full here');
    return;
  }
  const { folder, inputs } = room('full');
  const flags = ['--json', '--interval', '20ms', '-o', '/dev/full'];
  const ran = await plustwo(['inspect', ...flags, '--', node, watched, ...inputs], { cwd: folder });
  assert.deepEqual([ran.code, ran.stdout], [0, 'closed\n'], ran.stderr);
  assert.match(ran.stderr, /^plustwo inspect: cannot write the readings: ENOSPC[^\n]*\n$/);
});

test('--json writes each reading as it comes, the last one included', async () => {
  const { folder, inputs, open } = room('json');
  const file = join(folder, 'readings.ndjson');
  const readings = (): Reading[] =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Reading);
  const flags = ['--json', '--interval', '20ms', '-o', file];
  const child = startPlustwo(['inspect', ...flags, '--', ...runOver('leaveWhenTold', inputs)], { cwd: folder });
  const ended = endOf(child);
  const standings = (reading: Reading | undefined): string[] =>
    (reading?.supervisors ?? []).flatMap(({ threads }) =>
      threads.flatMap(({ holdings }) => holdings.map(({ standing }) => standing)),
    );
  await until(() => readings().some((reading) => standings(reading).join() === 'open,open'));
  open();
  assert.deepEqual(await ended, { code: 0, signal: null });
  const last = readings().at(-1);
  assert.deepEqual(standings(last), ['leaked', 'leaked']);
  const [supervisor] = last?.supervisors ?? [];
  assert.deepEqual([last?.v, supervisor?.v, supervisor?.name, supervisor?.last], [1, 1, 'plustwo', true]);
  const holding = supervisor?.threads.flatMap(({ holdings }) => holdings).find(({ path }) => path === inputs[0]);
  assert.equal(holding?.task, 'leaveWhenTold');
  assert.match(String(holding.openedAt), /leaves-open\.mjs:\d+:\d+$/);
  assert.deepEqual(supervisor?.unattributed, []);
});

test('the exit code is the command’s, or says which signal ended it', async () => {
  const code = async (script: string): Promise<number | null> =>
    (await plustwo(['inspect', '--', 'sh', '-c', script])).code;
  assert.equal(await code('exit 0'), 0);
  assert.equal(await code('exit 7'), 7);
  assert.equal(await code('kill -TERM $$'), 143);
  assert.equal(await code('kill -KILL $$'), 137);
});

test('signals are passed on, and the command decides what they mean', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) {
    const { folder } = room(signal);
    const script = `trap 'touch got; exit 9' ${signal.slice(3)}; touch ready; while kill -0 $PPID; do sleep 0.01; done`;
    const child = startPlustwo(['inspect', '--', 'sh', '-c', script], { cwd: folder });
    const ended = endOf(child);
    await until(() => existsSync(join(folder, 'ready')));
    child.kill(signal);
    assert.deepEqual(await ended, { code: 9, signal: null }, signal);
    assert.ok(existsSync(join(folder, 'got')), signal);
  }
});

test('what stands behind the command is the command’s, with and without --', async () => {
  const { folder } = room('arguments');
  for (const before of [[], ['--']]) {
    const ran = await plustwo(['inspect', ...before, 'echo', '--json', '-h', '--', 'x'], { cwd: folder });
    assert.deepEqual([ran.code, ran.stdout], [0, '--json -h -- x\n']);
  }
  const piped = await plustwo(['inspect', '--', 'cat'], { stdin: 'its own stdin' });
  assert.equal(piped.stdout, 'its own stdin');
});

test('a command without a supervisor is told so, and every supervisor of one with several is shown', async () => {
  assert.match((await plustwo(['inspect', '--', 'true'])).stderr, /^plustwo inspect saw no supervisor; /);
  const { folder, inputs } = room('several');
  const quoted = runOver('default', inputs).map((word) => `'${word}'`);
  const ran = await plustwo(['inspect', '--', 'sh', '-c', `${quoted.join(' ')} & ${quoted.join(' ')}; wait`], {
    cwd: folder,
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stderr.match(/\(pid \d+, closing\): 2 open, 2 leaked$/gm)?.length, 2, ran.stderr);
});

test('a command that cannot be started is a usage error', async () => {
  const missing = await plustwo(['inspect', '--', 'no-such-command']);
  assert.deepEqual([missing.code, missing.stdout], [2, '']);
  assert.equal(missing.stderr, "plustwo: Cannot start 'no-such-command': there is no such command.\n");
  const inFile = await plustwo(['inspect', '--', `${leaves}/x`]);
  assert.equal(inFile.code, 2);
  assert.match(inFile.stderr, /^plustwo: Cannot start '.*': spawn .*ENOTDIR\.$/m);
  const script = await plustwo(['inspect', '--', leaves]);
  assert.equal(script.code, 2);
  assert.match(script.stderr, /^Did you mean: plustwo inspect -- node .*leaves-open\.mjs …$/m);
  const none = await plustwo(['inspect']);
  assert.match(none.stderr, /missing required argument 'command'/);
  const wrong = await plustwo(['inspect', '--interval', '5', '--', 'true']);
  assert.deepEqual([none.code, wrong.code], [2, 2]);
  assert.match(wrong.stderr, /got '5'\. Did you mean 5s\?/);
  assert.equal((await plustwo(['inspect', '-o', join(directory, 'no', 'file'), '--', 'true'])).code, 2);
});

test('nothing is left behind in the folder for temporary files', async () => {
  const { folder, inputs } = room('temporary');
  const env = { TMPDIR: join(folder, 'tmp') };
  mkdirSync(env.TMPDIR);
  await plustwo(['inspect', '--', ...runOver('default', inputs)], { env });
  await plustwo(['inspect', '--', 'no-such-command'], { env });
  assert.deepEqual(readdirSync(env.TMPDIR), []);
});

test('a folder for temporary files whose name is too long for a socket is no obstacle', async () => {
  const { folder, inputs } = room('long');
  const env = { TMPDIR: join(folder, 'x'.repeat(120)) };
  mkdirSync(env.TMPDIR);
  const ran = await plustwo(['inspect', '--', ...runOver('default', inputs)], { env });
  assert.match(ran.stderr, /2 open, 2 leaked/);
});

test('the help of inspect fits into 80 columns', async () => {
  const { code, stdout } = await plustwo(['inspect', '--help']);
  assert.equal(code, 0);
  for (const flag of ['--interval <duration>', '--json', '-o, --output <file>', '--no-live', '-h, --help']) {
    assert.ok(stdout.includes(`\n  ${flag}`), flag);
  }
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.length > 80),
    [],
  );
});
