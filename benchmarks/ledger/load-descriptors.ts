import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Supervisor } from '../../runtime/index.js';
import type { Work } from '../handlers/leave-open.js';
import { openDescriptors } from './descriptors.js';
import { drive } from './drive.js';
import { watchFigure } from './watch-figure.js';

export interface DescriptorLoadTerms {
  readonly pool: 'plustwo' | 'piscina';
  readonly file: string;
  readonly threads: number;
  readonly seconds: number;
  /** Steps that take as long as a task is to take. */
  readonly steps: number;
  /** `recycle.descriptors`. */
  readonly most: number;
  /** Gets the highest number of descriptors in each second. */
  readonly curve: string;
}

export interface DescriptorLoadFound {
  readonly start: number;
  readonly highest: number;
  readonly done: number;
  readonly seconds: number;
  readonly failed: number;
  readonly slowestMs: number;
  readonly recycles: number;
}

interface Loaded {
  run(work: Work): Promise<unknown>;
  recycles(): number;
  close(): Promise<unknown>;
}

const HANDLER = new URL('../handlers/leave-open.js', import.meta.url);
const WARM_SECONDS = 1;

/** Keeps a pool busy with tasks that leave a file open each, and watches the descriptors of the process. */
export async function loadDescriptors(terms: DescriptorLoadTerms): Promise<DescriptorLoadFound> {
  const { file, steps, threads, seconds } = terms;
  const pool = terms.pool === 'plustwo' ? await openSupervisor(terms) : openPiscina(terms);
  const window = 4 * threads;
  // Until every thread is up: the start is the pool at work with tasks that close what they open.
  const warm = watchFigure(openDescriptors);
  await drive(() => pool.run({ file, steps, leave: false }), { seconds: WARM_SECONDS, window });
  warm.stop();
  const start = warm.watched.highest;
  const load = watchFigure(openDescriptors);
  const driven = await drive(() => pool.run({ file, steps, leave: true }), { seconds, window, until: 'EMFILE' });
  load.stop();
  const { highest, bySecond } = load.watched;
  const found = {
    start,
    highest,
    done: driven.done,
    seconds: driven.seconds,
    failed: Object.values(driven.failed).reduce((sum, count) => sum + count, 0),
    slowestMs: driven.slowestMs,
    recycles: pool.recycles(),
  };
  await pool.close();
  await writeFile(terms.curve, JSON.stringify({ ...found, failures: driven.failed, descriptors: bySecond }));
  return found;
}

async function openSupervisor({ threads, most }: DescriptorLoadTerms): Promise<Loaded> {
  const supervisor = new Supervisor({ threads, recycle: { descriptors: most } });
  const { default: handle } = await supervisor.load<typeof import('../handlers/leave-open.js')>(HANDLER);
  let recycles = 0;
  // The snapshot keeps the last ones only.
  supervisor.on('recycle', () => {
    recycles++;
  });
  return { run: (work) => handle(work), recycles: () => recycles, close: () => supervisor.close() };
}

function openPiscina({ threads }: DescriptorLoadTerms): Loaded {
  const pool = new Piscina<Work, unknown>({
    filename: fileURLToPath(HANDLER),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  return { run: (work) => pool.run(work), recycles: () => 0, close: () => pool.destroy() };
}
