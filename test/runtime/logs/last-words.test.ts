import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type * as LastWords from '../../fixtures/handlers/last-words.js';
import type { Ending } from '../../fixtures/handlers/last-words.js';
import { fixture } from '../../support/fixture.js';
import { logPlace } from '../../support/log-place.js';
import { linesOf, recordsIn } from '../../support/records-in.js';
import { runNode } from '../../support/run-node.js';
import { withSupervisor } from '../../support/with-supervisor.js';

const PROGRAM = new URL('../../fixtures/hosts/last-words.js', import.meta.url);
const LINES = 200;

/** What a task says, in its order. */
const SAID = Array.from({ length: LINES }, (_, line) => [`printed ${line}`, `logged ${line}`]).flat();

const ENDINGS: readonly (readonly [ending: Ending, settled: string])[] = [
  ['return', 'ok'],
  ['throw', 'thrown'],
  ['throw later', 'thrown later'],
  ['exit', 'PLUSTWO_THREAD_LOST'],
  ['loop', 'PLUSTWO_TIMED_OUT'],
  ['memory', 'PLUSTWO_THREAD_LOST'],
];

for (const isolation of ['thread', 'process']) {
  for (const [ending, settled] of ENDINGS) {
    test(`every line is heard, and the one without a newline, in its order and before the task settles: ${ending} (isolation: ${isolation})`, async () => {
      const { stdout, stderr } = await runNode(PROGRAM, isolation, ending, String(LINES), '');
      assert.equal(stdout, '');
      assert.deepEqual(stderr.split('\n'), [...SAID, 'unfinished', `settled ${settled}`, '']);
    });
  }
}

test('what a task says is heard while its thread is blocked, and outlives a crash of the process that performs it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plustwo-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const { stdout, stderr } = await runNode(PROGRAM, 'process', 'crash', String(LINES), join(folder, 'heard'));
  assert.equal(stdout, '');
  const last = ['again 1', 'again 2', 'unfinished', 'settled PLUSTWO_THREAD_LOST', ''];
  assert.deepEqual(stderr.split('\n'), [...SAID, ...last]);
});

for (const isolation of ['thread', 'process'] as const) {
  test(`the incident of a task that was stopped in a loop ends with what it was about to say (isolation: ${isolation})`, async (t) => {
    const dir = logPlace(t);
    const terms = { threads: 1, isolation, rerun: false, logs: { dir } } as const;
    await withSupervisor(terms, async (supervisor) => {
      const { sayAndEnd } = await supervisor.load<typeof LastWords>(fixture('last-words'));
      const words = { ending: 'loop', lines: 1, heard: '' } as const;
      await assert.rejects(sayAndEnd(words, { timeout: 300, grace: 0 }), { code: 'PLUSTWO_TIMED_OUT' });
    });
    const told = linesOf(recordsIn(join(dir, 'incidents')), 1);
    assert.deepEqual(
      told.map((record) => [record['body'], record['log.seq'], record['log.partial'], record['task.attempt']]),
      [
        ['printed 0', 0, undefined, 1],
        ['logged 0', 1, undefined, 1],
        ['unfinished', 2, true, 1],
      ],
    );
  });
}
