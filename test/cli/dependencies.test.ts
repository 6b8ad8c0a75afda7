import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { RunReport } from '../../cli/commands/run-report.js';
import { endOf, fixture, type ResultLine, results, run, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { until } from './support/until.js';

const directory = realpathSync(scratch('dependencies'));
const calls = fixture('calls.mjs');
const inputs = Array.from({ length: 1000 }, (_, index) => `item-${index}`);
const never = JSON.stringify({ up: join(directory, 'never') });

const reportIn = (stderr: string): RunReport => JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as RunReport;
const codesOf = (lines: readonly ResultLine[]) => lines.map(({ error }) => error?.code);

for (const [name, module] of [
  ['--uses', calls],
  ['ctx.call', `${calls}#calls`],
] as const) {
  test(`with --when-open reject items fail at once while the circuit is open (${name})`, async () => {
    const flags = ['--dependency', 'billing', ...(name === '--uses' ? ['--uses', 'billing'] : [])];
    const ran = await run([module, ...inputs, ...flags, '--when-open', 'reject', '--args', never, '--json']);
    assert.equal(ran.code, 1, ran.stderr);
    const codes = codesOf(results(ran.stdout));
    const reached = codes.filter((code) => code === 'EDOWN').length;
    const refused = codes.filter((code) => code === 'PLUSTWO_CIRCUIT_OPEN').length;
    assert.equal(reached + refused, 1000, String(codes));
    // The breaker opens at the twentieth failure; what was under way then reaches it all the same.
    assert.ok(reached >= 20 && reached < 500, `${reached} calls`);
    assert.match(ran.stderr, /^warn billing is down: \d+ of \d+ calls failed; trying again in \d+ s$/m);
    const { billing } = reportIn(ran.stderr).dependencies;
    assert.ok(billing !== undefined && billing.opened >= 1);
    assert.equal(billing.failures, reached);
    // An attempt that was let go and taken back before it started is among them.
    assert.ok(billing.calls >= reached, `${billing.calls} calls`);
  });

  test(`without it items wait, and go on when the dependency is back (${name})`, async () => {
    const up = join(directory, `up-${module === calls ? 'uses' : 'call'}`);
    const config = join(directory, 'breaks.json');
    writeFileSync(
      config,
      JSON.stringify({ dependencies: { billing: { breaker: { break: '200ms', maxBreak: '400ms' } } } }),
    );
    const flags = ['--config', config, ...(name === '--uses' ? ['--uses', 'billing'] : [])];
    const child = startPlustwo([
      'run',
      '--threads',
      '2',
      module,
      ...inputs,
      ...flags,
      '--args',
      JSON.stringify({ up }),
    ]);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    }
    const ended = endOf(child);
    await until(() => said.stderr.includes('billing is down'));
    writeFileSync(up, '');
    const { code } = await ended;
    assert.equal(code, 1, said.stderr);
    const codes = codesOf(results(said.stdout));
    const failed = codes.filter((code) => code === 'EDOWN').length;
    assert.equal(failed + codes.filter((code) => code === undefined).length, 1000, String(codes));
    assert.ok(failed >= 20 && failed < 500, `${failed} calls failed`);
    assert.match(said.stderr, /^info billing is being tried with one call$/m);
    assert.match(said.stderr, /^info billing is back$/m);
    const told = /^billing: ([\d,]+) calls, (\d+) failed, down (?:once|\d+ times)$/m.exec(said.stderr);
    assert.ok(Number(told?.[1]?.replace(',', '')) >= 1000, said.stderr);
    assert.equal(Number(told?.[2]), failed, said.stderr);
  });
}

test('no more items use a dependency at once than it allows, and no more run than --limit', async () => {
  for (const flags of [
    ['--dependency', 'billing=3', '--uses', 'billing'],
    ['--limit', '3'],
  ]) {
    const ran = await run([`${calls}#together`, ...inputs.slice(0, 100), '--kind', 'io', '--threads', '1', ...flags]);
    assert.equal(ran.code, 0, ran.stderr);
    const most = Math.max(...results(ran.stdout).map(({ value }) => value as number));
    assert.equal(most, 3, flags.join(' '));
  }
});

test('a retry beyond the budget is refused', async () => {
  const many = Array.from({ length: 300 }, (_, index) => String(index));
  const flags = ['--retries', '5', '--retry-budget', '0', '--args', never, '--json'];
  const ran = await run([calls, ...many, ...flags]);
  const lines = results(ran.stdout);
  const attempts = lines.reduce((sum, line) => sum + line.attempts, 0);
  assert.ok(attempts < 300 * 3, `${attempts} attempts`);
  assert.ok(codesOf(lines).includes('PLUSTWO_RETRY_BUDGET'));
  const off = await run([calls, 'a', '--retries', '2', '--retry-budget', 'off', '--args', never]);
  assert.deepEqual(codesOf(results(off.stdout)), ['EDOWN']);
  assert.equal(results(off.stdout)[0]?.attempts, 3);
});

test('a call of what nobody names is answered with how to name it, or with the name that was meant', async () => {
  const ran = await run([`${calls}#calls`, 'a', '--args', never]);
  assert.equal(ran.code, 1, ran.stderr);
  assert.match(ran.stderr, /^ctx\.call knows no billing\. To name it: --dependency billing$/m);
  const near = await run([`${calls}#calls`, 'a', '--args', never, '--dependency', 'biling']);
  assert.match(near.stderr, /^ctx\.call knows no billing\. Did you mean biling\?$/m);
});

test('a task that uses what nobody names is answered with how to name it', async () => {
  const ran = await run([fixture('uses.mjs'), 'a']);
  assert.equal(ran.code, 2, ran.stderr);
  assert.match(ran.stderr, /^plustwo: Cannot load '.*uses\.mjs':\n {2}options of its task \w+: .*billing/);
  assert.match(ran.stderr, /^To name one: --dependency <name>$/m);
  const named = await run([fixture('uses.mjs'), 'a', '--dependency', 'billing', '--plain']);
  assert.equal(named.stdout, 'a\n');
});
