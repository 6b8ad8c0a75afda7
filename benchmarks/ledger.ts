/** Measures the benches of the ledger at full length, once, and prints the table of goals; see README.md. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { growth } from './growth.bench.js';
import type { Bench, Reading, Setting } from './harness/bench.js';
import { runProgram, UsageError } from './harness/command-line.js';
import { describeCommit, describeMachine } from './harness/machine.js';
import { renderReport } from './harness/report.js';
import type { BenchResult, Result } from './harness/result.js';
import { judge, summarise } from './harness/verdict.js';
import { ledgerBenches } from './ledger-benches.js';
import { type FullOptions, readFullOptions, USAGE } from './ledger-options.js';
import type { Contender } from './pools/pool.js';

/** A result, and what does not fit into a table: curves by second, and what was named wrongly. */
interface FullResult extends Result {
  readonly details: Readonly<Record<string, unknown>>;
}

async function main(options: FullOptions): Promise<void> {
  const machine = describeMachine();
  const benches: BenchResult[] = [];
  const details: Record<string, unknown> = {};
  for (const bench of [...ledgerBenches(options.lengths), growth]) {
    if (options.only.length > 0 && !options.only.some((start) => bench.name.startsWith(start))) continue;
    benches.push(await measureBench(bench, options.threads, details));
  }
  if (benches.length === 0) throw new UsageError(`no bench of the ledger begins with ${options.only.join(' or ')}`);
  const result: FullResult = {
    v: 1,
    date: new Date().toISOString(),
    commit: describeCommit(fileURLToPath(new URL('../../', import.meta.url))),
    machine,
    threads: options.threads,
    rounds: 1,
    quick: false,
    benches,
    details,
  };
  process.stdout.write(renderReport(result));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, null, 1)}\n`);
}

/** Leads in this process: the sides of a comparison have processes of their own, and no limit in time as those of a regular run. */
async function measureBench(bench: Bench, threads: number, details: Record<string, unknown>): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), 'plustwo-ledger-'));
  try {
    const bare: Setting = { threads, quick: false, directory, figures: {} };
    const setting = { ...bare, figures: (await bench.prepare?.(bare)) ?? {} };
    const readings: Partial<Record<Contender, Reading[]>> = {};
    for (const contender of bench.contenders) {
      process.stderr.write(`${bench.name}: ${contender}\n`);
      readings[contender] = [await bench.measure(contender, setting)];
    }
    await collect(directory, details);
    const summary = summarise(bench, readings);
    const { name, work, note, metrics } = bench;
    return { name, work, note, metrics, rows: judge(bench, summary, setting, true), summary, readings };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The sides write what does not fit into a reading beside their samples. */
async function collect(directory: string, details: Record<string, unknown>): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.json')) continue;
    details[name.replace('.json', '')] = JSON.parse(await readFile(join(directory, name), 'utf8'));
  }
}

await runProgram({ name: 'ledger', usage: USAGE, read: readFullOptions, main });
