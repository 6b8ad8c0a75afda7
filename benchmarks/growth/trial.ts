import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type GrowthEvent, Supervisor } from '../../runtime/index.js';
import { Attempt, type AttemptHost } from '../../workers/attempt.js';
import { current } from '../../workers/current.js';
import { Dependencies } from '../../workers/dependencies.js';
import { Resources } from '../../workers/resources.js';
import type * as Healthy from '../handlers/growth/healthy.js';
import type * as Leaking from '../handlers/growth/leaking.js';
import type { Workload } from './workloads.js';

/** What became of a workload in a thread. */
export interface Trial {
  readonly name: string;
  /** Bytes that each task of the leaking kind leaves behind in truth; 0 for a healthy workload. */
  readonly truth: number;
  /** Bytes per task as they were last told; undefined when nothing was found. */
  readonly found: number | undefined;
  /** Whether the right task was named. */
  readonly named: boolean;
  /** Tasks that had ended when something was first found. */
  readonly after: number | undefined;
  /** Whether the finding still stood at the end. */
  readonly stands: boolean;
  readonly recycles: number;
}

const HEALTHY = new URL('../handlers/growth/healthy.js', import.meta.url);
const LEAKING = new URL('../handlers/growth/leaking.js', import.meta.url);
const HOST: AttemptHost = {
  args: undefined,
  resources: new Resources(),
  dependencies: new Dependencies({ wire: undefined, holder: 1, say: () => undefined }),
  progress: () => undefined,
  log: () => undefined,
};
/** Tasks under way at a time: enough that the thread is hardly ever idle. */
const WINDOW = 16;

/** Runs a workload in one thread, so that the tasks of the thread are the tasks of the workload. */
export async function runTrial(workload: Workload, tasks: number): Promise<Trial> {
  const { name, leak } = workload;
  const truth = leak === undefined ? 0 : await bytesLeftBy(leak);
  const supervisor = new Supervisor({ threads: 1 });
  let ended = 0;
  const heard: { event: GrowthEvent; after: number }[] = [];
  supervisor.on('growth', (event) => heard.push({ event, after: ended }));
  const handles = await loadHandles(supervisor, workload);
  const turns = turnsOf(tasks, handles.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < tasks; index = next++) {
      await handles[turns[index] ?? 0]?.(index);
      ended++;
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
  const { recycles } = supervisor.snapshot();
  await supervisor.close();
  const first = heard[0];
  const last = heard.at(-1);
  return {
    name,
    truth,
    found: last?.event.bytesPerTask,
    named: last?.event.task === leak,
    after: first?.after,
    stands: last !== undefined && last.event.bytesPerTask > 0,
    recycles: recycles.length,
  };
}

/** Which of several tasks each turn belongs to: they come in bursts of 1 to 100, as callers do; the same in every run. */
function turnsOf(tasks: number, types: number): Uint32Array {
  const turns = new Uint32Array(tasks);
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
  for (let index = 0; index < tasks; ) {
    const type = random(types);
    for (let left = 1 + random(100); left > 0 && index < tasks; left--) turns[index++] = type;
  }
  return turns;
}

async function loadHandles(
  supervisor: Supervisor,
  { leak, healthy }: Workload,
): Promise<((index: number) => Promise<number>)[]> {
  const good = await supervisor.load<typeof Healthy>(HEALTHY);
  const bad = await supervisor.load<typeof Leaking>(LEAKING);
  return [...(leak === undefined ? [] : [bad[leak]]), ...healthy.map((name) => good[name])];
}

/**
 * Measured where nothing else runs: an object's bytes differ from version to version of V8. The handler runs in an attempt as in a thread,
 * since what Node ties to the context of a task, such as a timer, keeps its attempt as well.
 */
async function bytesLeftBy(leak: keyof typeof Leaking): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { [leak]: handler } = (await import(LEAKING.href)) as typeof Leaking;
  const loaded = {
    task: 0,
    label: leak,
    kind: 'cpu',
    href: '',
    name: leak,
    run: undefined,
    slow: false,
    openings: 0,
    ended: 0,
  } as const;
  const bytesAfter = (from: number, to: number): number => {
    for (let index = from; index < to; index++)
      current.run(new Attempt(HOST, 0, index, loaded, index, undefined), handler, index);
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = bytesAfter(0, 500);
  return (bytesAfter(500, 2_500) - before) / 2_000;
}
