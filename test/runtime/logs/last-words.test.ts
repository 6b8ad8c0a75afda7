import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { Ending } from '../../fixtures/handlers/last-words.js';
import { runNode } from '../../support/run-node.js';

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
    test(`every line is heard, in its order and before the task settles: ${ending} (isolation: ${isolation})`, async () => {
      const { stdout, stderr } = await runNode(PROGRAM, isolation, ending, String(LINES), '');
      assert.equal(stdout, '');
      const unfinished = ending === 'loop' || ending === 'memory' ? [] : ['unfinished'];
      assert.deepEqual(stderr.split('\n'), [...SAID, ...unfinished, `settled ${settled}`, '']);
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
  const said = stderr.split('\n');
  assert.deepEqual(said.slice(0, SAID.length), SAID);
  assert.deepEqual(said.slice(-2), ['settled PLUSTWO_THREAD_LOST', '']);
});
