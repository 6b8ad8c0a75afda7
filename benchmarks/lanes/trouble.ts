import { setTimeout as wait } from 'node:timers/promises';
import type { Handles, Supervisor } from '../../runtime/index.js';

export type LaneWork = Handles<typeof import('../handlers/lane-work.js')>;

/** What a lane can be troubled by; the first word is the lane. */
export const TROUBLES = ['cpu saturated', 'cpu looping', 'cpu dying', 'io saturated', 'io hung'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Work that always waits in a saturated lane. */
const SATURATED = 500;
/** How long an io task of a saturated lane waits. */
const IO_MS = 20;
/** Every thread of the lane has something that never ends; more of it waits behind. */
const HUNG = 300;
/** So often a thread dies. A thread takes some 50 ms to start, so this is about as often as a lane of two can. */
const DEATH_EVERY_MS = 40;

/** Brings a trouble about; the returned function ends it. `steps` make a cpu task of 5 ms. */
export async function bring(trouble: Trouble, work: LaneWork, steps: number): Promise<() => Promise<void>> {
  const controller = new AbortController();
  const { signal } = controller;
  const unheard = (): void => undefined;
  const start: Record<Trouble, () => Promise<unknown>[]> = {
    'cpu saturated': () => clients(SATURATED, signal, () => work.busyCpu(steps, { signal })),
    'io saturated': () => clients(SATURATED, signal, () => work.busyIo(IO_MS, { signal })),
    'cpu looping': () => Array.from({ length: HUNG }, () => work.loop(undefined as never, { signal, grace: 0 })),
    'io hung': () => Array.from({ length: HUNG }, () => work.hangIo(undefined as never, { signal, grace: 0 })),
    'cpu dying': () => [dieNowAndThen(work, signal)],
  };
  const running = start[trouble]().map((each) => each.catch(unheard));
  // Threads are up and busy by then; what is measured before would be the quiet before it.
  await wait(500);
  return async () => {
    controller.abort(new Error('enough'));
    await Promise.all(running);
  };
}

/** Callers that call again as soon as they have their answer. */
function clients(count: number, signal: AbortSignal, call: () => Promise<unknown>): Promise<void>[] {
  return Array.from({ length: count }, async () => {
    while (!signal.aborted) await call();
  });
}

async function dieNowAndThen(work: LaneWork, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work.die().catch(() => undefined);
    await wait(DEATH_EVERY_MS);
  }
}

export async function loadWork(supervisor: Supervisor): Promise<LaneWork> {
  return supervisor.load<typeof import('../handlers/lane-work.js')>(
    new URL('../handlers/lane-work.js', import.meta.url),
  );
}

/** Threads may die as often as a trouble wants it. */
export const UNTIRING = { intensity: 1_000_000, total: 1_000_000 } as const;
