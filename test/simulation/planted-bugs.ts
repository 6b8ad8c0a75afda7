import { BLAME_BUGS } from './planted-blame-bugs.js';
import type { PlantedBug } from './planted-bug.js';
import { GATE_BUGS } from './planted-gate-bugs.js';
import { OVERLOAD_BUGS } from './planted-overload-bugs.js';
import { RECYCLE_BUGS } from './planted-recycle-bugs.js';
import { TASK_BUGS } from './planted-task-bugs.js';
import { THREAD_BUGS } from './planted-thread-bugs.js';

/** One bug of each kind that the simulation is there to find. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...TASK_BUGS,
  ...THREAD_BUGS,
  ...RECYCLE_BUGS,
  ...BLAME_BUGS,
  ...OVERLOAD_BUGS,
  ...GATE_BUGS,
];
