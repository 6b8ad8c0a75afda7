import { setTimeout as wait } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { task } from '../../workers/task.js';
import type { ChaosData } from '../chaos/runs.js';
import { workOn as answer } from '../chaos/work.js';

/** Times each task was begun, by index; shared with whoever asks for them, where no process lies between. */
const runs = (workerData as ChaosData | null)?.runs;

function workOn(index: number): unknown {
  if (runs !== undefined) Atomics.add(runs, index, 1);
  return answer(index);
}

export const cpu = task({ kind: 'cpu' }, (index: number) => workOn(index));

export const io = task({ kind: 'io' }, async (index: number) => {
  await wait(index % 5);
  return workOn(index);
});
