import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Reading } from '../harness/bench.js';
import { gauge } from '../harness/gauge.js';
import type { Contender } from '../pools/pool.js';
import { accountedFor, checkCount } from './lines-of.js';
import { type LogRun, stepLine } from './log-work.js';
import { runLogTasks, Supervised } from './supervised.js';

interface PrintModule {
  default(task: number): number;
}

/** What is measured. */
export interface ThroughputTerms {
  readonly contender: Contender;
  readonly dir: string;
  readonly threads: number;
  readonly isGated: boolean;
  readonly tasks: number;
}

const SIDE = fileURLToPath(new URL('./throughput-side.js', import.meta.url));
const HANDLER = new URL('../handlers/print-ten-lines.js', import.meta.url);
const LINES_PER_TASK = 10;
/** So much of a run goes before it, unmeasured: threads that are new run slow for their first ten thousand lines. */
const WARM_UP = 1;
const LOOK_MS = 1;
const PATIENCE_MS = 60_000;

/** Measures a contender in a process whose output is a file, as that of a service is. */
export async function measureThroughput(terms: ThroughputTerms): Promise<Reading> {
  const output = openSync(outputOf(terms), 'a');
  const child = fork(SIDE, [JSON.stringify(terms)], { execArgv: [], stdio: ['ignore', output, 'inherit', 'ipc'] });
  closeSync(output);
  let reading: Reading | undefined;
  child.once('message', (message) => {
    reading = message as Reading;
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (!reading || code !== 0) throw new Error(`${terms.contender} ended with ${String(code ?? signal)}`);
  return reading;
}

/** The side of the process that is measured. */
export function contend(terms: ThroughputTerms): Promise<Reading> {
  return terms.contender === 'plustwo' ? ofOurs(terms) : ofPiscina(terms);
}

async function ofOurs(terms: ThroughputTerms): Promise<Reading> {
  const { dir, threads, isGated } = terms;
  const supervised = new Supervised(dir, threads, isGated);
  const { default: print } = await supervised.load<PrintModule>(HANDLER);
  const [warm, run] = runsOf(terms);
  await supervised.run(warm, print);
  const reading = await gauge(run.tasks, () => supervised.run(run, print));
  await supervised.close();
  checkCount('plustwo', accountedFor(dir), (warm.tasks + run.tasks) * (LINES_PER_TASK + 1));
  return reading;
}

async function ofPiscina(terms: ThroughputTerms): Promise<Reading> {
  const { openPool } = await import('../pools/pool.js');
  const { contender, threads } = terms;
  const pool = await openPool(contender, HANDLER, threads);
  const output = outputOf(terms);
  const [warm, run] = runsOf(terms);
  await runLogTasks(warm, threads, pool.call);
  await reached(output, bytesOf(warm));
  const reading = await gauge(run.tasks, async () => {
    await runLogTasks(run, threads, pool.call);
    await reached(output, bytesOf(warm) + bytesOf(run));
  });
  checkCount(contender, readFileSync(output, 'utf8').split('\n').length - 1, (warm.tasks + run.tasks) * LINES_PER_TASK);
  await pool.close();
  return reading;
}

function runsOf({ tasks }: ThroughputTerms): [warm: LogRun, run: LogRun] {
  const run: LogRun = { tasks, linesPerTask: LINES_PER_TASK, saying: 'console' };
  return [{ ...run, tasks: Math.ceil(tasks * WARM_UP) }, run];
}

function bytesOf({ tasks, linesPerTask }: LogRun): number {
  let bytes = 0;
  for (let task = 0; task < tasks; task++)
    for (let step = 0; step < linesPerTask; step++) bytes += stepLine(task * linesPerTask, step).length + 1;
  return bytes;
}

const outputOf = ({ dir }: ThroughputTerms): string => join(dir, 'output');

/** Output comes through streams that tell nobody when they are through. */
async function reached(path: string, bytes: number): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (statSync(path).size < bytes) {
    if (performance.now() > giveUpAt)
      throw new Error(`${path} has ${String(statSync(path).size)} of ${String(bytes)} bytes`);
    await wait(LOOK_MS);
  }
}
