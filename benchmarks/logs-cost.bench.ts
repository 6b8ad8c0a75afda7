import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Reading, Setting } from './harness/bench.js';
import { gauge } from './harness/gauge.js';
import { accountedFor, checkCount, linesIn } from './logs/lines-of.js';
import type { LogRun, Saying } from './logs/log-work.js';
import { PlainWinston } from './logs/plain-winston.js';
import { Supervised } from './logs/supervised.js';

interface SayModule {
  printLines(from: number): number;
  logLines(from: number): number;
  makeLines(from: number): number;
}

const HANDLERS = new URL('./handlers/say-lines.js', import.meta.url);

interface Way {
  readonly name: string;
  readonly work: string;
  readonly saying: Exclude<Saying, 'nothing'>;
  /** Whether the noise gate stands, as it does by default; without it every line is written, as winston writes it. */
  readonly isGated: boolean;
}

const WAYS: readonly Way[] = [
  { name: 'printed', work: '`console.log`, every line written', saying: 'console', isGated: false },
  { name: 'logged', work: '`ctx.log.info`, every line written', saying: 'ctx.log', isGated: false },
  { name: 'gated', work: '`console.log`, noise counted', saying: 'console', isGated: true },
];

/** What a line costs, from the thread that says it to the file. */
export const logsCostBenches: readonly Bench[] = WAYS.map(logsCost);

function logsCost({ name, work, saying, isGated }: Way): Bench {
  return {
    name: `logs-cost-${name}`,
    work: `CPU per line of 80 characters: ${work}`,
    note: 'CPU of the whole process over 200,000 lines, 100 a task, less that of a run in which the same lines are made and not said; both after a warm-up as long as the run. winston logs them from the main thread, by a child logger per task, timestamp and JSON, into daily files. Every line has to be in the files, or counted in them.',
    contenders: ['plustwo', 'winston'],
    peers: ['winston'],
    rank: { metric: 'cpuMicros', best: 'lowest' },
    metrics: {
      cpuMicros: { label: 'CPU µs a line', digits: 2, over: 'median' },
      unsaidMicros: { label: 'CPU µs a line that is not said', digits: 2, over: 'median' },
      perSecond: { label: 'lines per second', digits: 0, over: 'median' },
    },
    goals: () => [{ metric: 'cpuMicros', of: 'winston', sense: 'at most', times: 0.35 }],
    measure: async (contender, setting) => {
      const dir = await mkdtemp(join(setting.directory, 'logs-'));
      const run: LogRun = { tasks: setting.quick ? 50 : 2_000, linesPerTask: 100, saying };
      try {
        return await (contender === 'winston' ? ofWinston(dir, run) : ofOurs(dir, run, setting, isGated));
      } finally {
        // Memory that holds the files of one contender is fresh to the next: some machines take ten times as long for what is not.
        await rm(dir, { recursive: true });
      }
    },
  };
}

async function ofOurs(dir: string, run: LogRun, { threads }: Setting, isGated: boolean): Promise<Reading> {
  const supervised = new Supervised(dir, threads, isGated);
  const { printLines, logLines, makeLines } = await supervised.load<SayModule>(HANDLERS);
  const say = run.saying === 'console' ? printLines : logLines;
  await supervised.run(run, say);
  await supervised.run(run, makeLines);
  const before = await gauge(linesOf(run), () => supervised.run(run, makeLines));
  const said = await gauge(linesOf(run), () => supervised.run(run, say));
  await supervised.close();
  const tasks = 4 * run.tasks;
  checkCount('plustwo', accountedFor(dir), 2 * linesOf(run) + tasks);
  return difference(before, said);
}

async function ofWinston(dir: string, run: LogRun): Promise<Reading> {
  const winston = new PlainWinston(dir);
  const runAll = (given: LogRun) => async (): Promise<void> => {
    await winston.run(given);
  };
  await runAll(run)();
  await runAll(unsaid(run))();
  const before = await gauge(linesOf(run), runAll(unsaid(run)));
  const said = await gauge(linesOf(run), async () => {
    await winston.run(run);
    await winston.close();
  });
  checkCount('winston', linesIn(dir).length, 2 * linesOf(run));
  return difference(before, said);
}

const linesOf = ({ tasks, linesPerTask }: LogRun): number => tasks * linesPerTask;
const unsaid = (run: LogRun): LogRun => ({ ...run, saying: 'nothing' });

function difference(before: Reading, said: Reading): Reading {
  const { cpuMicros = NaN, perSecond = NaN } = said;
  const { cpuMicros: unsaidMicros = NaN } = before;
  return { cpuMicros: cpuMicros - unsaidMicros, unsaidMicros, perSecond };
}
