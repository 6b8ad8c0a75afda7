import type { PlantedBug } from './planted-bug.js';
import { RECYCLE_BUGS } from './planted-recycle-bugs.js';
import { TASK_BUGS } from './planted-task-bugs.js';
import { THREAD_BUGS } from './planted-thread-bugs.js';

/** One bug of each kind that the simulation is there to find. */
export const PLANTED_BUGS: readonly PlantedBug[] = [...TASK_BUGS, ...THREAD_BUGS, ...RECYCLE_BUGS];
