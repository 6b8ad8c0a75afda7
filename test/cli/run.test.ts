import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fixture, results, run } from './support/plustwo.js';
import { scratch } from './support/scratch.js';

const cwd = scratch('run');
mkdirSync(join(cwd, 'src'));
for (const name of ['b.txt', 'a.txt', 'c.txt']) writeFileSync(join(cwd, 'src', name), '');

const echo = fixture('echo.mjs');

test('each input is a line of results on stdout, everything else is on stderr', async () => {
  const ran = await run([echo, 'src/*.txt', 'plain'], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  const lines = results(ran.stdout);
  assert.deepEqual(
    lines.map(({ index, key, input, status, value, attempts }) => ({ index, key, input, status, value, attempts })),
    ['src/a.txt', 'src/b.txt', 'src/c.txt', 'plain'].map((input, index) => {
      return { index, key: input, input, status: 'ok', value: input, attempts: 1 };
    }),
  );
  for (const { slot, runMs, waitMs } of lines) {
    assert.ok(slot === 0 || slot === 1);
    assert.ok(runMs >= 0 && waitMs >= 0);
  }
  assert.match(ran.stderr, /^4 ok of 4 items {2}.* {2}2 threads\n$/);
});

test('what tasks print and log is on stderr', async () => {
  const ran = await run([fixture('prints.mjs'), 'a', '--plain'], { cwd });
  assert.equal(ran.stdout, 'a\n');
  assert.match(ran.stderr, /^printed a$/m);
  assert.match(ran.stderr, /^written a$/m);
  assert.match(ran.stderr, /^info default#\d+ logged a$/m);
});

test('--quiet leaves what tasks print themselves, and nothing else', async () => {
  const ran = await run([fixture('prints.mjs'), 'a', '--quiet'], { cwd });
  assert.equal(ran.stderr, 'printed a\nwritten a\n');
});

test('an export is picked by name, from ESM and from CommonJS', async () => {
  assert.equal((await run([`${echo}#shout`, 'a', '--plain'])).stdout, 'a!\n');
  assert.equal((await run([fixture('plain.cjs'), 'a', '--plain'])).stdout, 'A\n');
  assert.equal((await run([`${fixture('plain.cjs')}#size`, 'abc', '--plain'])).stdout, '3\n');
});

test('--keep-order writes results in the order of the inputs', async () => {
  const inputs = Array.from({ length: 3000 }, (_, index) => String(index));
  const { stdout } = await run([echo, '--in', '-', '--keep-order', '--plain'], { stdin: inputs.join('\n') });
  assert.deepEqual(stdout.trimEnd().split('\n'), inputs);
});

test('without --keep-order every result is there all the same', async () => {
  const inputs = Array.from({ length: 3000 }, (_, index) => String(index));
  const { stdout } = await run([echo, '--in', '-'], { stdin: inputs.join('\n') });
  assert.deepEqual(
    results(stdout).map(({ value }) => value),
    inputs,
  );
});

test('values that JSON has no word for are written as the help says', async () => {
  const { stdout } = await run([`${echo}#bytes`, 'hi']);
  assert.deepEqual(results(stdout)[0]?.value, { bytes: { type: 'bytes', base64: 'aGk=' }, big: '10' });
  assert.equal(results((await run([`${echo}#nothing`, 'hi'])).stdout)[0]?.value, null);
  assert.equal((await run([`${echo}#nothing`, 'hi', '--plain'])).stdout, '');
});

test('a value that cannot be written fails its item', async () => {
  const ran = await run([`${echo}#circle`, 'a']);
  assert.equal(ran.code, 1);
  const [line] = results(ran.stdout);
  assert.equal(line?.status, 'failed');
  assert.match(String(line.error?.message), /^the result cannot be written as JSON: Converting circular structure/);
  assert.match(ran.stderr, /^0 ok, 1 failed of 1 item/m);
});

test('items that fail are told with their errors, named in the summary, and make the exit code 1', async () => {
  const ran = await run([fixture('fails.mjs'), 'a', 'bad1', 'null', 'bad2']);
  assert.equal(ran.code, 1);
  const lines = results(ran.stdout);
  assert.deepEqual(
    lines.map(({ status }) => status),
    ['ok', 'failed', 'failed', 'failed'],
  );
  const { stack, ...error } = lines[1]?.error ?? {};
  assert.deepEqual(error, { name: 'TypeError', message: 'cannot take bad1', code: 'EBAD' });
  assert.match(String(stack), /fails\.mjs:\d+/);
  assert.deepEqual(lines[2]?.error, { name: 'thrown', message: 'null' });
  assert.match(ran.stderr, /^failed {2}bad1 {2}TypeError: cannot take bad1 \[EBAD\]$/m);
  assert.match(ran.stderr, /^1 ok, 3 failed of 4 items/m);
});

test('a thread that dies costs its item and no other', async () => {
  const ran = await run([`${fixture('fails.mjs')}#exits`, 'a', 'exit', 'b', 'c']);
  assert.equal(ran.code, 1);
  assert.deepEqual(
    results(ran.stdout).map(({ input, status }) => `${String(input)} ${status}`),
    ['a ok', 'exit lost', 'b ok', 'c ok'],
  );
  assert.match(ran.stderr, /^lost {2}exit {2}.*exit code 13/m);
});

test('--retries N allows N more attempts', async () => {
  const module = `${fixture('fails.mjs')}#third`;
  const enough = await run([module, 'a', '--retries', '2']);
  assert.equal(enough.code, 0, enough.stdout);
  assert.equal(results(enough.stdout)[0]?.attempts, 3);
  const tooFew = await run([module, 'a', '--retries', '1']);
  assert.equal(tooFew.code, 1);
  assert.equal(results(tooFew.stdout)[0]?.attempts, 2);
  assert.match(tooFew.stderr, /^failed {2}a {2}Error: attempt 2 \(2 attempts\)$/m);
});

test('--timeout and --grace end an attempt that does not end', async () => {
  const ran = await run([`${fixture('gate.mjs')}#hang`, join(cwd, 'hanging'), '--timeout', '100ms', '--grace', '10ms']);
  assert.equal(ran.code, 1);
  const [line] = results(ran.stdout);
  assert.equal(line?.status, 'timed-out');
  assert.equal(line.error?.code, 'PLUSTWO_TIMED_OUT');
});

test('--args is ctx.args', async () => {
  const { stdout } = await run([`${echo}#withArgs`, 'a', '--args', '{"width":[320]}']);
  assert.deepEqual(results(stdout)[0]?.value, { input: 'a', args: { width: [320] } });
});

test('--kind io lets many items share a thread', async () => {
  const inputs = Array.from({ length: 10 }, (_, index) => String(index));
  const ran = await run([fixture('together.mjs'), ...inputs, '--kind', 'io', '--threads', '1']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(results(ran.stdout).length, 10);
});

test('--in reads values as they are written', async () => {
  const file = join(cwd, 'values.ndjson');
  writeFileSync(file, '{"b":1,"a":2}\n"text"\nnull');
  const lines = results((await run([echo, '--in', file])).stdout);
  assert.deepEqual(
    lines.map(({ value }) => value),
    [{ b: 1, a: 2 }, 'text', null],
  );
  assert.match(String(lines[0]?.key), /^[\da-f]{32}$/);
  assert.equal(lines[1]?.key, 'text');
});

test('--in of nothing is a run of nothing', async () => {
  const ran = await run([echo, '--in', '-']);
  assert.equal(ran.code, 0);
  assert.equal(ran.stdout, '');
  assert.match(ran.stderr, /^no items, /);
});

test('inputs that break off end the run after what was read, with the line that is wrong', async () => {
  const ran = await run([echo, '--in', '-', '--format', 'ndjson'], { stdin: '1\n2\n{\n4\n' });
  assert.equal(ran.code, 1);
  assert.deepEqual(
    results(ran.stdout).map(({ value }) => value),
    [1, 2],
  );
  assert.match(ran.stderr, /^stopped: stdin:3: not JSON: /m);
});

test('inputs that are broken from the start are a usage error', async () => {
  const ran = await run([echo, '--in', '-', '--format', 'ndjson', '--quiet'], { stdin: '{\n' });
  assert.equal(ran.code, 2);
  assert.match(ran.stderr, /^plustwo: stopped: stdin:1: not JSON: .*\n$/);
});

test('-o writes results to a file, in place of what was there', async () => {
  const file = join(cwd, 'out.ndjson');
  writeFileSync(file, 'x'.repeat(10_000));
  const ran = await run([echo, 'a', 'b', '-o', file]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout, '');
  assert.deepEqual(
    results(readFileSync(file, 'utf8')).map(({ value }) => value),
    ['a', 'b'],
  );
});

test('-o - is stdout', async () => {
  assert.equal((await run([echo, 'a', '--plain', '-o', '-'])).stdout, 'a\n');
});

test('--json tells the summary as one object, alone on stderr', async () => {
  const ran = await run([fixture('fails.mjs'), 'a', 'bad', '--json']);
  const report = JSON.parse(ran.stderr) as Record<string, unknown>;
  assert.deepEqual(Object.keys(report), [
    'v',
    'ending',
    'counts',
    'done',
    'total',
    'wallMs',
    'cpuMs',
    'itemsPerSecond',
    'threads',
    'failures',
    'leaks',
    'retained',
    'unattributed',
    'growth',
    'recycles',
    'logs',
    'processes',
    'dependencies',
    'config',
    'exitCode',
  ]);
  const { wallMs, cpuMs, itemsPerSecond, ...fixed } = report;
  assert.ok([wallMs, cpuMs, itemsPerSecond].every((figure) => typeof figure === 'number' && figure > 0));
  assert.deepEqual(fixed, {
    v: 1,
    ending: { by: 'inputs-done' },
    counts: { ok: 1, failed: 1, cancelled: 0, 'timed-out': 0, lost: 0 },
    done: 2,
    total: 2,
    threads: 2,
    failures: [
      {
        index: 1,
        key: 'bad',
        label: 'bad',
        status: 'failed',
        attempts: 1,
        error: { name: 'TypeError', message: 'cannot take bad', code: 'EBAD' },
      },
    ],
    leaks: [],
    retained: [],
    unattributed: [],
    growth: [],
    recycles: [],
    logs: { dropped: 0, lost: 0 },
    processes: { died: 0, restarted: 0 },
    dependencies: {},
    config: null,
    exitCode: 1,
  });
});

test('a teardown that fails is told', async () => {
  const ran = await run([fixture('tears-down.mjs'), 'a', '--quiet']);
  assert.match(ran.stderr, /^plustwo: a teardown failed: the drawer is stuck$/m);
});
