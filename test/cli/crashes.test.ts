import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunReport } from '../../cli/commands/run-report.js';
import { crashAddon } from '../support/crash-addon.js';
import { fixture, type ResultLine, results, run } from './support/plustwo.js';

const crashes = fixture('crashes.mjs');
const culprits = [17, 500, 983];

/** A thousand inputs, three of which crash. */
const thousand = Array.from({ length: 1000 }, (_, index) => `${culprits.includes(index) ? 'crash' : 'item'}-${index}`);

/** The reader of a report that comes behind what tasks have printed. */
function reportIn(stderr: string): RunReport {
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as RunReport;
}

function assertNamed(lines: readonly ResultLine[], how: RegExp): void {
  assert.equal(lines.length, 1000);
  const lost = lines.filter(({ status }) => status !== 'ok');
  assert.deepEqual(
    lost.map(({ input }) => input),
    culprits.map((index) => `crash-${index}`),
  );
  for (const { status, error, attempts } of lost) {
    assert.deepEqual(
      [status, error?.name, error?.code, attempts],
      ['lost', 'ThreadLostError', 'PLUSTWO_THREAD_LOST', 2],
    );
    assert.match(String(error?.message), how);
  }
  for (const { status, value, input, index } of lines) {
    if (status === 'ok') assert.deepEqual([value, input], [`item-${index}`, `item-${index}`]);
  }
}

test('a thousand items, three of which crash the process in native code: 997 are ok, three are named, exit code 1', async (t) => {
  const addon = await crashAddon();
  if ('missing' in addon) {
    t.skip(addon.missing);
    return;
  }
  const args = JSON.stringify({ addon: addon.path });
  const ran = await run([`${crashes}#natively`, '--in', '-', '--args', args], { stdin: thousand.join('\n') });
  assert.equal(ran.code, 1, ran.stderr);
  const lines = results(ran.stdout);
  assertNamed(lines, /SIGSEGV/);
  assert.match(ran.stderr, /^997 ok, 3 lost of 1,000 items/m);
  assert.match(ran.stderr, /^\d+ child processes died and were restarted$/m);
  for (const index of culprits) {
    assert.match(
      ran.stderr,
      new RegExp(`^lost {2}crash-${index} {2}.*SIGSEGV.*\\n {8}\\| last words of crash-${index}$`, 'm'),
    );
  }
});

test('a crash by a signal is told with the signal, the last output and the input', async () => {
  const ran = await run([crashes, 'a', 'crash', 'b', '--json']);
  assert.equal(ran.code, 1, ran.stderr);
  const [a, crash, b] = results(ran.stdout);
  assert.deepEqual([a?.status, crash?.status, b?.status], ['ok', 'lost', 'ok']);
  assert.match(String(crash?.error?.message), /SIGSEGV/);
  assert.match(String(crash?.error?.output), /last words of crash\n$/);
  const { counts, failures, processes, exitCode } = reportIn(ran.stderr);
  assert.deepEqual([counts.ok, counts.lost, exitCode], [2, 1, 1]);
  const [failure] = failures;
  assert.deepEqual([failure?.label, failure?.status, failure?.attempts], ['crash', 'lost', 2]);
  assert.match(String(failure?.error.output), /last words of crash\n$/);
  assert.ok(processes.died >= 2);
  assert.equal(processes.restarted, processes.died);
});

test('an exit past Node is told with its exit code, and has no output when nothing was printed', async () => {
  const ran = await run([`${crashes}#leaves`, 'a', 'crash', '--json']);
  const [a, crash] = results(ran.stdout);
  assert.deepEqual([a?.status, crash?.status], ['ok', 'lost']);
  assert.match(String(crash?.error?.message), /exit code 7/);
  assert.equal('output' in (crash?.error ?? {}), false);
});

test('--no-rerun ends what was running with its process, and finishes the rest', async () => {
  const ran = await run([crashes, 'crash', 'a', 'b', 'c', '--no-rerun', '--threads', '1', '--json']);
  assert.equal(ran.code, 1);
  const [crash, ...others] = results(ran.stdout);
  assert.deepEqual([crash?.status, crash?.attempts], ['lost', 1]);
  assert.match(String(crash?.error?.message), /SIGSEGV.*rerun is false/);
  assert.deepEqual(
    others.map(({ status }) => status),
    ['ok', 'ok', 'ok'],
  );
  assert.deepEqual(reportIn(ran.stderr).processes, { died: 1, restarted: 1 });
});

test('--isolation thread runs the items in the process of the command', async () => {
  const pids = async (isolation: readonly string[]): Promise<unknown> => {
    const { stdout } = await run([`${fixture('echo.mjs')}#parent`, 'a', ...isolation]);
    return results(stdout)[0]?.value;
  };
  assert.equal(await pids(['--isolation', 'thread']), process.pid);
  assert.notEqual(await pids([]), process.pid);
  assert.notEqual(await pids(['--isolation', 'process']), process.pid);
});
