// The tables of measurements in README.md and docs/ledger.md, made from result files that are kept.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const folder = join(root, 'benchmarks/results');
const markersOf = (subject) => [`<!-- ${subject}: made by npm run docs:accept -->`, `<!-- end of ${subject} -->`];
/** The benches of the ledger at full length, which `npm run bench` has no time for, are kept in a file of their own. */
const ofLedger = 'ledger.json';

const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** The newest whole run that is kept, without the short benches of the ledger; undefined while there is none. */
export function newestResult() {
  if (!existsSync(folder)) return undefined;
  // A run is named by its date; what is named by its subject is something else's.
  const files = readdirSync(folder).filter((file) => /^\d{4}-.*\.json$/.test(file));
  const [newest] = files.map(read).sort((a, b) => (a.date < b.date ? 1 : -1));
  return newest && { ...newest, benches: newest.benches.filter(({ name }) => !name.startsWith('ledger-')) };
}

/** The run of the ledger's benches that is kept; undefined while there is none. */
export function ledgerResult() {
  return existsSync(join(folder, ofLedger)) ? read(ofLedger) : undefined;
}

/**
 * What stands between the markers: the machine and our figures beside the peers', nothing without a result. `report` is
 * the page of that result as the benchmarks write it, so a figure reads the same here and there.
 */
export function benchBlock(report) {
  if (report === undefined) return '';
  const [, machine = '', goals = ''] = report.split('\n## ')[0].split('\n\n');
  const rows = goals
    .trim()
    .split('\n')
    .map((line) => line.split(' | ').slice(0, 4).join(' | '));
  return `\n${rows.map((row) => `${row} |`).join('\n')}\n\n${machine}\n`;
}

/** The same for docs/ledger.md, with the figure where there is one. */
export function ledgerBlock(report, hasFigure) {
  const figure =
    '\n![Descriptors open in the process, second by second, under load with leaky tasks](ledger-load.svg)\n';
  return benchBlock(report) + (hasFigure ? figure : '');
}

/** The text of a page with `block` between its markers. */
export function withBlock(text, block, page = 'README.md', subject = 'benchmarks') {
  const markers = markersOf(subject);
  const [start, end] = markers.map((marker) => text.indexOf(marker));
  if (start === -1 || end < start) throw new Error(`${page} lacks the markers ${markers.join(' … ')}`);
  return `${text.slice(0, start + markers[0].length)}\n${block}${text.slice(end)}`;
}
