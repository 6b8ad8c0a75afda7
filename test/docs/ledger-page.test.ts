// docs/ledger.md and the examples it shows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { fencesOf, readPage } from './support/markdown.js';
import { root, runNode } from './support/run-program.js';

const example = (name: string): string => join(root, 'dist/docs/examples', name);

/** What an example prints, with what differs from place to place and from run to run as the pages have it. */
async function printed(name: string, args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await runNode(example(name), args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return stdout.replaceAll(root, '/app/').replaceAll(/descriptor: \d+/g, 'descriptor: 36');
}

/** The line of an example that holds a text, as rows name it. */
function lineOf(file: string, text: string): string {
  const lines = readFileSync(join(root, 'docs/examples', file), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  return `/app/docs/examples/${file}:${at + 1}:${(lines[at]?.indexOf(text) ?? -1) + 1}`;
}

/** Three threads leak side by side, so which was the last to do so is another one from run to run; the page shows the last of the list. */
const withLastOf = (output: string): string => {
  const last = "taskId: 4,\n    resource: 'file',\n    descriptor: 36,\n    path: '/app/package.json'";
  return output.replace(/taskId: [124],\n {4}resource: 'file',\n {4}descriptor: 36,\n {4}path: '[^']+'/, last);
};

test('what the leaking example prints is on the page, and names the line that opens the file', async () => {
  const output = withLastOf(await printed('find-leaks.js'));
  assert.ok(
    fencesOf(readPage('docs/ledger.md')).some(({ text }) => text === output),
    output,
  );
  const opened = lineOf('tasks/shebang-leaks.ts', "openSync(path, 'r')");
  assert.equal(output.split(`openedAt: '${opened}'`).length - 1, 4);
  assert.match(output, /^dist\/cli\/main\.js \[\]$/m);
  assert.match(output, /count: 3\n/);
});

test('of the repaired example each way opens something and nobody is accused', async () => {
  const lines = (await printed('repair-leaks.js')).trim().split('\n');
  const files = ['README.md', 'LICENSE', 'dist/cli/main.js', 'package.json'];
  const expected = ['awaitUsing', 'defer', 'tryFinally'].flatMap((task) =>
    files.map((file) => `${task} ${file} ok { opened: 1, leaked: [] }`),
  );
  assert.deepEqual(lines, [...expected, '[]']);
});

test('a file that is kept open on purpose is no leak, is shown as open, and is closed with its thread', async () => {
  const output = await printed('keep-open.js', ['package.json']);
  const { length } = readFileSync(join(root, 'package.json'), 'utf8');
  assert.ok(output.startsWith(`${length} characters []\n`), output);
  assert.match(output, /path: '\/app\/package\.json'/);
  assert.ok(output.includes(`openedAt: '${lineOf('tasks/read-piece.ts', "openSync(path, 'r')")}'`), output);
  assert.match(output, /task: null,\n.*\n +standing: 'open'/);
  assert.ok(output.endsWith('closed with the thread: 1, could not be closed: 0\n'), output);
});

interface BenchDoc {
  ledgerResult: () => object | undefined;
  ledgerBlock: (report: string | undefined, hasFigure: boolean) => string;
  withBlock: (text: string, block: string, page: string) => string;
}

interface FigureDoc {
  ledgerFigure: (result: object | undefined) => string | undefined;
}

/** A script of scripts/, which is plain JavaScript outside every TypeScript project. */
async function script<Exports>(name: string): Promise<Exports> {
  return (await import(pathToFileURL(join(root, 'scripts', name)).href)) as Exports;
}

test('figures in docs/ledger.md are those of the kept run of its benches', async () => {
  const { ledgerResult, ledgerBlock, withBlock } = await script<BenchDoc>('bench-doc.mjs');
  const { ledgerFigure } = await script<FigureDoc>('ledger-figure.mjs');
  const { renderReport } = (await import(pathToFileURL(join(root, 'dist/benchmarks/harness/report.js')).href)) as {
    renderReport: (of: object) => string;
  };
  const result = ledgerResult();
  const figure = ledgerFigure(result);
  const block = ledgerBlock(result === undefined ? undefined : renderReport(result), figure !== undefined);
  const page = readPage('docs/ledger.md');
  assert.equal(page, withBlock(page, block, 'docs/ledger.md'), 'npm run docs:accept writes it anew');
  if (figure !== undefined) assert.equal(readPage('docs/ledger-load.svg'), figure);
});

test('the figure has a curve for each pool, down to its last second, and says what ended one early', async () => {
  const { ledgerFigure } = await script<FigureDoc>('ledger-figure.mjs');
  assert.equal(ledgerFigure({ details: {} }), undefined);
  const figure = ledgerFigure({
    details: {
      'ledger-load-plustwo': { descriptors: [100, 280, 90, 270], failures: {} },
      'ledger-load-piscina': { descriptors: [40, 900], failures: { EMFILE: 3 } },
    },
  });
  const curves = [...(figure ?? '').matchAll(/<polyline points="([^"]+)"/g)].map(
    ([, points = '']) => points.split(' ').length,
  );
  assert.deepEqual(curves, [4, 2]);
  assert.match(figure ?? '', />plustwo<\/text>/);
  assert.match(figure ?? '', />Piscina: EMFILE<\/text>/);
});
