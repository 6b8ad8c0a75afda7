/** Measures the benches of overload and of lanes at full length and prints the table of goals; see README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Setting } from './harness/bench.js';
import { runProgram, UsageError } from './harness/command-line.js';
import { describeCommit, describeMachine } from './harness/machine.js';
import { above, threads, whole } from './harness/option-values.js';
import { renderReport } from './harness/report.js';
import type { BenchResult, Result } from './harness/result.js';
import { measureRounds } from './harness/rounds.js';
import { judge, summarise } from './harness/verdict.js';
import { type OverloadLengths, overloadBenches } from './overload-benches.js';

const USAGE = `node dist/benchmarks/overload.js [options]

  --only NAME       only benches whose name begins so (may be repeated)
  --seconds N       seconds of each load (60)
  --lane-seconds N  seconds of each side of a pair of lanes (5)
  --pairs N         pairs of lanes (6)
  --rounds N        rounds (1)
  --threads N       threads (cores + 2, at least 3)
  --json FILE       write the result to this file as well
  --help            print this
`;

interface Options {
  /** Beginnings of names. */
  readonly only: readonly string[];
  readonly lengths: OverloadLengths;
  readonly rounds: number;
  readonly threads: number;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** Throws with what was expected and what was given. */
function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true, default: [''] },
      seconds: { type: 'string' },
      'lane-seconds': { type: 'string' },
      pairs: { type: 'string' },
      rounds: { type: 'string' },
      threads: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    only: values.only,
    lengths: {
      seconds: above('--seconds', values.seconds, 60),
      laneSeconds: above('--lane-seconds', values['lane-seconds'], 5),
      pairs: whole('--pairs', values.pairs, 1, 6),
    },
    rounds: whole('--rounds', values.rounds, 1, 1),
    // Two of them are the io lane's, and Piscina's queue holds the square of their number.
    threads: threads(values.threads, 3),
    json: values.json,
    help: values.help,
  };
}

async function main({ only, lengths, rounds, threads, json }: Options): Promise<void> {
  const machine = describeMachine();
  const chosen = overloadBenches(lengths).filter(({ name }) => only.some((start) => name.startsWith(start)));
  if (chosen.length === 0) throw new UsageError(`no bench of overload begins with ${only.join(' or ')}`);
  const benches: BenchResult[] = [];
  for (const bench of chosen) benches.push(await measure(bench, threads, rounds));
  const date = new Date().toISOString();
  const commit = describeCommit(fileURLToPath(new URL('../../', import.meta.url)));
  const result: Result = { v: 1, date, commit, machine, threads, rounds, quick: false, benches };
  process.stdout.write(renderReport(result));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
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

await runProgram({ name: 'overload', usage: USAGE, read: readOptions, main });
