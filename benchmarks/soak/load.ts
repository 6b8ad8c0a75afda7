import { setTimeout as wait } from 'node:timers/promises';
import { type CallOptions, type SettledEvent, Supervisor } from '../../runtime/index.js';
import { type FaultTerms, faultOf } from '../../workers/protocol/faults.js';
import { isEndless, outcomeAfter } from '../chaos/expectations.js';
import { stepsOf } from '../ledger/steps.js';

export interface SoakTerms {
  readonly seconds: number;
  readonly threads: number;
  readonly isolation: 'thread' | 'process';
  readonly seed: number;
  /** A folder to write into, and the address of a server. */
  readonly folder: string;
  readonly address: string;
}

/** What became of the tasks of one name. */
export type Outcomes = Record<SettledEvent['outcome'], number>;

export interface Soaked {
  readonly outcomes: Readonly<Record<string, Outcomes>>;
  /** Tasks that came out otherwise than their faults account for, and the first of them in words. */
  readonly unexplained: { readonly count: number; readonly told: readonly string[] };
  readonly restarts: number;
  /** Planned replacements by reason. */
  readonly recycles: Readonly<Record<string, number>>;
  readonly left: readonly string[];
}

const WORK = new URL('../handlers/soak-work.js', import.meta.url);
const FAULT_RATE = 0.01;
const KINDS: FaultTerms['kinds'] = ['throw', 'reject', 'exit', 'uncaught', 'hang', 'delay', 'leak'];
/** A thread is replaced after so many tasks, if an accident does not come first: every few seconds one or the other. */
const RECYCLE_TASKS = 400;
/** What would go on for ever is given limits; on a machine that is busy with other things, innocents would come to them too. */
const LIMITS = { timeout: 2_000, grace: 100 };
/** The most that a task of this work is tried. */
const ATTEMPTS = [1, 2];
/** Between two tasks of a lane: the machine is to be busy, and never behind. */
const PAUSE_MS = 20;
const CPU_MS = 2;
const MOST_TOLD = 20;

/** Keeps a supervisor busy for so long with work of all sorts, 1 % of it with faults, and closes it. */
export async function soak(terms: SoakTerms): Promise<Soaked> {
  const { threads, isolation, seed, seconds } = terms;
  const faults: FaultTerms = { rate: FAULT_RATE, seed, kinds: KINDS };
  const supervisor = new Supervisor({ threads, isolation, faults, recycle: { tasks: RECYCLE_TASKS } });
  const books = keepBooks(supervisor, faults);
  const until = performance.now() + seconds * 1_000;
  const lanes = await lanesOf(supervisor, terms, faults);
  await Promise.all(lanes.map((call) => keepBusy(call, until)));
  const { left } = await supervisor.close();
  return { ...books(), left };
}

type Call = () => Promise<unknown>;

/** One lane each for what is asked at the same time. */
async function lanesOf(
  supervisor: Supervisor,
  { threads, folder, address }: SoakTerms,
  faults: FaultTerms,
): Promise<Call[]> {
  const { cpu, io, http, files } = await supervisor.load<typeof import('../handlers/soak-work.js')>(WORK);
  const steps = stepsOf(CPU_MS);
  let calls = 0;
  const limits = (): CallOptions => {
    // Tasks are numbered in the order of the calls, and nobody else calls.
    const id = ++calls;
    return ATTEMPTS.some((attempt) => isEndless(faultOf(faults, id, attempt))) ? LIMITS : {};
  };
  const lanes: [count: number, call: (lane: number) => Promise<unknown>][] = [
    [threads, () => cpu(steps, limits())],
    [4 * threads, (lane) => io(5 + lane, limits())],
    [threads, () => http(address, limits())],
    [threads, () => files(folder, limits())],
  ];
  return lanes.flatMap(([count, call]) => Array.from({ length: count }, (_, lane) => () => call(lane)));
}

async function keepBusy(call: Call, until: number): Promise<void> {
  while (performance.now() < until) {
    // How it came out is told by the supervisor, and judged there.
    await Promise.allSettled([call()]);
    await wait(PAUSE_MS);
  }
}

/** Listens to a supervisor. What a task's last attempt had to come to is known from the seed. */
function keepBooks(supervisor: Supervisor, faults: FaultTerms): () => Omit<Soaked, 'left'> {
  const outcomes: Record<string, Outcomes> = {};
  const recycles: Record<string, number> = {};
  const unexplained = { count: 0, told: [] as string[] };
  let restarts = 0;
  supervisor.on('settled', ({ task, taskId, outcome, error, usage }) => {
    const own = (outcomes[task] ??= { ok: 0, failed: 0, cancelled: 0, 'timed-out': 0, lost: 0 });
    own[outcome]++;
    const fault = faultOf(faults, taskId, usage.attempts);
    if (outcome === outcomeAfter(fault)) return;
    const line = `task ${String(taskId)} of ${task}, attempt ${String(usage.attempts)}, fault ${fault ?? 'none'}: ${outcome} ${String(error)}`;
    if (unexplained.count++ < MOST_TOLD) unexplained.told.push(line);
  });
  supervisor.on('restart', () => restarts++);
  supervisor.on('recycle', ({ reason }) => {
    recycles[reason] = (recycles[reason] ?? 0) + 1;
  });
  return () => ({ outcomes, recycles, restarts, unexplained });
}
