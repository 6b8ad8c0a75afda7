/** When a thread is recycled; Infinity for never. */
export interface RecycleLimits {
  /** Bytes above the thread's warmed-up base that a forced garbage collection left. */
  readonly heapGrowth: number;
  /** Descriptors that ended attempts hold. */
  readonly descriptors: number;
  /** Attempts that ended in it. */
  readonly tasks: number;
  /** Milliseconds since it came up. */
  readonly age: number;
}

/** Which limit a thread has come to. */
export type RecycleReason = 'heapGrowth' | 'descriptors' | 'tasks' | 'age';

/** What holds without the option. */
export const DEFAULT_RECYCLE: RecycleLimits = {
  heapGrowth: 256 * 2 ** 20,
  descriptors: 64,
  tasks: Number.POSITIVE_INFINITY,
  age: Number.POSITIVE_INFINITY,
};

/** A thread's figures, as far as they are known. */
export interface RecycleFigures {
  /** Verified bytes above its warmed-up base; null until they were verified. */
  readonly heapGrowthBytes: number | null;
  /** Held by attempts that have ended; null where nothing is tracked. */
  readonly descriptorsHeld: number | null;
  /** Attempts that ended in it. */
  readonly tasks: number;
  /** Since it came up. */
  readonly ageMs: number;
}

/** A thread was replaced by a fresh one, as planned. */
export interface RecycleRecord {
  /** The slot's number. */
  readonly slot: number;
  /** The thread that goes. */
  readonly generation: number;
  /** Which limit it had come to. */
  readonly reason: RecycleReason;
  /** The task that brought it there; null when none stands out. */
  readonly task: string | null;
  /** How it stood when that was found. */
  readonly figures: RecycleFigures;
  /** Whether its successor was up before it went; there was no memory, or there were no descriptors, for both where it was not. */
  readonly overlap: boolean;
  /**
   * Whether it helped: false when the successor was at the same limit again before its minimum life was over. Null as long as that is open, and
   * for good where it cannot be told: `tasks` and `age` say nothing about the thread, and one that died was not seen to its end.
   */
  readonly helped: boolean | null;
  /** When the thread went, ISO 8601. */
  readonly at: string;
}

/** How often threads are recycled at most; milliseconds. */
export interface RecyclePace {
  /** A thread lives so long before it is recycled, unless it starts nothing any more. */
  readonly minimumLife: number;
  /** What runs in a thread has so long to end before another thread gets its turn. */
  readonly patience: number;
  /** Pause of a slot, for one reason, after a recycle that did not help; each further one in a row doubles it, */
  readonly pause: number;
  /** up to this. */
  readonly longestPause: number;
}

/** A thread costs some 50 ms of a core to start, so even one that is always at a limit costs its slot a hundredth. */
export const DEFAULT_PACE: RecyclePace = {
  minimumLife: 5_000,
  patience: 10_000,
  pause: 10_000,
  longestPause: 600_000,
};

/** A thread that is to be recycled. */
export interface RecycleWish {
  readonly reason: RecycleReason;
  /** It is at the hard limit of descriptors and starts nothing any more. */
  readonly urgent: boolean;
}

/** Descriptors a thread has for itself: those of its event loop, with some to spare. */
export const OWN_DESCRIPTORS = 8;
/** Memory a thread takes with a few modules loaded. */
const OWN_BYTES = 64 * 2 ** 20;
/** A pause does not hold any more once a figure is so many times its limit: what levels off is a cache, and what does not is a leak. */
const BEYOND = 2;

/**
 * What one thread is measured by: limits of its own, up to a quarter lower than those asked for, so that threads do not come due together.
 * For descriptors it is a quarter and more: a successor needs time to come up before the limit itself stops the thread.
 */
export function drawThresholds(limits: RecycleLimits, random: () => number): RecycleLimits {
  const lower = (limit: number): number => limit * (1 - random() / 4);
  return {
    heapGrowth: lower(limits.heapGrowth),
    descriptors: Math.max(1, Math.floor(lower(0.75 * limits.descriptors))),
    tasks: Math.max(1, Math.floor(lower(limits.tasks))),
    age: lower(limits.age),
  };
}

/** The thresholds a thread has come to, the most pressing first. */
export function exceeded(figures: RecycleFigures, thresholds: RecycleLimits): RecycleReason[] {
  return REASONS.filter((reason) => figureOf(figures, reason) >= thresholds[reason]);
}

/** Whether, and why, a thread is to be recycled now. */
export function wishOf(view: {
  readonly figures: RecycleFigures;
  readonly limits: RecycleLimits;
  readonly thresholds: RecycleLimits;
  readonly pace: RecyclePace;
  readonly now: number;
  /** Until when the slot is not recycled for a reason. */
  readonly pausedUntil: (reason: RecycleReason) => number;
}): RecycleWish | undefined {
  const { figures, limits, thresholds, pace, now } = view;
  // A thread that starts nothing is good for nothing: neither its age nor what came of the last time is a reason to keep it.
  if (figureOf(figures, 'descriptors') >= limits.descriptors) return { reason: 'descriptors', urgent: true };
  for (const reason of exceeded(figures, thresholds)) {
    // An age that was asked for is a minimum life itself.
    if (reason !== 'age' && figures.ageMs < pace.minimumLife) continue;
    if (now < view.pausedUntil(reason) && figureOf(figures, reason) < BEYOND * limits[reason]) continue;
    return { reason, urgent: false };
  }
  return undefined;
}

/** How long a slot is left alone after so many recycles in a row that did not help, or did not come about. */
export function pauseAfter(inARow: number, pace: RecyclePace): number {
  return Math.min(pace.longestPause, pace.pause * 2 ** (inARow - 1));
}

/** While the only thread that takes work is withdrawn, everything waits for what still runs in it: not for longer than this. */
const LONE_PATIENCE_MS = 1_000;

/** How long a thread that is withdrawn may take to finish what runs in it. */
export function patienceOf(pace: RecyclePace, isLone: boolean): number {
  return isLone ? Math.min(pace.patience, LONE_PATIENCE_MS) : pace.patience;
}

/** What the process has left. */
export interface Headroom {
  /** Memory it may still take. */
  readonly bytes: number;
  /** Descriptors it may still open. */
  readonly descriptors: number;
}

/**
 * Whether there is room for a successor beside the thread. Its own descriptors have to fit below the thread's limit as well, so that all
 * threads together never hold more than their limits allow, not even for a moment.
 */
export function allowsOverlap(
  headroom: Headroom,
  { held, running }: { readonly held: number; readonly running: number },
  limits: RecycleLimits,
): boolean {
  if (headroom.bytes < OWN_BYTES || headroom.descriptors < 2 * OWN_DESCRIPTORS) return false;
  return held === 0 || held + running + OWN_DESCRIPTORS <= limits.descriptors;
}

const REASONS = ['descriptors', 'heapGrowth', 'tasks', 'age'] as const;

/** What is not known has come to no limit. */
function figureOf(figures: RecycleFigures, reason: RecycleReason): number {
  switch (reason) {
    case 'descriptors':
      return figures.descriptorsHeld ?? 0;
    case 'heapGrowth':
      return figures.heapGrowthBytes ?? 0;
    case 'tasks':
      return figures.tasks;
    case 'age':
      return figures.ageMs;
  }
}
