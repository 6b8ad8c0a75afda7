/** What the noise gate leaves of public logs, and what it must not take; see README.md. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORPORA, type Corpus } from './corpora/corpora.js';
import { costOf } from './corpora/cost.js';
import { cutOf } from './corpora/cut.js';
import { FOLDER, readCorporaOptions, USAGE } from './corpora/options.js';
import { parseCorpus } from './corpora/parse.js';
import { type CorporaResult, type CorpusResult, renderCorpora, wrongsOf } from './corpora/report.js';
import { describeCommit, describeMachine } from './harness/machine.js';

async function main(folder: string, json: string | undefined): Promise<void> {
  const machine = describeMachine();
  const results = CORPORA.flatMap((corpus) => measure(corpus, folder));
  const result: CorporaResult = {
    v: 1,
    date: new Date().toISOString(),
    commit: describeCommit(fileURLToPath(new URL('../../', import.meta.url))),
    machine,
    results,
    wrongs: results.flatMap(wrongsOf),
  };
  process.stdout.write(renderCorpora(result));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
  if (result.wrongs.length > 0) process.exitCode = 1;
}

/** With the default rules alone, and with those named for the corpus: the goal is that of a gate somebody has told what is routine. */
function measure(corpus: Corpus, folder: string): CorpusResult[] {
  const lines = parseCorpus(corpus, readFileSync(join(folder, corpus.file), 'utf8'));
  const resultWith = (rules: CorpusResult['rules'], goal: number | undefined): CorpusResult => {
    const named = rules === 'named' ? corpus.rules : [];
    return { corpus: corpus.name, rules, goal, cut: cutOf(lines, named), usPerLine: costOf(lines, named) };
  };
  if (corpus.rules.length === 0) return [resultWith('default', corpus.goal)];
  return [resultWith('default', undefined), resultWith('named', corpus.goal)];
}

const options = readCorporaOptions(process.argv.slice(2));
const folder = process.env[FOLDER];
if (options.help) {
  process.stdout.write(USAGE);
} else if (folder === undefined || folder === '') {
  process.stderr.write(`corpora: ${FOLDER} has to name the folder of the corpora; see --help\n`);
  process.exitCode = 2;
} else {
  await main(folder, options.json);
}
