// The table of measurements in docs/outage.md, made from the drill that is kept.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const kept = join(root, 'benchmarks/results/outage.json');

/** The drill that is kept; undefined while there is none. */
export function outageResult() {
  return existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : undefined;
}

/** What stands between the markers of docs/outage.md: the page of that drill as the benchmarks write it, without its goals. */
export function outageBlock(report) {
  if (report === undefined) return '';
  const [terms, table, machine] = report.split('\n\n');
  return `\n${[terms, table, machine].join('\n\n')}\n`;
}
