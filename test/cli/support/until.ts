import { setTimeout as after } from 'node:timers/promises';

/** Waits until something holds; the test's own time limit ends a wait for what never does. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await after(10);
}
