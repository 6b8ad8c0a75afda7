// The table of measurements in README.md, made from the newest result file of `npm run bench`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const folder = join(root, 'benchmarks/results');
const markers = ['<!-- benchmarks: made by npm run docs:accept -->', '<!-- end of benchmarks -->'];

/** The newest whole run that is kept; undefined while there is none. */
export function newestResult() {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const results = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  return results.sort((a, b) => (a.date < b.date ? 1 : -1))[0];
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

/** The text with `block` between its markers. */
export function withBlock(text, block) {
  const [start, end] = markers.map((marker) => text.indexOf(marker));
  if (start === -1 || end < start) throw new Error(`README.md lacks the markers ${markers.join(' … ')}`);
  return `${text.slice(0, start + markers[0].length)}\n${block}${text.slice(end)}`;
}
