import type { Space } from './points.js';

/** Figures of the thread as its gauges have them: garbage is included. */
export interface Figures {
  readonly heap: number;
  readonly external: number;
}

/** When it is. */
export interface Moment {
  /** Milliseconds since some moment. */
  readonly now: number;
  /** What the thread has lived, ms: its CPU, and a little for the time it was idle or had to wait for a core. */
  readonly livedMs: number;
}

/** How a point came out. */
export interface Taken {
  /** Bytes, heap and external, that growth is counted from. */
  readonly base: number;
  /** What it cost. */
  readonly tookMs: number;
  /** Whether there is a rise that more points would prove or refute. */
  readonly suspect: boolean;
}

const SPACES: readonly Space[] = ['heap', 'external'];

/** The first point comes after so many tasks, unless memory asks for it before: by then a thread is warm. */
const WARM_UP_TASKS = 64;
/** The next one when so many times the tasks have run; sooner where a rise is to be proved. */
const SPACING = { ordinary: 2, suspect: 1.25 };
/** Or when a figure is this much above the verified level. */
const MARGIN = { times: 1.25, bytes: 8 * 2 ** 20 };
/**
 * The part of the thread's life that collections may take: by the count of tasks alone; for each 8 MB that a figure is above the verified
 * level, which may be garbage, up to the most; with a rise among the verified points.
 */
const SHARE = { ordinary: 0.01, raised: 0.03, most: 0.2, suspect: 0.05 };
/** What a collection is taken to cost before there was one, ms. */
const FIRST_COST_MS = 4;
/**
 * What each costs beyond its pause, ms: helpers of the collector run beside it, and code that was optimised for objects of which none was
 * alive is compiled again. It is what tiny tasks were seen to lose.
 */
const AFTERMATH_MS = 10;
/** A thread that is never idle is interrupted for a wish so old. */
const OLD = { tasks: 32, ms: 1_000 };

/**
 * When a garbage collection is worth its price. Wanting one is cheap to ask after every attempt; affording one is asked only then.
 *
 * Collections are paid out of what the thread has lived: a run of a second affords one or two, a server whatever it wants. Only a budget that
 * seems to be passed is looked into at any price. A margin that turned out to be filled with garbage is doubled, or a thread that makes
 * much of it would be collected for ever.
 */
export class Schedule {
  readonly #budget: number;
  readonly #marks: Record<Space, number>;
  readonly #margins: Record<Space, number> = { heap: MARGIN.bytes, external: MARGIN.bytes };
  readonly #levels: Record<Space, number>;
  #limit = Number.POSITIVE_INFINITY;
  #dueTasks = WARM_UP_TASKS;
  #suspect = false;
  #spentMs = 0;
  #costMs = FIRST_COST_MS;
  #wish: { readonly tasks: number; readonly now: number } | undefined;

  constructor(start: Figures, budget: number) {
    this.#budget = budget;
    this.#levels = { ...start };
    this.#marks = { heap: markAbove(start.heap, MARGIN.bytes), external: markAbove(start.external, MARGIN.bytes) };
  }

  /** Whether a point is wanted after so many tasks, with these gauges. */
  wants(tasks: number, heap: number, external: number): boolean {
    return tasks >= this.#dueTasks || heap > this.#marks.heap || external > this.#marks.external;
  }

  /** Whether a point that is wanted may be taken now; a thread with something to do is interrupted only if it has to be. */
  affords(idle: boolean, tasks: number, figures: Figures, { now, livedMs }: Moment): boolean {
    if (this.#isPressing(figures)) return true;
    this.#wish ??= { tasks, now };
    const old = tasks - this.#wish.tasks >= OLD.tasks || now - this.#wish.now >= OLD.ms;
    if (!idle && !old) return false;
    return this.#spentMs + this.#costMs + AFTERMATH_MS <= this.#share(figures) * livedMs;
  }

  /** A point was taken: what the gauges showed before it, what was there after it, and what followed. */
  taken(tasks: number, before: Figures, after: Figures, { base, tookMs, suspect }: Taken): void {
    for (const space of SPACES) {
      const garbage = before[space] - after[space];
      const rise = after[space] - this.#levels[space];
      // A rise beside the garbage is what the margin is for.
      if (garbage >= this.#margins[space] && rise < garbage / 8) this.#margins[space] *= 2;
      this.#levels[space] = after[space];
    }
    this.#marks.heap = markAbove(after.heap, this.#margins.heap);
    this.#marks.external = markAbove(after.external, this.#margins.external);
    this.#limit = base + this.#budget;
    this.#suspect = suspect;
    this.#dueTasks = Math.ceil(Math.max(tasks, WARM_UP_TASKS / 2) * (suspect ? SPACING.suspect : SPACING.ordinary));
    this.#spentMs += tookMs + AFTERMATH_MS;
    this.#costMs = tookMs;
    this.#wish = undefined;
  }

  #isPressing({ heap, external }: Figures): boolean {
    const raised = heap > this.#marks.heap || external > this.#marks.external;
    return raised && heap + external > this.#limit;
  }

  #share(figures: Figures): number {
    const above = SPACES.map((space) => figures[space] - markAbove(this.#levels[space], 0));
    const raised = Math.min(SHARE.most, (SHARE.raised * Math.max(...above)) / MARGIN.bytes);
    return Math.max(this.#suspect ? SHARE.suspect : SHARE.ordinary, raised);
  }
}

function markAbove(level: number, margin: number): number {
  return level * MARGIN.times + margin;
}
