import { setTimeout as wait } from 'node:timers/promises';
import { task } from '../../workers/task.js';
import { workOn } from '../chaos/work.js';

export const cpu = task({ kind: 'cpu' }, (index: number) => workOn(index));

export const io = task({ kind: 'io' }, async (index: number) => {
  await wait(index % 5);
  return workOn(index);
});
