import { Growth } from '../../../workers/growth/growth.js';
import type { Figures } from '../../../workers/growth/schedule.js';
import type { FromThread, GrowthNote } from '../../../workers/protocol/messages.js';
import { Gauge, recorderBytes, recorderViews } from '../../../workers/protocol/recorder.js';

export const KB = 1024;
export const MB = 1024 * KB;

/** A thread made of figures: what it runs and what is alive after so many tasks. */
export interface Simulation {
  readonly tasks: number;
  /** Bytes alive above those of an empty thread, after so many tasks. */
  alive(tasks: number): Partial<Figures>;
  /** The type of the task with this index. */
  labelOf?(index: number): string;
  readonly msPerTask?: number;
  readonly budget?: number;
  /** Bytes of garbage a task makes; V8 collects them every 12 MB. */
  readonly garbage?: number;
}

/** What came of it. */
export interface Observed {
  readonly notes: readonly (GrowthNote & { readonly at: number })[];
  /** After how many tasks garbage was collected. */
  readonly collections: readonly number[];
  readonly retained: number;
  readonly spentMs: number;
}

const EMPTY: Figures = { heap: 4 * MB, external: 2 * MB };
const COLLECTION_MS = 4;
/** Levels of the same things alive differ by so much either way. */
const NOISE = 16 * KB;

/** Runs a thread that is never idle, without a thread, a clock or a heap: always the same figures for the same question. */
export function simulate(simulation: Simulation): Observed {
  const { tasks, alive, labelOf = () => 'task', msPerTask = 1, budget = Infinity, garbage = 40 * KB } = simulation;
  const views = recorderViews(new SharedArrayBuffer(recorderBytes(4)), 4);
  const gauges = views.gauges.fill(Number.NaN);
  const notes: (GrowthNote & { at: number })[] = [];
  const collections: number[] = [];
  const random = lcg();
  let done = 0;
  let now = 0;
  const level = (): Figures => {
    const { heap = 0, external = 0 } = alive(done);
    return { heap: EMPTY.heap + heap + NOISE * (2 * random() - 1), external: EMPTY.external + external };
  };
  const publish = (): void => {
    const { heap, external } = level();
    gauges[Gauge.heapUsed] = heap + ((done * garbage) % (12 * MB));
    gauges[Gauge.external] = external;
    gauges[Gauge.cpuMs] = now;
  };
  publish();
  const survivors = (): Figures => {
    collections.push(done);
    now += COLLECTION_MS;
    return level();
  };
  const say = (message: FromThread): void => {
    if (message.type === 'growth') notes.push({ ...message, at: done });
  };
  const tallies = new Map<string, { readonly label: string; ended: number }>();
  const growth = new Growth({
    tallies: () => [...tallies.values()],
    terms: { budget },
    views,
    collector: { survivors },
    say,
    before: publish,
    after: publish,
    now: () => now,
  });
  while (done < tasks) {
    const label = labelOf(done);
    const tally = tallies.get(label) ?? { label, ended: 0 };
    tallies.set(label, tally);
    tally.ended++;
    done++;
    now += msPerTask;
    publish();
    growth.between(now);
  }
  return { notes, collections, retained: gauges[Gauge.retained] ?? NaN, spentMs: collections.length * COLLECTION_MS };
}

/** Numbers from 0 to 1 without a pattern, the same in every run. */
export function lcg(state = 1): () => number {
  let current = state;
  return () => {
    current = (Math.imul(current, 1_664_525) + 1_013_904_223) >>> 0;
    return current / 2 ** 32;
  };
}
