// The benches of logs themselves, in small. They fail where a line is neither in the files nor counted in them, or is there twice.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scratch } from '../cli/support/scratch.js';
import { root, runNode } from '../docs/support/run-program.js';
import { compiled } from './support/compiled.js';

interface Bench {
  readonly name: string;
  readonly contenders: readonly string[];
  readonly metrics: Readonly<Record<string, unknown>>;
}

interface Measured {
  readonly quick: boolean;
  readonly benches: readonly {
    readonly name: string;
    readonly readings: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
  }[];
}

const { logsCostBenches } = await compiled<{ logsCostBenches: readonly Bench[] }>('logs-cost.bench.js');
const { logsThroughputBenches } = await compiled<{ logsThroughputBenches: readonly Bench[] }>(
  'logs-throughput.bench.js',
);
const { BENCHES } = await compiled<{ BENCHES: readonly Bench[] }>('benches.js');

const directory = scratch('logs-benches');
const benches = [...logsCostBenches, ...logsThroughputBenches];

test('each of them is among the benches, under a name of its own', () => {
  const names = benches.map(({ name }) => name);
  assert.ok(names.length >= 5);
  assert.deepEqual(names, [...new Set(names)]);
  assert.deepEqual(
    BENCHES.filter((bench) => benches.includes(bench)).map(({ name }) => name),
    names,
  );
});

test('each contender has a reading of every figure, and no line is missing', { timeout: 600_000 }, async () => {
  const json = join(directory, 'result.json');
  const only = benches.flatMap(({ name }) => ['--only', name]);
  const { code, stderr } = await runNode(join(root, 'dist/benchmarks/run.js'), [
    '--quick',
    '--threads',
    '2',
    '--json',
    json,
    ...only,
  ]);
  assert.equal(code, 0, stderr);
  const measured = JSON.parse(readFileSync(json, 'utf8')) as Measured;
  assert.equal(measured.quick, true);
  assert.deepEqual(
    measured.benches.map(({ name }) => name),
    benches.map(({ name }) => name),
  );
  for (const [place, { name, readings }] of measured.benches.entries()) {
    const { contenders = [], metrics = {} } = benches[place] ?? {};
    assert.deepEqual(Object.keys(readings).sort(), [...contenders].sort(), name);
    for (const contender of contenders) {
      const [reading = {}, ...more] = readings[contender] ?? [];
      assert.deepEqual(more, [], `${name}: one round`);
      assert.deepEqual(Object.keys(reading).sort(), Object.keys(metrics).sort(), `${name}: ${contender}`);
      // What a line costs is a difference, which in so small a run may come out below nothing.
      for (const [figure, value] of Object.entries(reading)) {
        assert.ok(Number.isFinite(value), `${name}: ${contender} has ${String(value)} for ${figure}`);
        if (figure === 'perSecond') assert.ok(value > 0, `${name}: ${contender} did nothing`);
      }
    }
  }
});
