import type { Holding, Reading, SupervisorReading } from '../../../cli/inspect/reading.js';

/** Something open. */
export function holding(more: Partial<Holding> = {}): Holding {
  return {
    resource: 'file',
    descriptor: 30,
    path: '/app/photos/a.png',
    openedAt: '/app/src/resize.ts:12:10',
    handler: 1,
    task: 'resize',
    taskId: 7,
    standing: 'leaked',
    ...more,
  };
}

type Thread = SupervisorReading['threads'][number];

/** A thread with these things open. */
export function thread(slot: number, holdings: Holding[], more: Partial<Thread> = {}): Thread {
  return { slot, generation: 1, threadId: slot + 1, answered: true, holdings, ...more };
}

/** A supervisor with these threads. */
export function supervisor(threads: Thread[], more: Partial<SupervisorReading> = {}): SupervisorReading {
  return {
    v: 1,
    name: 'plustwo',
    state: 'running',
    threads,
    unattributed: [],
    pid: 4242,
    answered: true,
    last: false,
    ...more,
  };
}

/** A reading of these supervisors. */
export function reading(supervisors: SupervisorReading[], sinceMs = 2300): Reading {
  return { v: 1, at: '2026-01-01T00:00:00.000Z', sinceMs, supervisors };
}
