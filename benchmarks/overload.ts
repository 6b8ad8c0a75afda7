/** Measures the benches of overload and of lanes at full length and prints the table of goals; see README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Setting } from './harness/bench.js';
import { describeCommit, describeMachine } from './harness/machine.js';
import { renderReport } from './harness/report.js';
import type { BenchResult, Result } from './harness/result.js';
import { measureRounds } from './harness/rounds.js';
import { judge, summarise } from './harness/verdict.js';
import { overloadBenches } from './overload-benches.js';

const USAGE = `node dist/benchmarks/overload.js [options]

  --only NAME       only benches whose name begins so (may be repeated)
  --seconds N       seconds of each load (60)
  --lane-seconds N  seconds of each side of a pair of lanes (5)
  --pairs N         pairs of lanes (6)
  --rounds N        rounds (1)
  --threads N       threads (cores + 2)
  --json FILE       write the result to this file as well
  --help            print this
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '60' },
    'lane-seconds': { type: 'string', default: '5' },
    pairs: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(availableParallelism() + 2) },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(USAGE);
else await main();

async function main(): Promise<void> {
  const machine = describeMachine();
  const threads = above('--threads', values.threads);
  const rounds = above('--rounds', values.rounds);
  const lengths = {
    seconds: above('--seconds', values.seconds),
    laneSeconds: above('--lane-seconds', values['lane-seconds']),
    pairs: above('--pairs', values.pairs),
  };
  const only = values.only ?? [''];
  const chosen = overloadBenches(lengths).filter(({ name }) => only.some((start) => name.startsWith(start)));
  if (chosen.length === 0) throw new Error(`no bench of overload begins with ${only.join(' or ')}`);
  const benches: BenchResult[] = [];
  for (const bench of chosen) benches.push(await measure(bench, threads, rounds));
  const date = new Date().toISOString();
  const commit = describeCommit(fileURLToPath(new URL('../../', import.meta.url)));
  const result: Result = { v: 1, date, commit, machine, threads, rounds, quick: false, benches };
  process.stdout.write(renderReport(result));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(result, null, 1)}\n`);
}

/** Every reading in a process of its own, the contenders in turns, as in a regular run; lengths are told by `prepare`. */
async function measure(bench: Bench, threads: number, rounds: number): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), 'plustwo-overload-'));
  try {
    const bare: Setting = { threads, quick: false, directory, figures: {} };
    const setting = { ...bare, figures: (await bench.prepare?.(bare)) ?? {} };
    const { contenders } = bench;
    const onReading = (text: string): void => void process.stderr.write(`${text}\n`);
    const readings = await measureRounds(bench, setting, { count: rounds, contenders, onReading });
    const summary = summarise(bench, readings);
    const { name, work, note, metrics } = bench;
    return { name, work, note, metrics, rows: judge(bench, summary, setting, true), summary, readings };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function above(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new Error(`${name} has to be a number above 0, not ${text}`);
  return value;
}
