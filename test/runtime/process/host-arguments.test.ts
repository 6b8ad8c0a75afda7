import assert from 'node:assert/strict';
import test from 'node:test';
import { hostArguments } from '../../../runtime/process/host-arguments.js';

test('options of the engine and preloaded modules go along', () => {
  const options = [
    '--max-old-space-size=512',
    '--stack-size=2000',
    '--require',
    './a.cjs',
    '--import',
    'tsx',
    '--expose-gc',
  ];
  assert.deepEqual(hostArguments(options), options);
  assert.deepEqual(hostArguments(['--enable-source-maps', '-r', 'x']), ['--enable-source-maps', '-r', 'x']);
});

test('what only one process can have stays behind, with its value', () => {
  assert.deepEqual(hostArguments(['--inspect', '--inspect-brk=9230', '--inspect-port', '9231', '--no-warnings']), [
    '--no-warnings',
  ]);
  assert.deepEqual(hostArguments(['--test', '--test-reporter', 'spec', '--test-concurrency=2', '--no-deprecation']), [
    '--no-deprecation',
  ]);
  assert.deepEqual(hostArguments(['--watch', '--watch-path', 'src', '--no-deprecation']), ['--no-deprecation']);
});

test('a script on the command line is this process’s own', () => {
  for (const flag of ['-e', '--eval', '-p', '-pe', '--print'])
    assert.deepEqual(hostArguments(['--no-warnings', flag, '--import']), ['--no-warnings'], flag);
  assert.deepEqual(hostArguments(['--eval=1+1', '--input-type=module', '--input-type', 'commonjs', '-c', '-i']), []);
});
