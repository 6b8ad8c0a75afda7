import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Supervisor } from '../../runtime/index.js';
import { threadCpuMs, threadNumbers } from './thread-cpu.js';
import { WORKLOADS, type Workload } from './workloads.js';

export interface CostTerms {
  readonly workload: string;
  readonly tracked: boolean;
  readonly threads: number;
  readonly file: string;
  /** Steps of a cpu task of 1 ms. */
  readonly steps: number;
  /** Sizes are divided by it. */
  readonly part: number;
}

/** CPU in milliseconds. */
export interface Cost {
  /** Of the supervisor's threads alone. */
  readonly threadMs: number;
  /** Of the process: the supervisor, the threads that read files for Node, the compiler and the garbage collector included. */
  readonly processMs: number;
}

type Call = (input: unknown) => Promise<unknown>;

const WARM_MS = 400;
const REST_MS = 20;

/** Runs one workload with tracking on, which is the default, or off, in a supervisor that has done nothing but warm up. */
export async function measureCost(terms: CostTerms): Promise<Cost> {
  const workload = WORKLOADS.find(({ name }) => name === terms.workload);
  if (!workload) throw new Error(`there is no workload ${terms.workload}`);
  const threads = workload.threads === 'one' ? 1 : terms.threads;
  const supervisor = new Supervisor({ threads, maxQueue: 2_000_000, ...(terms.tracked ? {} : { ledger: false }) });
  const server = await startServer(workload);
  try {
    const call = await loadHandler(supervisor, workload.handler);
    const whoami = await loadHandler(supervisor, ['whoami', 'default']);
    const numbers = await threadNumbers(() => whoami(undefined) as Promise<number>, threads);
    checkTracking(supervisor, terms.tracked);
    const inputs = inputsOf(workload, terms, server?.port);
    await warmUp(call, inputs);
    return await gaugeCpu(numbers, async () => {
      for (let wave = 0; wave < workload.waves; wave++) await Promise.all(inputs.map(call));
    });
  } finally {
    await supervisor.close();
    server?.stop();
  }
}

async function loadHandler(supervisor: Supervisor, [file, name]: readonly [string, string]): Promise<Call> {
  const handles = await supervisor.load<Record<string, (input: unknown) => unknown>>(
    new URL(`../handlers/${file}.js`, import.meta.url),
  );
  const handle = handles[name];
  if (!handle) throw new Error(`${file} has no ${name}`);
  return (input) => handle(input);
}

/** A comparison of two sides that both track, or neither, would look like success. */
function checkTracking(supervisor: Supervisor, tracked: boolean): void {
  const { descriptorsByThread } = supervisor.snapshot().capabilities;
  if (descriptorsByThread !== tracked) throw new Error(`tracking is ${descriptorsByThread ? 'on' : 'off'}`);
}

function inputsOf({ input, tasks }: Workload, terms: CostTerms, port: number | undefined): unknown[] {
  const count = input === 'index' || input === 'steps' ? Math.ceil(tasks / terms.part) : tasks;
  return Array.from({ length: count }, (_, index) => {
    if (input === 'index') return index;
    if (input === 'steps') return terms.steps;
    const from = input.from === 'file' ? terms.file : `http://127.0.0.1:${String(port)}/`;
    return { from, times: Math.ceil(input.times / terms.part) };
  });
}

/** Past the first openings of a task, whose lines are noted, and past its compilation. */
async function warmUp(call: Call, inputs: readonly unknown[]): Promise<void> {
  const start = performance.now();
  do await Promise.all(inputs.map(call));
  while (performance.now() - start < WARM_MS);
}

async function gaugeCpu(numbers: readonly number[], work: () => Promise<void>): Promise<Cost> {
  await setTimeout(REST_MS);
  const threadBefore = threadCpuMs(numbers);
  const processBefore = process.cpuUsage();
  await work();
  // The answers are here before the threads have gone to sleep, and the kernel's figure is exact for those that sleep only.
  await setTimeout(REST_MS);
  const { user, system } = process.cpuUsage(processBefore);
  return { threadMs: threadCpuMs(numbers) - threadBefore, processMs: (user + system) / 1000 };
}

async function startServer({ input }: Workload): Promise<{ port: number; stop: () => void } | undefined> {
  if (typeof input === 'string' || input.from !== 'server') return undefined;
  const child = fork(fileURLToPath(new URL('./http-server.js', import.meta.url)), { execArgv: [] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    stop: () => {
      child.disconnect();
    },
  };
}
