import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { RunReport } from '../../cli/commands/run-report.js';
import { fixture, plustwo, results } from './support/plustwo.js';
import { scratch } from './support/scratch.js';

const directory = realpathSync(scratch('run-config'));
const echo = fixture('echo.mjs');

/** A directory with a config file. */
function place(name: string, file: string, text: string): string {
  const cwd = join(directory, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, file), text);
  return cwd;
}

const reportIn = (stderr: string): RunReport => JSON.parse(stderr) as RunReport;

test('a run takes its options from the nearest config file, and says which it was', async () => {
  const cwd = place('found', 'plustwo.config.mjs', 'export default { threads: 1, args: { width: 320 } };');
  const below = join(cwd, 'src');
  mkdirSync(below);
  const ran = await plustwo(['run', `${echo}#withArgs`, 'a'], { cwd: below });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(results(ran.stdout)[0]?.value, { input: 'a', args: { width: 320 } });
  assert.match(ran.stderr, /^options from \.\.\/plustwo\.config\.mjs\n1 ok of 1 item {2}.* {2}1 thread\n$/);
  const json = await plustwo(['run', `${echo}#withArgs`, 'a', '--json'], { cwd: below });
  const { config, threads } = reportIn(json.stderr);
  assert.deepEqual([config, threads], [join(cwd, 'plustwo.config.mjs'), 1]);
  const quiet = await plustwo(['run', echo, 'a', '--quiet'], { cwd: below });
  assert.equal(quiet.stderr, '');
});

test('a flag wins over the file', async () => {
  const cwd = place('flags', 'plustwo.config.json', '{"threads":1,"args":1,"run":{"keepOrder":true}}');
  const ran = await plustwo(['run', `${echo}#withArgs`, 'a', '--threads', '2', '--args', '2', '--json'], { cwd });
  assert.deepEqual(results(ran.stdout)[0]?.value, { input: 'a', args: 2 });
  assert.equal(reportIn(ran.stderr).threads, 2);
});

test('--config names another file, --no-config none', async () => {
  const cwd = place('other', 'plustwo.config.json', '{"threads":');
  writeFileSync(join(cwd, 'ci.cjs'), 'module.exports = { threads: 1 };');
  const ci = await plustwo(['run', echo, 'a', '--json', '--config', 'ci.cjs'], { cwd });
  assert.equal(ci.code, 0, ci.stderr);
  assert.deepEqual([reportIn(ci.stderr).config, reportIn(ci.stderr).threads], [join(cwd, 'ci.cjs'), 1]);
  const none = await plustwo(['run', echo, 'a', '--json', '--no-config', '--threads', '1'], { cwd });
  assert.equal(none.code, 0, none.stderr);
  assert.equal(reportIn(none.stderr).config, null);
});

test('what the file says of the run holds', async () => {
  const cwd = place(
    'run',
    '.plustworc',
    '{"threads":1,"run":{"retries":2,"timeout":"10s","leaks":"off","concurrency":5}}',
  );
  const ran = await plustwo(['run', `${fixture('fails.mjs')}#third`, 'a'], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  const [line] = results(ran.stdout);
  assert.equal(line?.attempts, 3);
  assert.equal(line.descriptors.opened, null);
  const fewer = await plustwo(['run', `${fixture('fails.mjs')}#third`, 'a', '--retries', '1'], { cwd });
  assert.equal(fewer.code, 1);
});

test('what a file says wrongly is a usage error that names the file and the key', async () => {
  const wrong: [name: string, file: string, text: string, said: RegExp][] = [
    [
      'unknown',
      'plustwo.config.json',
      '{"thraeds":2}',
      /^plustwo: plustwo\.config\.json: unknown key `thraeds`\.\nDid you mean threads\?\n$/,
    ],
    [
      'value',
      'plustwo.config.json',
      '{"isolation":"fork"}',
      /^plustwo: plustwo\.config\.json: Expected `isolation` to be 'thread' or 'process', got "fork"/,
    ],
    [
      'package',
      'package.json',
      '{"plustwo":{"run":{"retries":"2"}}}',
      /^plustwo: package\.json: Expected `run\.retries` to be a whole number/,
    ],
    [
      'uses',
      '.plustworc.json',
      '{"uses":["billing"]}',
      /^plustwo: \.plustworc\.json: uses names the dependency 'billing'/,
    ],
    [
      'json',
      'plustwo.config.json',
      '{',
      /^plustwo: plustwo\.config\.json is not JSON: .*\nTo run without a config file: --no-config\n$/,
    ],
    [
      'throws',
      'plustwo.config.mjs',
      'throw new Error("no");',
      /^plustwo: Cannot load plustwo\.config\.mjs:\n {2}Error: no\n {6}at \S*plustwo\.config\.mjs:1:7\n$/,
    ],
    [
      'waits',
      'plustwo.config.mjs',
      'await new Promise(() => {});',
      /^plustwo: Cannot load plustwo\.config\.mjs:\n {2}Error: it waits for something that never comes/,
    ],
    [
      'unsendable',
      'plustwo.config.mjs',
      'export default { workerData: () => 1 };',
      /^plustwo: Cannot load '.*echo\.mjs':\n {2}Threads keep dying .*could not be cloned/,
    ],
    [
      'together',
      'plustwo.config.json',
      '{"isolation":"thread","faults":{"rate":1,"kinds":["segfault"]}}',
      /^plustwo: /,
    ],
  ];
  for (const [name, file, text, said] of wrong) {
    const ran = await plustwo(['run', echo, 'a', '--quiet'], { cwd: place(`wrong-${name}`, file, text) });
    assert.deepEqual([ran.code, ran.stdout], [2, ''], ran.stderr);
    assert.match(ran.stderr, said);
    assert.doesNotMatch(ran.stderr, /fault of plustwo/);
  }
});
