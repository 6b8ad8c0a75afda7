// The bench itself, in small: it shows that every contender finds the same lines, which the bench checks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scratch } from '../cli/support/scratch.js';
import { root, runNode } from '../docs/support/run-program.js';

const directory = scratch('logs-search');
const program = join(root, 'dist/benchmarks/logs-search.js');

test('everyone finds the lines of one task, and has its times in the result', { timeout: 120_000 }, async () => {
  const json = join(directory, 'result.json');
  const { code, stdout, stderr } = await runNode(program, ['--quick', '--json', json]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /no verdict on so few lines/);
  const result = JSON.parse(readFileSync(json, 'utf8')) as { lines: number; readings: Record<string, unknown[]> };
  assert.equal(result.lines, 20_000);
  assert.deepEqual(
    Object.entries(result.readings).map(([name, readings]) => [name, readings.length]),
    [
      ['plustwo', 1],
      ['plustwo --json', 1],
      ['grep -F', 1],
      ['readline', 1],
    ],
  );
});

test('a wrong option is answered with what was expected', async () => {
  const { code, stderr } = await runNode(program, ['--lines', '10']);
  assert.notEqual(code, 0);
  assert.match(stderr, /--lines has to be a whole number from 1000, not 10/);
});
