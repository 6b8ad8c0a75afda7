import { writeFile } from 'node:fs/promises';
import { Supervisor } from '../../runtime/index.js';
import { drive } from './drive.js';
import { watchFigure } from './watch-figure.js';

export interface MemoryLoadTerms {
  readonly keep: boolean;
  readonly threads: number;
  readonly seconds: number;
  /** Steps that take as long as a task is to take. */
  readonly steps: number;
  /** `recycle.heapGrowth`. */
  readonly heapGrowth: string;
  /** Gets the highest RSS in each second. */
  readonly curve: string;
}

export interface MemoryLoadFound {
  readonly perSecond: number;
  readonly failed: number;
  readonly slowestMs: number;
  readonly recycles: number;
  /** Highest RSS of each half of the load, in bytes. */
  readonly firstHalf: number;
  readonly secondHalf: number;
}

const HANDLER = new URL('../handlers/keep-numbers.js', import.meta.url);
const WARM_SECONDS = 2;

/** Keeps a supervisor busy with tasks that fill 64 KB of the heap each, and keep it or not, and watches the RSS of the process. */
export async function loadMemory(terms: MemoryLoadTerms): Promise<MemoryLoadFound> {
  const { threads, steps, keep, seconds, heapGrowth } = terms;
  const supervisor = new Supervisor({ threads, recycle: { heapGrowth } });
  const { default: handle } = await supervisor.load<typeof import('../handlers/keep-numbers.js')>(HANDLER);
  let recycles = 0;
  // The snapshot keeps the last ones only.
  supervisor.on('recycle', () => {
    recycles++;
  });
  const window = 4 * threads;
  await drive(() => handle({ steps, keep: false }), { seconds: WARM_SECONDS, window });
  const rss = watchFigure(() => process.memoryUsage.rss());
  const driven = await drive(() => handle({ steps, keep }), { seconds, window });
  rss.stop();
  await supervisor.close();
  const { bySecond } = rss.watched;
  const middle = Math.floor(bySecond.length / 2);
  const found = {
    perSecond: driven.done / driven.seconds,
    failed: Object.values(driven.failed).reduce((sum, count) => sum + count, 0),
    slowestMs: driven.slowestMs,
    recycles,
    firstHalf: Math.max(...bySecond.slice(0, middle)),
    secondHalf: Math.max(...bySecond.slice(middle)),
  };
  await writeFile(terms.curve, JSON.stringify({ ...found, failures: driven.failed, rssBytes: bySecond }));
  return found;
}
