// Deaths that no thread can contain, by native code that does what it should not.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Supervisor } from '../../../runtime/index.js';
import { crashAddon } from '../../support/crash-addon.js';
import { fixture } from '../../support/fixture.js';
import { errorWithCode } from '../../support/outcome-of.js';
import { runNode } from '../../support/run-node.js';
import { withSupervisor } from '../../support/with-supervisor.js';

/** The addon's path; undefined, and the test is skipped, where it cannot be compiled. */
async function addonOrSkip(t: TestContext): Promise<string | undefined> {
  const binary = await crashAddon();
  if ('path' in binary) return binary.path;
  t.skip(binary.missing);
  return undefined;
}

const load = (supervisor: Supervisor) =>
  supervisor.load<typeof import('../../fixtures/handlers/crash-natively.js')>(fixture('crash-natively'));

test('a task that writes to address 0 is lost and named with the signal and its last output, all others end ok', async (t) => {
  const addon = await addonOrSkip(t);
  if (addon === undefined) return;
  await withSupervisor({ threads: 4, isolation: 'process', output: 'stderr' }, async (supervisor) => {
    const { printAndCrash } = await load(supervisor);
    const culprit = 20;
    const inputs = Array.from({ length: 40 }, (_, index) =>
      index === culprit ? { addon, text: 'the last words\n', crash: 'segfault' as const } : { addon },
    );
    for await (const item of printAndCrash.map(inputs)) {
      if (item.index !== culprit) {
        assert.equal(item.status, 'ok', `item ${item.index}`);
        continue;
      }
      assert.equal(item.status, 'lost');
      assert.equal(item.input, inputs[culprit]);
      const error = item.error as Error & { code?: string; started?: boolean; output?: string };
      assert.equal(error.code, 'PLUSTWO_THREAD_LOST');
      assert.equal(error.started, true);
      assert.match(error.message, /SIGSEGV/);
      assert.match(error.output ?? '', /the last words/);
    }
  });
});

test('tasks that were running beside the one that crashed end ok', async (t) => {
  const addon = await addonOrSkip(t);
  if (addon === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'plustwo-crash-'));
  t.after(() => rmSync(folder, { recursive: true }));
  await withSupervisor({ threads: 4, isolation: 'process' }, async (supervisor) => {
    const { crashBeside, outliveCrash } = await load(supervisor);
    const names = ['one', 'two', 'three'];
    const neighbours = names.map((name) => outliveCrash({ folder, name }));
    const lost = errorWithCode(crashBeside({ addon, folder, neighbours: names.length }), 'PLUSTWO_THREAD_LOST');
    assert.deepEqual(await Promise.all(neighbours), names);
    assert.match((await lost).message, /SIGSEGV/);
  });
});

test('the C library’s abort() costs its own task, and the supervisor goes on', async (t) => {
  const addon = await addonOrSkip(t);
  if (addon === undefined) return;
  await withSupervisor({ threads: 2, isolation: 'process' }, async (supervisor) => {
    const { printAndCrash } = await load(supervisor);
    const error = await errorWithCode(printAndCrash({ addon, crash: 'abort' }), 'PLUSTWO_THREAD_LOST');
    assert.match(error.message, /SIGABRT/);
    assert.equal(await printAndCrash({ addon }), 'not crashed');
  });
});

test('what native code prints comes out where the output of tasks is to go', async (t) => {
  const addon = await addonOrSkip(t);
  if (addon === undefined) return;
  const script = new URL('../../fixtures/hosts/prints-natively.js', import.meta.url);
  const text = 'printed past Node\n';
  const inherited = await runNode(script, addon, text, 'inherit');
  assert.deepEqual(inherited, { exitCode: 0, signal: null, stdout: text, stderr: '' });
  const diverted = await runNode(script, addon, text, 'stderr');
  assert.deepEqual(diverted, { exitCode: 0, signal: null, stdout: '', stderr: text });
});

test('without isolation the same crash ends the process, which is what isolation is for', async (t) => {
  const addon = await addonOrSkip(t);
  if (addon === undefined) return;
  const { exitCode, signal } = await runNode(
    new URL('../../fixtures/hosts/crashes-natively.js', import.meta.url),
    addon,
  );
  assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: 'SIGSEGV' });
});
