import { type CallOptions, type FaultKind, Supervisor } from '../../runtime/index.js';
import { faultOf } from '../../workers/protocol/faults.js';
import { type Footprint, readFootprint } from '../harness/footprint.js';
import { callInWindow } from '../pools/window.js';
import { isEndless } from './expectations.js';
import { Runs } from './runs.js';
import type { Scenario } from './scenario.js';
import { Tally } from './tally.js';

const WORK = new URL('../handlers/chaos-work.js', import.meta.url);
const GRACE_MS = 200;
/** A thread's heap: what grows without end comes to it soon. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64 };
/** Calls under way for each thread: as many as it may have waiting. */
const WINDOW = 1_024;
const LOOK_MS = 1_000;
/** Nothing came out for so long: something waits for what does not come. */
const STUCK_LOOKS = 90;

/** What a supervisor's life came to. */
export interface Lived {
  readonly tally: Tally;
  readonly seconds: number;
  readonly restarts: number;
  readonly recycles: number;
  /** Files the snapshot says were left open by tasks. */
  readonly leaks: number;
  /** The highest figures while it lasted, read once a second. */
  readonly most: Footprint;
  /** What its closing report says is left open, and what ran otherwise than once, in words. */
  readonly left: readonly string[];
  readonly ran: readonly string[];
}

/** Lets a supervisor live for all tasks of a scenario. `tell` gets a line now and then. */
export async function live(scenario: Scenario, tell: (line: string) => void): Promise<Lived> {
  const { isolation, kind, tasks, threads, faults, timeoutMs } = scenario;
  const runs = new Runs(faults, tasks, isolation === 'thread');
  const supervisor = new Supervisor({
    isolation,
    threads,
    faults,
    resourceLimits: RESOURCE_LIMITS,
    workerData: runs.data,
  });
  const { [kind]: work } = await supervisor.load<typeof import('../handlers/chaos-work.js')>(WORK);
  const tally = new Tally(faults, tasks);
  let [restarts, recycles] = [0, 0];
  supervisor.on('settled', (event) => {
    tally.settled(event);
  });
  supervisor.on('restart', () => restarts++);
  supervisor.on('recycle', () => recycles++);
  const start = performance.now();
  const watch = watchOver(supervisor, tally, tell);
  const call = async (input: unknown): Promise<void> => {
    const index = input as number;
    const [answer] = await Promise.allSettled([work(index, optionsFor(faultOf(faults, index + 1, 1), timeoutMs))]);
    tally.answered(index, answer);
  };
  await callInWindow(call, upTo(tasks), WINDOW * threads, () => undefined);
  const seconds = (performance.now() - start) / 1_000;
  const most = watch.end();
  const made = supervisor.snapshot().threads.reduce((sum, { generation }) => sum + generation, 0);
  const { left, aborted } = await supervisor.close();
  const leaks = supervisor.snapshot().leaks.reduce((sum, { count }) => sum + count, 0);
  const tooMany = aborted > 0 ? [`${String(aborted)} tasks were pending when all had been answered`] : [];
  const ran = runs.wrongs(made - threads, recycles);
  return { tally, seconds, restarts, recycles, leaks, most, left: [...left, ...tooMany], ran };
}

/** Looks once a second what it takes, and whether it still goes on. */
function watchOver(supervisor: Supervisor, tally: Tally, tell: (line: string) => void): { end(): Footprint } {
  let most = readFootprint();
  let answers = -1;
  let looksWithout = 0;
  let toldAt = 0;
  const look = (): void => {
    most = highest(most, readFootprint());
    looksWithout = tally.answers === answers ? looksWithout + 1 : 0;
    answers = tally.answers;
    if (looksWithout >= STUCK_LOOKS) {
      process.stderr.write(`${JSON.stringify(supervisor.snapshot(), null, 1)}\n`);
      throw new Error(`nothing came out for ${String(STUCK_LOOKS)} seconds; the snapshot is above`);
    }
    if (++toldAt % 10 === 0) tell(`${String(answers)} tasks`);
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    end: () => {
      clearInterval(timer);
      return highest(most, readFootprint());
    },
  };
}

function highest(one: Footprint, other: Footprint): Footprint {
  return {
    processes: Math.max(one.processes, other.processes),
    threads: Math.max(one.threads, other.threads),
    descriptors: Math.max(one.descriptors, other.descriptors),
    rssBytes: Math.max(one.rssBytes, other.rssBytes),
  };
}

/** Only what would go on for ever is given a limit: on a machine that is busy with other things, innocents would come to it too. */
function optionsFor(fault: FaultKind | undefined, timeout: number): CallOptions {
  return { whenFull: 'wait', ...(isEndless(fault) ? { timeout, grace: GRACE_MS } : {}) };
}

function* upTo(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index;
}
