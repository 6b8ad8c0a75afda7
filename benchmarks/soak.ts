/** Keeps a supervisor busy for an hour with mixed work and faults, and asks whether anything grows; see README.md. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './harness/command-line.js';
import { grownBetween, settledFootprint } from './harness/footprint.js';
import { describeCommit, describeMachine } from './harness/machine.js';
import { type Soaked, type SoakTerms, soak } from './soak/load.js';
import { readSoakOptions, type SoakOptions, USAGE, WHOLE_MINUTES } from './soak/options.js';
import { renderSoak, type SoakResult } from './soak/report.js';
import { byMinute, FIGURES, slopesOf, takeSamples } from './soak/samples.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SERVER = fileURLToPath(new URL('./ledger/http-server.js', import.meta.url));
/** A life before the first reading: what Node and the kernel set up once and keep is there then. */
const WARM_SECONDS = 5;

async function main(options: SoakOptions): Promise<void> {
  process.stderr.write(`seed ${String(options.seed)}\n`);
  const server = fork(SERVER, { execArgv: [] });
  const folder = await mkdtemp(join(tmpdir(), 'plustwo-soak-'));
  try {
    const [port] = (await once(server, 'message')) as [number];
    const { threads, isolation, seed, minutes } = options;
    const address = `http://127.0.0.1:${String(port)}/`;
    const result = await measure(options, server, {
      seconds: 60 * minutes,
      threads,
      isolation,
      seed,
      folder,
      address,
    });
    process.stdout.write(renderSoak(result));
    await keep(result, options.json);
    if (result.wrongs.length > 0) process.exitCode = 1;
  } finally {
    server.disconnect();
    await rm(folder, { recursive: true });
  }
}

async function measure(options: SoakOptions, { pid = 0 }: ChildProcess, terms: SoakTerms): Promise<SoakResult> {
  const { minutes, threads, isolation, seed } = options;
  const machine = describeMachine();
  await soak({ ...terms, seconds: WARM_SECONDS });
  const start = await settledFootprint(undefined, [pid]);
  const samples = takeSamples(pid);
  const soaked = await soak(terms);
  const rows = samples.end();
  const end = await settledFootprint(start, [pid]);
  const slopes = slopesOf(rows);
  const rising = FIGURES.filter((figure) => slopes[figure].verdict === 'rises').map((figure) => `${figure} rises`);
  return {
    v: 1,
    date: new Date().toISOString(),
    commit: describeCommit(ROOT),
    machine,
    minutes,
    threads,
    isolation,
    seed,
    soaked,
    slopes,
    start,
    end,
    wrongs: [...rising, ...grownBetween(start, end), ...wrongsOf(soaked)],
    byMinute: byMinute(rows),
  };
}

function wrongsOf({ left, unexplained: { count, told } }: Soaked): string[] {
  const wrongs = left.map((what) => `left open: ${what}`);
  if (count > 0) wrongs.push(`${String(count)} tasks came out otherwise than their faults account for`, ...told);
  return wrongs;
}

async function keep(result: SoakResult, json: string | undefined): Promise<void> {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  if (json !== undefined) await writeFile(json, text);
  if (result.minutes < WHOLE_MINUTES) return;
  const results = join(ROOT, 'benchmarks', 'results');
  await writeFile(join(results, 'soak.json'), text);
  await writeFile(join(results, 'soak.md'), renderSoak(result));
}

await runProgram({ name: 'soak', usage: USAGE, read: readSoakOptions, main });
