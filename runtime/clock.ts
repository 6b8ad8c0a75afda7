import { performance } from 'node:perf_hooks';

/** A timer that was set. */
export interface Timer {
  /** Takes it back; nothing happens if it has fired. */
  cancel(): void;
}

/** Time and chance, handed in so that the core runs under a virtual clock and a seed as well. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls `fire` once, `ms` from now. It does not keep the process alive: pending tasks do that. */
  timer(ms: number, fire: () => void): Timer;
  /** Calls `run` once the code that runs now has come to its end. */
  soon(run: () => void): void;
  /** An even number from 0 to 1. */
  random(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  timer(ms, fire) {
    const timer = setTimeout(fire, Math.ceil(ms));
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
  soon: queueMicrotask,
  random: Math.random,
};
