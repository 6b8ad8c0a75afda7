/** How often a rule matched within a window, and how many other lines there were. */
export interface RuleWindow {
  readonly matches: number;
  readonly others: number;
}

/** A rule whose lines come evenly. */
export interface EvenBeat {
  /** The median of its windows. */
  readonly usual: number;
  /** How many other lines there were in the quietest of them. */
  readonly quietest: number;
}

/**
 * So many windows at least, and as many as it takes to have so many lines, have to be even. Of ten windows and fifty lines, chance alone makes
 * a beat that stops twice a year; of these, one in decades.
 */
const LEAST_WINDOWS = 15;
const LEAST_LINES = 60;
/** The end of a window that falls together with a beat takes it from one to the other, a beat that is left out shifts all that follow. */
const LEAST_STRAY = 2;

/**
 * Whether lines come by the clock, judged by the last windows of these; undefined where they do not, or are too few to say so.
 *
 * The count of a beat runs along a straight line and strays from it by about one line, wherever windows begin, however long it goes on; that
 * of several beats by a few. What comes with the work strays ever farther: if each line comes by chance, by the root of all of them. Bounds
 * for the single windows would not do: where one line a window is usual, chance keeps them for ten windows every few hours.
 */
export function evenBeat(windows: readonly RuleWindow[]): EvenBeat | undefined {
  const stretch = lastStretch(windows);
  if (stretch === undefined) return undefined;
  const mean = stretch.reduce((sum, { matches }) => sum + matches, 0) / stretch.length;
  let [ahead, most, least] = [0, 0, 0];
  for (const { matches } of stretch) {
    ahead += matches - mean;
    most = Math.max(most, ahead);
    least = Math.min(least, ahead);
  }
  if (most - least > Math.max(LEAST_STRAY, Math.sqrt(mean))) return undefined;
  const usual = medianOf(stretch.map(({ matches }) => matches));
  return { usual, quietest: Math.min(...stretch.map(({ others }) => others)) };
}

/** As few windows as are enough, from the end. */
function lastStretch(windows: readonly RuleWindow[]): readonly RuleWindow[] | undefined {
  let lines = 0;
  for (let from = windows.length - 1; from >= 0; from--) {
    lines += windows[from]?.matches ?? 0;
    if (lines >= LEAST_LINES && windows.length - from >= LEAST_WINDOWS) return windows.slice(from);
  }
  return undefined;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
