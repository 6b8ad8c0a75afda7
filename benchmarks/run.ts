/** Measures the benches and prints the table of goals; a whole run is kept under results. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BENCHES } from './benches.js';
import type { Bench } from './harness/bench.js';
import { runProgram, UsageError } from './harness/command-line.js';
import { describeCommit, describeMachine } from './harness/machine.js';
import { type Options, readOptions, USAGE } from './harness/options.js';
import { renderReport } from './harness/report.js';
import type { BenchResult, Result } from './harness/result.js';
import { measureRounds } from './harness/rounds.js';
import { judge, summarise } from './harness/verdict.js';

const ROUNDS_FOR_A_VERDICT = 5;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

async function main(options: Options): Promise<void> {
  const benches = choose(BENCHES, options.only);
  refuseUnknown(options.contenders, benches);
  const machine = describeMachine();
  const results: BenchResult[] = [];
  for (const bench of benches) results.push(await measureBench(bench, options));
  const { threads, rounds, quick } = options;
  const date = new Date().toISOString();
  const result: Result = {
    v: 1,
    date,
    commit: describeCommit(ROOT),
    machine,
    threads,
    rounds,
    quick,
    benches: results,
  };
  process.stdout.write(renderReport(result));
  if (options.json !== undefined) await writeFile(options.json, toJson(result));
  if (isWhole(options)) await keep(result);
}

async function measureBench(bench: Bench, { threads, quick, rounds, contenders }: Options): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), 'plustwo-bench-'));
  try {
    const bare = { threads, quick, directory, figures: {} };
    const setting = { ...bare, figures: (await bench.prepare?.(bare)) ?? {} };
    const readings = await measureRounds(bench, setting, {
      count: rounds,
      contenders: bench.contenders.filter((name) => contenders.length === 0 || contenders.includes(name)),
      onReading: (text) => process.stderr.write(`${text}\n`),
    });
    const summary = summarise(bench, readings);
    const rows = judge(bench, summary, setting, !quick && rounds >= ROUNDS_FOR_A_VERDICT);
    const { name, work, note, metrics } = bench;
    return { name, work, note, metrics, rows, summary, readings };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function choose(benches: readonly Bench[], names: readonly string[]): readonly Bench[] {
  if (names.length === 0) return benches;
  return names.map((name) => {
    const bench = benches.find((candidate) => candidate.name === name);
    if (!bench)
      throw new UsageError(`--only has to be one of ${benches.map((one) => one.name).join(', ')}, not ${name}`);
    return bench;
  });
}

function refuseUnknown(contenders: readonly string[], benches: readonly Bench[]): void {
  const known = new Set<string>(benches.flatMap((bench) => bench.contenders));
  for (const name of contenders) {
    if (!known.has(name)) throw new UsageError(`--contender has to be one of ${[...known].join(', ')}, not ${name}`);
  }
}

function isWhole({ only, contenders, quick, rounds }: Options): boolean {
  return only.length === 0 && contenders.length === 0 && !quick && rounds >= ROUNDS_FOR_A_VERDICT;
}

async function keep(result: Result): Promise<void> {
  const directory = join(ROOT, 'benchmarks', 'results');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${result.date.slice(0, 10)}-${result.commit.short}.json`), toJson(result));
  await writeFile(join(directory, 'latest.md'), renderReport(result));
}

function toJson(result: Result): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}

await runProgram({ name: 'bench', usage: USAGE, read: readOptions, main });
