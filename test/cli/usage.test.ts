import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { endOf, fixture, plustwo, type Ran, run, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';

const cwd = scratch('usage');
const echo = fixture('echo.mjs');

function assertUsageError(ran: Ran, ...said: RegExp[]): void {
  assert.equal(ran.code, 2, ran.stderr);
  assert.equal(ran.stdout, '');
  for (const words of said) assert.match(ran.stderr, words);
  assert.doesNotMatch(ran.stderr, /fault of plustwo/);
}

test('--help and --version answer on stdout', async () => {
  const version = await plustwo(['--version']);
  const manifest = new URL('../../../package.json', import.meta.url);
  assert.deepEqual([version.code, version.stderr], [0, '']);
  assert.equal(version.stdout, `${(JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version}\n`);
  const help = await plustwo(['--help']);
  assert.deepEqual([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /^ {2}run \[options\] /m);
});

test('a reader of the help that goes away is no fault of ours', async () => {
  const child = startPlustwo(['--help']);
  child.stdout.destroy();
  const [stderr, end] = await Promise.all([text(child.stderr), endOf(child)]);
  assert.deepEqual([stderr, end], ['', { code: 141, signal: null }]);
});

test('the help of run has every flag, the exit codes and examples, in 80 columns', async () => {
  const { code, stdout } = await plustwo(['run', '--help']);
  assert.equal(code, 0);
  for (const flag of [
    '--in',
    '--format',
    '-0, --null',
    '--threads',
    '--kind',
    '--args',
    '--concurrency',
    '--limit',
    '--timeout',
    '--grace',
    '--config',
    '--no-config',
    '--isolation',
    '--no-rerun',
    '--retries',
    '--retry-budget',
    '--dependency',
    '--uses',
    '--when-open',
    '--keep-order',
    '-o, --output',
    '--plain',
    '--leaks',
    '--json',
    '--quiet',
    '--no-progress',
    '-h, --help',
  ]) {
    assert.match(stdout, new RegExp(`^  (-\\w, )?${flag}( |$)`, 'm'));
  }
  for (const code of [0, 1, 2, 70, 141, 130]) assert.match(stdout, new RegExp(`^  ${code} +\\w`, 'm'));
  assert.match(stdout, /^ {2}\$ plustwo run /m);
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.length > 80),
    [],
  );
  assert.deepEqual(await plustwo(['help', 'run']), await plustwo(['run', '--help']));
});

test('no command and a wrong command are usage errors', async () => {
  assertUsageError(await plustwo([]), /^Usage: plustwo /);
  assertUsageError(await plustwo(['rnu']), /^plustwo: unknown command 'rnu'/, /Did you mean run\?/);
});

test('help of a command that does not exist is a usage error, and without one it is the general help', async () => {
  assertUsageError(
    await plustwo(['help', 'nix']),
    /^plustwo: unknown command 'nix'\.\nKnown are run, inspect, logs, help\.\n$/,
  );
  assertUsageError(
    await plustwo(['help', 'inspct']),
    /^plustwo: unknown command 'inspct'\.\nDid you mean inspect\?\n$/,
  );
  assert.deepEqual(await plustwo(['help']), await plustwo(['--help']));
});

test('an option before its command is answered with where it stands', async () => {
  assertUsageError(
    await plustwo(['--quiet', 'run', echo, 'a']),
    /^plustwo: unknown option '--quiet'\nOptions of a command stand behind it\.\n$/,
  );
  assert.doesNotMatch((await plustwo(['--quiet'])).stderr, /stand behind/);
  assert.doesNotMatch((await run([echo, 'run', '--quite'])).stderr, /stand behind/);
});

test('a wrong flag is answered with the right one', async () => {
  assertUsageError(
    await run([echo, 'a', '--thraeds', '2']),
    /^plustwo: unknown option '--thraeds'$/m,
    /Did you mean --threads\?/,
    /See 'plustwo run --help'\./,
  );
});

test('a wrong value is answered with what was expected and what was given', async () => {
  const wrong: [string[], RegExp][] = [
    [['--threads', '0'], /'--threads <n>' .*Expected a whole number from 1 to 1024, got '0'/],
    [['--threads', '1025'], /'--threads <n>' .*Expected a whole number from 1 to 1024, got '1025'/],
    [['--concurrency', 'many'], /Expected a whole number of at least 1, got 'many'/],
    [['--retries', '-1'], /Expected a whole number of at least 0, got '-1'/],
    [['--timeout', '30'], /Expected a duration such as .*got '30'\. Did you mean 30s\?/],
    [['--timeout', '0s'], /Expected a duration above 0, got '0s'/],
    [['--grace', 'long'], /Expected a duration such as .*got 'long'/],
    [['--args', '{'], /Expected JSON, got '\{'/],
    [['--kind', 'gpu'], /'gpu' is invalid\. Allowed choices are cpu, io/],
    [['--format', 'xml'], /'xml' is invalid\. Allowed choices are auto, ndjson, json, csv, lines/],
    [['--leaks', 'fial'], /Expected report, fail or off, got 'fial'\. Did you mean fail\?/],
    [['--leaks', 'tasks'], /got 'tasks'\. For the plain flag before an input: --leaks=report tasks/],
    [['--limit', '0'], /Expected a whole number of at least 1, got '0'/],
    [['--isolation', 'none'], /'none' is invalid\. Allowed choices are process, thread/],
    [['--when-open', 'fail'], /'fail' is invalid\. Allowed choices are wait, reject/],
    [['--retry-budget', '20%'], /Expected a share of the calls from 0 to 1, .*got '20%'\. Did you mean 0\.2\?/],
    [['--dependency', 'billing=many'], /Expected a whole number of at least 1, got 'many'/],
    [['--dependency', 'billing=100000'], /Expected `dependencies\.billing\.concurrency` to be a whole number from 1/],
    [['--uses', ','], /Expected a name, or names such as billing,search, got ','/],
    [['--uses', 'billing'], /--uses names the dependency 'billing', which is not known; none is named\./],
    [['--config', 'missing.json'], /Cannot read --config missing\.json: ENOENT/],
    [['--in'], /'--in <file>' argument missing/],
  ];
  for (const [flags, said] of wrong) assertUsageError(await run([echo, 'a', ...flags]), said);
});

test('no module and no inputs are answered with how to give them', async () => {
  assertUsageError(await run([]), /^plustwo: missing required argument 'module\[#export\]'/m);
  assertUsageError(await run([echo]), /^plustwo: There are no inputs\.$/m, /--in - for stdin/);
});

test('a glob that matches nothing names itself', async () => {
  assertUsageError(
    await run([echo, 'a', '*.nothing'], { cwd }),
    /^plustwo: The glob '\*\.nothing' matches no file\.$/m,
  );
});

test('results do not go into a file that is an input as well, whoever named it', async () => {
  writeFileSync(join(cwd, 'one.txt'), '1');
  writeFileSync(join(cwd, 'two.txt'), '2');
  for (const input of ['*.txt', 'two.txt']) {
    assertUsageError(
      await run([echo, input, '-o', './two.txt'], { cwd }),
      /^plustwo: -o \.\/two\.txt would overwrite one of the inputs\.$/m,
    );
  }
  assert.equal(readFileSync(join(cwd, 'two.txt'), 'utf8'), '2');
  const ran = await run([echo, '*.txt', '!two.txt', '-o', 'two.txt', '--plain'], { cwd });
  assert.deepEqual([ran.code, readFileSync(join(cwd, 'two.txt'), 'utf8')], [0, 'one.txt\n']);
});

test('inputs that cannot be opened are named', async () => {
  assertUsageError(await run([echo, '--in', 'missing.csv'], { cwd }), /Cannot read the inputs: ENOENT.*missing\.csv/);
});

test('a module that cannot be loaded is shown with its own error', async () => {
  assertUsageError(
    await run([fixture('missing.mjs'), 'a']),
    /^plustwo: Cannot load '.*missing\.mjs':$/m,
    /Cannot find module/,
  );
  assertUsageError(
    await run([fixture('throws-at-load.mjs'), 'a']),
    /^plustwo: Cannot load '.*throws-at-load\.mjs':$/m,
    /^ {2}RangeError: not today$/m,
    /^ {6}at .*throws-at-load\.mjs:1:/m,
  );
  writeFileSync(join(cwd, 'throws.cjs'), 'throw new Error("not today");');
  assertUsageError(
    await run(['./throws.cjs', 'a'], { cwd }),
    /^plustwo: Cannot load '\.\/throws\.cjs':\n {2}Error: not today\n {6}at \S.*throws\.cjs:1:7\)\n$/,
  );
  assertUsageError(await run([fixture('no-function.mjs'), 'a']), /^ {2}it exports no function\.$/m);
});

test('a syntax error comes with the command that shows its place', async () => {
  const module = join(cwd, 'broken.mjs');
  writeFileSync(module, 'export default (');
  assertUsageError(await run([module, 'a']), /^ {2}SyntaxError: /m, /^To see where: node --check .*broken\.mjs$/m);
});

test('ESM in a CommonJS package comes with the two ways out', async () => {
  writeFileSync(join(cwd, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(cwd, 'esm.js'), 'export default (x) => x;');
  assertUsageError(
    await run(['./esm.js', 'a'], { cwd }),
    /^ {2}SyntaxError: /m,
    /^It is written as ESM .*\.mjs.*"type": "module"/m,
  );
});

test('a Node that runs no TypeScript is named', async (t) => {
  if ('typescript' in process.features && process.features.typescript !== false) {
    t.skip('this one does');
    return;
  }
  writeFileSync(join(cwd, 'typed.ts'), 'export default (x: string): string => x;');
  assertUsageError(await run(['./typed.ts', 'a'], { cwd }), /^Node\.js \S+ runs no TypeScript: compile it first/m);
});

test('a missing export is answered with those there are', async () => {
  assertUsageError(
    await run([`${echo}#shuot`, 'a']),
    /has no function 'shuot'; its functions: .*shout/,
    /^Did you mean: plustwo run .*echo\.mjs#shout …$/m,
  );
  writeFileSync(join(cwd, 'table.mjs'), 'export default {}; export const named = 5; export const rename = (x) => x;');
  assertUsageError(
    await run(['./table.mjs#named', 'a'], { cwd }),
    /^plustwo: '\.\/table\.mjs' has no function 'named'; its functions: rename\.$/m,
  );
  assertUsageError(
    await run(['./table.mjs', 'a'], { cwd }),
    /^plustwo: '\.\/table\.mjs' has no function as its default export; its functions: rename\.$/m,
    /^Name one: plustwo run \.\/table\.mjs#rename …$/m,
  );
  assertUsageError(await run([`${fixture('fails.mjs')}#defualt`, 'a']), /^Did you mean: plustwo run .*fails\.mjs …$/m);
});

test('results that cannot be written are a usage error, and a module that cannot be loaded leaves them alone', async () => {
  assertUsageError(await run([echo, 'a', '-o', join(cwd, 'no', 'out')]), /Cannot write the results: ENOENT/);
  const file = join(cwd, 'out.ndjson');
  writeFileSync(file, 'precious');
  assertUsageError(await run([fixture('throws-at-load.mjs'), 'a', '-o', file]));
  assertUsageError(await run([echo, '--in', file, '-o', file]), /-o .* would overwrite the inputs of --in/);
  assert.equal(readFileSync(file, 'utf8'), 'precious');
});

test('what follows -- is no flag', async () => {
  const ran = await run([echo, '--plain', '--', '--threads', '-0']);
  assert.deepEqual(ran.stdout.trimEnd().split('\n').sort(), ['--threads', '-0']);
});
