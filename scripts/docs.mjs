// Builds the reference from the doc comments into .cache/docs; a public name without one is an error. Then compares the
// parts of the docs that are made by scripts with what is there; `npm run docs:accept` writes them anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { benchBlock, ledgerBlock, ledgerResult, newestResult, withBlock } from './bench-doc.mjs';
import { build } from './build.mjs';
import { ledgerFigure } from './ledger-figure.mjs';
import { fieldsBlock } from './logs-doc.mjs';
import { figuresBlock } from './logs-figures.mjs';
import { optionsPage } from './options-doc.mjs';
import { outageBlock, outageResult } from './outage-doc.mjs';
import { overloadBlock, overloadResult } from './overload-doc.mjs';
import { orExit, root, runTool } from './run.mjs';

const accept = process.argv.includes('--accept');
const compiled = (file) => import(pathToFileURL(join(root, 'dist', file)).href);

function compare(file, wanted) {
  const path = join(root, file);
  const found = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (found === wanted) return;
  if (accept) {
    writeFileSync(path, wanted);
    console.error(`docs: wrote ${file}`);
  } else {
    console.error(`docs: ${file} is out of date: npm run docs:accept`);
    process.exitCode = 1;
  }
}

await build();
const { OPTIONS, CLOSE_OPTIONS } = await compiled('runtime/index.js');
compare('docs/options.md', optionsPage(OPTIONS, CLOSE_OPTIONS));

const { renderReport } = await compiled('benchmarks/harness/report.js');
const { renderDrill } = await compiled('benchmarks/outage/report.js');
const reportOf = (result) => result && renderReport(result);
const ledger = ledgerResult();
const figure = ledgerFigure(ledger);
const outage = outageResult();
const blocks = {
  'README.md': benchBlock(reportOf(newestResult())),
  'docs/ledger.md': ledgerBlock(reportOf(ledger), figure !== undefined),
  'docs/outage.md': outageBlock(outage && renderDrill(outage)),
  'docs/overload.md': overloadBlock(overloadResult()),
};
for (const [page, block] of Object.entries(blocks)) {
  compare(page, withBlock(readFileSync(join(root, page), 'utf8'), block, page));
}
if (figure !== undefined) compare('docs/ledger-load.svg', figure);

const { RECORD_FIELDS } = await compiled('runtime/logs/record-fields.js');
const logsPage = readFileSync(join(root, 'docs/logs.md'), 'utf8');
const withFields = withBlock(logsPage, fieldsBlock(RECORD_FIELDS), 'docs/logs.md', 'fields');
const { renderSearch } = await compiled('benchmarks/logs-search/report.js');
const { renderFortyDays } = await compiled('benchmarks/forty-days/report.js');
const { renderCorpora } = await compiled('benchmarks/corpora/report.js');
const figures = figuresBlock({
  benches: renderReport,
  search: renderSearch,
  days: renderFortyDays,
  corpora: renderCorpora,
});
compare('docs/logs.md', withBlock(withFields, figures, 'docs/logs.md'));

await orExit(
  runTool('typedoc', [
    ...['--entryPoints', 'runtime/index.ts', '--entryPoints', 'workers/task.ts', '--tsconfig', 'tsconfig.json'],
    ...['--out', '.cache/docs', '--excludeInternal', '--disableSources'],
    ...['--validation.notDocumented', '--validation.invalidLink', '--treatValidationWarningsAsErrors'],
  ]),
);
