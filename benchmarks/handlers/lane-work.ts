import { setTimeout as wait } from 'node:timers/promises';
import { task } from '../../workers/task.js';
import spin from './spin.js';

/** What a caller of one lane asks for: little. */
export const askIo = task({ kind: 'io' }, () => wait(1));
export const askCpu = (steps: number): number => spin(steps);

/** What goes on in the other. */
export const busyCpu = (steps: number): number => spin(steps);
export const busyIo = task({ kind: 'io' }, (milliseconds: number) => wait(milliseconds));

export function loop(): never {
  for (;;);
}

export const hangIo = task({ kind: 'io' }, () => new Promise<never>(() => undefined));

export function die(): never {
  process.exit(1);
}
