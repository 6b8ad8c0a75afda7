import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { bodiesOf, eventsOf, linesOf, recordsIn } from '../support/records-in.js';
import { withSupervisor } from '../support/with-supervisor.js';
import { fixture, plustwo, results, run } from './support/plustwo.js';
import { scratch } from './support/scratch.js';

const directory = realpathSync(scratch('log-dir'));
const prints = fixture('prints.mjs');
const fails = fixture('fails.mjs');
const env = { NO_COLOR: '1' };

/** A directory to run in. */
function place(name: string): string {
  const cwd = join(directory, name);
  mkdirSync(cwd);
  return cwd;
}

const SAID = (input: string): string[] => [`printed ${input}`, `written ${input}`, `logged ${input}`];

for (const isolation of ['thread', 'process']) {
  test(`a run with --log-dir keeps what tasks say, and plustwo logs tells one task's story (isolation: ${isolation})`, async () => {
    const cwd = place(`story-${isolation}`);
    const ran = await run(['--isolation', isolation, '--log-dir', 'logs', prints, 'a', 'b', 'c'], { cwd, env });
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(
      results(ran.stdout).map(({ status, value }) => [status, value]),
      [
        ['ok', 'a'],
        ['ok', 'b'],
        ['ok', 'c'],
      ],
    );
    for (const input of ['a', 'b', 'c']) assert.match(ran.stderr, new RegExp(`logged ${input}`), 'it is shown as well');
    const app = recordsIn(join(cwd, 'logs', 'app'));
    const tasks = [1, 2, 3].map((taskId) => bodiesOf(linesOf(app, taskId)));
    assert.deepEqual(tasks.sort(), [SAID('a'), SAID('b'), SAID('c')]);
    assert.deepEqual(readdirSync(join(cwd, 'logs')).sort(), ['app', 'incidents']);

    const second = bodiesOf(linesOf(app, 2));
    const told = await plustwo(['logs', 'logs', '--task', '2'], { cwd, env });
    assert.deepEqual([told.code, told.stderr], [0, '']);
    const lines = told.stdout.split('\n');
    assert.match(String(lines[0]), /^default #2 {2}ok$/);
    const places = second.map((text) => lines.findIndex((line) => line.includes(text)));
    assert.ok(
      places.every((at, index) => at > (places[index - 1] ?? 0)),
      `${places.join(', ')} in ${told.stdout}`,
    );
    for (const input of ['a', 'b', 'c']) {
      assert.equal(told.stdout.includes(`logged ${input}`), second.includes(`logged ${input}`));
    }
  });
}

test('what went wrong is told with its error, from the app log and the incidents', async () => {
  const cwd = place('wrong');
  const ran = await run(['--log-dir', 'logs', fails, 'good', 'bad one'], { cwd, env });
  assert.equal(ran.code, 1, ran.stderr);
  const [head] = eventsOf(recordsIn(join(cwd, 'logs', 'incidents')), 'incident');
  assert.deepEqual([head?.['incident.kind'], head?.['exception.message']], ['failed', 'cannot take bad one']);
  const told = await plustwo(['logs', 'logs', '--task', String(head?.['task.id'])], { cwd, env });
  assert.match(told.stdout, /^default #\d {2}failed\n/);
  assert.match(told.stdout, /TypeError: cannot take bad one/);
  const errors = await plustwo(['logs', 'logs', '--level', 'error', '--json'], { cwd, env });
  assert.match(errors.stdout, /"task\.outcome":"failed"/);
});

test('logs are the same without a word on stderr', async () => {
  const cwd = place('quiet');
  const ran = await run(['--quiet', '--plain', '--log-dir', 'logs', prints, 'a'], { cwd, env });
  assert.deepEqual([ran.code, ran.stdout], [0, 'a\n']);
  assert.doesNotMatch(ran.stderr, /logged/);
  assert.deepEqual(bodiesOf(linesOf(recordsIn(join(cwd, 'logs', 'app')), 1)), SAID('a'));
});

test('without --log-dir no directory is made', async () => {
  const cwd = place('none');
  const ran = await run([prints, 'a'], { cwd, env });
  assert.equal(ran.code, 0);
  assert.deepEqual(readdirSync(cwd), []);
});

test('a config file says where logs go, and the flag wins', async () => {
  const cwd = place('config');
  writeFileSync(join(cwd, 'plustwo.config.json'), '{"threads":1,"run":{"logDir":"from-file"}}');
  const ran = await plustwo(['run', prints, 'a'], { cwd, env });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(bodiesOf(linesOf(recordsIn(join(cwd, 'from-file', 'app')), 1)), SAID('a'));
  const flagged = await plustwo(['run', prints, 'b', '--log-dir', 'from-flag'], { cwd, env });
  assert.equal(flagged.code, 0, flagged.stderr);
  assert.deepEqual(bodiesOf(linesOf(recordsIn(join(cwd, 'from-flag', 'app')), 1)), SAID('b'));
  assert.equal(bodiesOf(recordsIn(join(cwd, 'from-file', 'app'))).includes('logged b'), false);
});

test('a config file that says it wrongly is refused', async () => {
  const cwd = place('wrong-config');
  writeFileSync(join(cwd, 'plustwo.config.json'), '{"run":{"logDir":7}}');
  const ran = await plustwo(['run', prints, 'a'], { cwd, env });
  assert.deepEqual([ran.code, ran.stdout], [2, '']);
  assert.match(ran.stderr, /`run\.logDir` to be the name of a directory, got 7/);
});

test('a second run goes on in the same directory, and both are told apart', async () => {
  const cwd = place('twice');
  for (const input of ['a', 'b']) {
    const ran = await run(['--log-dir', 'logs', prints, input], { cwd, env });
    assert.equal(ran.code, 0, ran.stderr);
  }
  const told = await plustwo(['logs', '--task', '1'], { cwd, env });
  assert.match(told.stdout, /^2 runs had a task of this id/);
  assert.match(told.stdout, /logged a[\s\S]*logged b/);
});

test('a directory that cannot be made is wrong usage, and no task has run', async () => {
  const cwd = place('unwritable');
  writeFileSync(join(cwd, 'file'), 'no directory');
  const ran = await run(['--log-dir', 'file/logs', prints, 'a'], { cwd, env });
  assert.deepEqual([ran.code, ran.stdout], [2, ''], ran.stderr);
  assert.match(ran.stderr, /--log-dir/);
  assert.match(ran.stderr, /file\/logs/);
  assert.match(ran.stderr, /ENOTDIR/);
  assert.doesNotMatch(ran.stderr, /^ {4}at /m);
});

test('a directory that another process writes to is wrong usage, and says which process', async () => {
  const cwd = place('busy');
  const dir = join(cwd, 'logs');
  await withSupervisor({ threads: 1, logs: { dir } }, async (supervisor) => {
    await supervisor.load(prints);
    const ran = await run(['--log-dir', 'logs', prints, 'a'], { cwd, env });
    assert.deepEqual([ran.code, ran.stdout], [2, ''], ran.stderr);
    assert.match(ran.stderr, /--log-dir/);
    assert.match(ran.stderr, new RegExp(`process ${process.pid}\\b`));
  });
  assert.ok(existsSync(join(dir, 'app')));
});
