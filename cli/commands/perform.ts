import type { Handle, MapOptions, Snapshot, Supervisor } from '../../runtime/index.js';
import { exitCodeOfRun } from '../exit-codes.js';
import type { Host } from '../host.js';
import { Feed } from '../inputs/feed.js';
import { openInputs } from '../inputs/open-inputs.js';
import { Output } from '../output.js';
import { countLeaks } from '../render/ledger.js';
import { ndjsonResult, plainResult } from '../render/results.js';
import type { Screen } from '../render/screen.js';
import { thrownFields } from '../render/thrown.js';
import { visible } from '../render/visible.js';
import { cpuTimeMs } from './cpu-time.js';
import { hasCode } from './has-code.js';
import { checkResultsFile, openResults } from './open-results.js';
import { pickHandler } from './pick-handler.js';
import { runBatch } from './run-batch.js';
import type { RunOptions } from './run-options.js';
import type { Ending, RunReport } from './run-report.js';
import { Shutdown } from './shutdown.js';
import type { Started } from './start.js';
import { startProgress } from './start-progress.js';
import { Tally } from './tally.js';

/** A run that has begun. */
export interface Beginning {
  options: RunOptions;
  host: Host;
  screen: Screen;
  started: Started;
}

/** The same with everything it works with. */
interface Run extends Beginning {
  supervisor: Supervisor;
  feed: Feed;
  tally: Tally;
  shutdown: Shutdown;
}

/** Performs a run until every thread of it is gone. Throws a `UsageError` for what keeps the first item from running. */
export async function perform(beginning: Beginning): Promise<RunReport> {
  const { options, host, screen, started } = beginning;
  const { supervisor } = started;
  try {
    const surroundings = { cwd: host.cwd(), stdin: () => host.stdin, hint: screen.print };
    const inputs = await openInputs(options.inputs, surroundings);
    checkResultsFile(options.output, inputs.items, host.cwd());
    const feed = new Feed(inputs);
    const exit = (code: number): void => {
      screen.endProgress();
      host.exit(code);
    };
    const shutdown = new Shutdown(feed, supervisor, { print: screen.print, exit });
    const run: Run = { ...beginning, supervisor, feed, tally: new Tally(), shutdown };
    await loadAndWork(run);
    return reportOf(run);
  } finally {
    await supervisor.close({ timeout: 0 });
  }
}

async function loadAndWork(run: Run): Promise<void> {
  const { screen, shutdown } = run;
  try {
    const handle = await pickHandler(run.started);
    shutdown.because(await work(run, handle));
  } catch (error) {
    // A signal while the module loads ends the loading.
    if (shutdown.ending && hasCode(error, 'PLUSTWO_CLOSED')) return;
    await shutdown.breakOff();
    throw error;
  } finally {
    const closing = await shutdown.end();
    for (const error of closing.errors)
      screen.print(`plustwo: a teardown failed: ${visible(thrownFields(error).message)}`);
  }
}

/** Runs the batch, with its progress on the screen and its results where they belong. */
async function work(run: Run, handle: Handle<unknown, unknown>): Promise<Ending> {
  const { options, host, screen, feed, tally, shutdown } = run;
  // Opened only now: a module that cannot be loaded must not cost the results of an earlier run.
  const results = await openResults(options.output, options.inputs.in, host);
  const output = new Output(results.stream, {
    beforeWrite: results.onTerminal ? screen.clear : () => undefined,
    onFailure: () => void shutdown.breakOff(),
  });
  screen.showProgress(startProgress({ ...run, circuits: run.started.circuits }, screen.print));
  try {
    const render = options.plain ? plainResult : ndjsonResult;
    return await runBatch({ handle, feed, options: mapOptions(options), render, output, tally });
  } finally {
    screen.endProgress();
    await results.close();
  }
}

function mapOptions(options: RunOptions): MapOptions {
  return {
    ordered: options.keepOrder,
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.retries === undefined ? {} : { retry: { attempts: options.retries + 1 } }),
    ...(options.whenOpen === undefined ? {} : { whenOpen: options.whenOpen }),
  };
}

function dependenciesOf({ dependencies }: Snapshot, { circuits }: Started): RunReport['dependencies'] {
  const rows = Object.entries(dependencies).map(([name, { callsTotal, failuresTotal }]) => {
    return [name, { calls: callsTotal, failures: failuresTotal, opened: circuits.opened(name) }];
  });
  return Object.fromEntries(rows) as RunReport['dependencies'];
}

function reportOf({ options, host, started, supervisor, feed, tally, shutdown }: Run): RunReport {
  const ending = shutdown.ending ?? { by: 'inputs-done' };
  // Counted from the start of the process: loading is part of what a run costs.
  const wallMs = performance.now();
  const snapshot = supervisor.snapshot();
  const { sizing, leaks, retained, unattributed, recycles } = snapshot;
  return {
    v: 1,
    ending,
    counts: tally.counts,
    done: tally.done,
    total: feed.total ?? null,
    wallMs: Math.round(wallMs),
    cpuMs: cpuTimeMs(host, options.supervisor.isolation === 'process'),
    itemsPerSecond: Math.round((tally.done / wallMs) * 1e6) / 1000,
    threads: sizing.threads,
    failures: tally.failures,
    leaks,
    retained,
    unattributed,
    growth: started.growth(),
    recycles,
    logs: { dropped: started.droppedLogs.count, lost: started.droppedLogs.lost },
    processes: started.hostDeaths.count(snapshot, ending.by === 'threads'),
    dependencies: dependenciesOf(snapshot, started),
    config: options.config ?? null,
    exitCode: exitCodeOfRun(ending, tally.done, tally.failed + (options.leaks === 'fail' ? countLeaks(leaks) : 0)),
  };
}
