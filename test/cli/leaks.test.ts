import assert from 'node:assert/strict';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../../cli/commands/run-report.js';
import { fixture, results, run } from './support/plustwo.js';
import { scratch } from './support/scratch.js';

// What a thread opened is told by its real path, as the kernel does.
const cwd = realpathSync(scratch('leaks'));
const names = ['a.txt', 'b.txt', 'c.txt', 'd.txt'];
for (const name of names) writeFileSync(join(cwd, name), name);

const module = fixture('leaves-open.mjs');
/** Where the fixture opens its file: lines are told of the source, not of what was compiled from it. */
const source = fileURLToPath(new URL('../../../test/fixtures/batch/leaves-open.mjs', import.meta.url));
const [before = ''] = readFileSync(source, 'utf8').split('openSync(path);\n  return');
const leakLine = `leaves-open.mjs:${before.split('\n').length}:3`;

test('a run tells at its end what its tasks left open, with the line', async () => {
  const ran = await run([module, ...names], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  const [summary = '', leak = '', next = '', ...more] = ran.stderr.split('\n');
  assert.match(summary, /^4 ok of 4 items/);
  assert.match(leak, /^leaked {2}4 files {2}default {2}\S+ {2}[abcd]\.txt, …$/);
  assert.ok(leak.includes(leakLine), leak);
  assert.match(next, /^Close them where they are opened/);
  assert.deepEqual(more, ['']);
});

test('a run that leaves nothing open says nothing of it', async () => {
  const ran = await run([`${module}#tidy`, ...names, '--leaks', 'fail'], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /^4 ok of 4 items.*\n$/);
});

test('--leaks notes every opening with its line, and takes no input for its mode', async () => {
  const ran = await run(['--leaks', module, ...names], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  for (const { descriptors } of results(ran.stdout)) {
    assert.equal(descriptors.opened, 1);
    assert.ok(descriptors.leaked[0]?.openedAt?.includes(leakLine), JSON.stringify(descriptors));
  }
});

test('--leaks fail makes leaks the reason of exit code 1, also when it is quiet', async () => {
  const ran = await run([module, ...names, '--leaks', 'fail'], { cwd });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /^failed by --leaks fail: 4 leaks$/m);
  const quiet = await run([module, ...names, '--leaks=fail', '--quiet'], { cwd });
  assert.deepEqual([quiet.code, quiet.stderr], [1, 'plustwo: failed by --leaks fail: 4 leaks\n']);
});

test('--leaks off does not look', async () => {
  const ran = await run([module, ...names, '--leaks', 'off'], { cwd });
  assert.equal(ran.code, 0);
  assert.match(ran.stderr, /^4 ok of 4 items.*\n$/);
  assert.deepEqual(results(ran.stdout)[0]?.descriptors, { opened: null, leaked: [] });
});

test('each result tells what its item opened and left open', async () => {
  const ran = await run([module, ...names, '--leaks'], { cwd });
  for (const { input, descriptors, heapDeltaBytes } of results(ran.stdout)) {
    assert.deepEqual(
      descriptors.leaked.map(({ resource, path }) => ({ resource, path })),
      [{ resource: 'file', path: join(cwd, String(input)) }],
    );
    assert.ok(Number.isInteger(heapDeltaBytes));
  }
  const tidy = await run([`${module}#tidy`, ...names], { cwd });
  assert.deepEqual(
    results(tidy.stdout).map(({ descriptors }) => descriptors),
    Array(4).fill({ opened: 1, leaked: [] }),
  );
});

test('what outlives its task without being a leak is retained, and fails nothing', async () => {
  const ran = await run([`${module}#serve`, 'a.txt', '--leaks', 'fail'], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /^retained {2}1 server {2}serve {2}\S+leaves-open\.mjs:\d+:\d+$/m);
  assert.doesNotMatch(ran.stderr, /leaked|Close them/);
});

test('the summary as JSON has all of it', async () => {
  const ran = await run([module, ...names, '--json', '--leaks'], { cwd });
  const report = JSON.parse(ran.stderr) as RunReport;
  assert.deepEqual(
    report.leaks.map(({ task, resource, count }) => ({ task, resource, count })),
    [{ task: 'default', resource: 'file', count: 4 }],
  );
  assert.deepEqual([report.retained, report.growth, report.recycles], [[], [], []]);
  assert.ok(Array.isArray(report.unattributed));
});

test('--plain prints values and nothing else, leaks or not', async () => {
  const ran = await run([module, 'a.txt', '--plain', '--quiet'], { cwd });
  assert.deepEqual([ran.stdout, ran.stderr], ['a.txt\n', '']);
});
