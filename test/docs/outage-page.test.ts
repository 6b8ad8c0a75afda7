// docs/outage.md and the drill it shows.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { readPage } from './support/markdown.js';
import { root } from './support/run-program.js';

/** A plain module of scripts/, or one of the benchmarks' compiled ones; both are outside this TypeScript project. */
async function load<Exports>(file: string): Promise<Exports> {
  return (await import(pathToFileURL(join(root, file)).href)) as Exports;
}

interface OutageDoc {
  outageResult: () => object | undefined;
  outageBlock: (report: string | undefined) => string;
}

interface BenchDoc {
  withBlock: (text: string, block: string, page: string) => string;
}

test('figures in docs/outage.md are those of the kept drill', async () => {
  const { outageResult, outageBlock } = await load<OutageDoc>('scripts/outage-doc.mjs');
  const { withBlock } = await load<BenchDoc>('scripts/bench-doc.mjs');
  const { renderDrill } = await load<{ renderDrill: (result: object) => string }>('dist/benchmarks/outage/report.js');
  const result = outageResult();
  const block = outageBlock(result === undefined ? undefined : renderDrill(result));
  const page = readPage('docs/outage.md');
  assert.equal(page, withBlock(page, block, 'docs/outage.md'), 'npm run docs:accept writes it anew');
});

test('the block has the terms, the table and the machine, and leaves the goals to the drill', async () => {
  const { outageBlock } = await load<OutageDoc>('scripts/outage-doc.mjs');
  assert.equal(outageBlock('terms\n\n| table |\n\nmachine\n\n| goals |\n\n'), '\nterms\n\n| table |\n\nmachine\n');
  assert.equal(outageBlock(undefined), '');
});
