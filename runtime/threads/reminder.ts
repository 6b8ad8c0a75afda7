import type { Timer } from '../clock.js';

/** Calls `fire` once, `ms` from now, if the process still runs then. */
export type Remind = (ms: number, fire: () => void) => Timer;

/** What Node's timers can wait for; a longer time is asked about again. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own. Unlike the clock's timers, behind each of which stands a task, it does not keep the process alive. */
export const systemReminder: Remind = (ms, fire) => {
  const timer = setTimeout(fire, Math.min(LONGEST_MS, Math.ceil(ms)));
  timer.unref();
  return {
    cancel: () => {
      clearTimeout(timer);
    },
  };
};
