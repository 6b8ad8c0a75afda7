import type { Supervisor } from '../../runtime/index.js';
import type { Growth } from './run-report.js';

/**
 * Notes growth of memory from now on, the last finding of each task in each slot; gives what stands of it. The snapshot forgets what it
 * knew of a thread that was replaced, most likely for just that.
 */
export function collectGrowth(supervisor: Pick<Supervisor, 'on'>): () => Growth[] {
  const found = new Map<string, Growth>();
  supervisor.on('growth', (growth) => {
    // No bytes take back what was found before: a cache that filled up and stopped.
    if (growth.bytesPerTask === 0) takeBack(found, growth);
    else found.set(JSON.stringify([growth.slot, growth.task, growth.where]), growth);
  });
  return () => [...found.values()];
}

function takeBack(found: Map<string, Growth>, { slot, generation, where, task }: Growth): void {
  for (const [key, growth] of found) {
    const isIts = growth.slot === slot && growth.generation === generation && growth.where === where;
    if (isIts && (growth.task === task || growth.task === null)) found.delete(key);
  }
}
