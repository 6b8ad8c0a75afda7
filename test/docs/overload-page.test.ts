// docs/overload.md and the tables it shows.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { readPage } from './support/markdown.js';
import { root } from './support/run-program.js';

/** A plain module of scripts/, which is outside this TypeScript project. */
async function load<Exports>(file: string): Promise<Exports> {
  return (await import(pathToFileURL(join(root, file)).href)) as Exports;
}

interface OverloadDoc {
  overloadResult: () => object | undefined;
  overloadBlock: (result: object | undefined) => string;
}

interface BenchDoc {
  withBlock: (text: string, block: string, page: string) => string;
}

test('figures in docs/overload.md are those of the kept run', async () => {
  const { overloadResult, overloadBlock } = await load<OverloadDoc>('scripts/overload-doc.mjs');
  const { withBlock } = await load<BenchDoc>('scripts/bench-doc.mjs');
  const page = readPage('docs/overload.md');
  const wanted = withBlock(page, overloadBlock(overloadResult()), 'docs/overload.md');
  assert.equal(page, wanted, 'npm run docs:accept writes it anew');
});

test('each load has a row for each contender, each trouble one, and the machine is named', async () => {
  const { overloadBlock } = await load<OverloadDoc>('scripts/overload-doc.mjs');
  const served = { goodput: 0.9712, p50Ms: 140.4, p99Ms: 203.6, refused: 0.904, refusalMs: 0.123, rssMb: 11.6 };
  const machine = {
    cpu: 'A CPU',
    cores: 2,
    memoryGb: 4,
    kernel: 'Linux 6',
    node: 'v20',
    versions: { piscina: '5.0.0' },
  };
  const benches = [
    { name: 'overload-10x', summary: { plustwo: served, 'piscina endless queue': { ...served, goodput: 0 } } },
    { name: 'lanes-io-hung', summary: { plustwo: { insideMs: 1.204, outsideMs: 1.1, ratio: 1.0945 } } },
  ];
  const block = overloadBlock({
    date: '2026-03-01T10:00:00Z',
    commit: { short: 'abc1234' },
    machine,
    threads: 4,
    benches,
  });
  const rows = block.split('\n').filter((line) => !/^\|[-|]+$/.test(line));
  assert.deepEqual(rows.slice(1, -1), [
    '| offered | who | goodput | p50 ms | p99 ms | refused | refusal p99 ms | RSS growth MB |',
    '| 10 x | plustwo | 0.97 | 140 | 204 | 90 % | 0.12 | 12 |',
    '| 10 x | piscina endless queue | 0.00 | 140 | 204 | 90 % | 0.12 | 12 |',
    '',
    '| trouble | wait p99 in the other lane | the same load from outside | ratio |',
    '| io hung | 1.20 ms | 1.10 ms | 1.09 |',
    '',
    '2026-03-01, commit abc1234. A CPU, 2 cores, 4 GB, Linux 6, Node v20, piscina 5.0.0; 4 threads.',
  ]);
  assert.equal(overloadBlock(undefined), '');
});
