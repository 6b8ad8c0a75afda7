/** How often a rule matched within a window, and how many other lines there were. */
export interface RuleWindow {
  readonly matches: number;
  /** Without the ends of the tasks whose matches these are. */
  readonly others: number;
  /** How many of the matches are the first of a task that is newer than all that came before. */
  readonly firsts: number;
  /** The shortest and the longest time from a match to the one before it, milliseconds; Infinity and zero where there are none. */
  readonly shortest: number;
  readonly longest: number;
}

/** A rule whose lines come evenly. */
export interface EvenBeat {
  /** The median of its windows. */
  readonly usual: number;
  /** How many other lines there were in the quietest of them. */
  readonly quietest: number;
}

/** How long a stretch has to be, and how many lines may lie between the most it is ahead of an even count and the most it is behind. */
export interface Straight {
  readonly windows: number;
  readonly lines: number;
  readonly mostStray: (mean: number) => number;
}

/** What is less than two: windows may begin anywhere between two lines. */
const NEARLY_TWO = 2 - 1e-6;

/**
 * The end of a window that falls together with a beat takes it from one to the other, and a beat that is left out shifts all that follow:
 * that makes two lines; of several beats it may be as many as their root. Where it is less than two, fewer windows are enough.
 *
 * Lines that come by chance all year, as many a minute as make it likeliest, look like either and then stop for as long as it takes once in
 * twenty years at the most. Of ten windows and forty lines it would be nearly once a year, of ten of one line three times.
 */
export const STRAIGHT: readonly Straight[] = [
  { windows: 10, lines: 80, mostStray: () => NEARLY_TWO },
  { windows: 15, lines: 60, mostStray: (mean) => Math.max(2, Math.sqrt(mean)) },
];

/** Tasks that take about the same time, one after the other, are no chance: it takes more of them to tell them from a clock. */
export const STRAIGHT_TASKS: Straight = { windows: 18, lines: 150, mostStray: () => NEARLY_TWO };

/**
 * So many windows with as many lines, or one window more, in which no two lines are that many times as far apart as two others: by chance
 * once in centuries.
 */
export const REGULAR = { windows: 10, times: 1.25 };

/**
 * Whether lines come by the clock, judged by the last windows of these; undefined where they do not, or are too few to say so. The last
 * window may be the one in which they stopped. `taskEnded` says that a task has ended whose lines they were: then they come by the clock
 * only if each task says about one of them, for those that did so before have ended, too.
 *
 * A single beat is known by its distances. The count of several runs along a straight line and strays from it by a few, wherever windows
 * begin, however long it goes on. What comes with the work strays ever farther: if each line comes by chance, by the root of all of them.
 * Bounds for the single windows would not do: where one line a window is usual, chance keeps them for ten windows every few hours.
 */
export function evenBeat(windows: readonly RuleWindow[], taskEnded = false): EvenBeat | undefined {
  const whole = windows.slice(0, -1);
  const isBeat = (found: Stretch): boolean => found !== undefined && !(taskEnded && isOfLongTasks(found));
  const straight = taskEnded
    ? [straightStretch(whole, 'firsts', STRAIGHT_TASKS)]
    : STRAIGHT.map((terms) => straightStretch(whole, 'matches', terms));
  const stretch = [regularStretch(windows), ...straight].find(isBeat);
  if (stretch === undefined) return undefined;
  const usual = medianOf(stretch.map(({ matches }) => matches));
  return { usual, quietest: Math.min(...stretch.map(({ others }) => others)) };
}

type Stretch = readonly RuleWindow[] | undefined;
type Count = 'matches' | 'firsts';

/** Two lines a task are still short: it may say that it begins and that it is done. */
function isOfLongTasks(windows: readonly RuleWindow[]): boolean {
  return 2 * sumOf(windows, 'firsts') < sumOf(windows, 'matches');
}

function regularStretch(windows: readonly RuleWindow[]): Stretch {
  const last = [REGULAR.windows, REGULAR.windows + 1]
    .map((count) => windows.slice(-count))
    .find((some) => some.length >= REGULAR.windows && sumOf(some, 'matches') >= REGULAR.windows);
  if (last === undefined) return undefined;
  const shortest = Math.min(...last.map((window) => window.shortest));
  const longest = Math.max(...last.map((window) => window.longest));
  return shortest > 0 && longest <= REGULAR.times * shortest ? last : undefined;
}

/** As few windows as are enough, from the end. */
function straightStretch(windows: readonly RuleWindow[], of: Count, least: Straight): Stretch {
  let lines = 0;
  for (let from = windows.length - 1; from >= 0; from--) {
    lines += windows[from]?.[of] ?? 0;
    const count = windows.length - from;
    if (lines < least.lines || count < least.windows) continue;
    const stretch = windows.slice(from);
    return strayOf(stretch, of) > least.mostStray(lines / count) ? undefined : stretch;
  }
  return undefined;
}

/** From the most lines ahead of an even count to the most behind it. */
function strayOf(windows: readonly RuleWindow[], of: Count): number {
  const mean = sumOf(windows, of) / windows.length;
  let [ahead, most, least] = [0, 0, 0];
  for (const window of windows) {
    ahead += window[of] - mean;
    most = Math.max(most, ahead);
    least = Math.min(least, ahead);
  }
  return most - least;
}

function sumOf(windows: readonly RuleWindow[], of: Count): number {
  return windows.reduce((sum, window) => sum + window[of], 0);
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
