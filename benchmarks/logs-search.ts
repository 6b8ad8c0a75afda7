/** Searches a million lines for one task: `plustwo logs --task`, beside grep and beside a script that parses every line. */
import { mkdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeCommit, describeMachine } from './harness/machine.js';
import { contend, fileName } from './logs-search/contend.js';
import { writeCorpus } from './logs-search/corpus.js';
import { type Options, readOptions, USAGE } from './logs-search/options.js';
import { renderSearch, type SearchResult } from './logs-search/report.js';
import { CONTENDERS, type Contender, type CorpusShape, type SearchReading } from './logs-search/terms.js';

const LINES_PER_TASK = 20;

async function main({ lines, rounds, quick, json }: Options): Promise<void> {
  const machine = describeMachine();
  const directory = await mkdtemp(join(tmpdir(), 'plustwo-logs-search-'));
  try {
    const file = join(directory, 'logs', fileName());
    mkdirSync(dirname(file), { recursive: true });
    // In the middle of the file; every task before it has all its lines.
    const wanted = Math.floor(lines / LINES_PER_TASK / 2);
    const shape: CorpusShape = { lines, linesPerTask: LINES_PER_TASK, wanted };
    writeCorpus(file, shape);
    const result: SearchResult = {
      v: 1,
      date: new Date().toISOString(),
      commit: describeCommit(fileURLToPath(new URL('../../', import.meta.url))),
      machine,
      lines,
      bytes: statSync(file).size,
      quick,
      readings: await measure(directory, shape, rounds),
    };
    process.stdout.write(renderSearch(result));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Everyone once per round, the order reversed from round to round, so that a drift of the machine favours nobody. */
async function measure(directory: string, shape: CorpusShape, rounds: number): Promise<SearchResult['readings']> {
  const readings: Record<Contender, SearchReading[]> = {
    plustwo: [],
    'plustwo --json': [],
    'grep -F': [],
    readline: [],
  };
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()) {
      const reading = await contend(contender, directory, shape);
      readings[contender].push(reading);
      process.stderr.write(`${String(round + 1)}/${String(rounds)} ${contender}: ${reading.wallMs.toFixed(0)} ms\n`);
    }
  }
  return readings;
}

const options = readOptions(process.argv.slice(2));
if (options.help) process.stdout.write(USAGE);
else await main(options);
