/** How an attempt, and in the end a task, came out. */
export type Outcome = 'ok' | 'failed' | 'cancelled' | 'timed-out' | 'lost';

/** Which lane a task waits in, and whether its attempts have a thread to themselves (`cpu`) or share one (`io`). */
export type Kind = 'cpu' | 'io';
