// The measurements in docs/logs.md, made from the runs that are kept.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchBlock } from './bench-doc.mjs';
import { root } from './run.mjs';

const folder = join(root, 'benchmarks/results');

function kept(file) {
  const path = join(folder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** A page of a benchmark as a part of another page. */
const part = (page) => page.replace(/^# /, '### ').trimEnd();

/** What stands between the markers; nothing of what is not kept. `pages` make the page of each kind of run. */
export function figuresBlock({ benches, search, days, corpora }) {
  const parts = [
    [kept('logs.json'), (result) => `### Cost and throughput\n${benchBlock(benches(result)).trimEnd()}`],
    [kept('logs-search.json'), (result) => part(search(result))],
    [kept('logs-forty-days.json'), (result) => part(days(result))],
    [kept('logs-corpora.json'), (result) => part(corpora(result))],
  ];
  const texts = parts.flatMap(([result, page]) => (result === undefined ? [] : [page(result)]));
  return texts.length === 0 ? '' : `\n${texts.join('\n\n')}\n\n`;
}
