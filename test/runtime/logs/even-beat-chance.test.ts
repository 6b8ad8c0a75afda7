// How often lines that come by chance look like a beat that has stopped, worked out: what runtime/logs/even-beat.ts says of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { REGULAR, STRAIGHT, type Straight } from '../../../runtime/logs/even-beat.js';

const MINUTES_A_YEAR = 365 * 24 * 60;
const MOST_A_YEAR = 1 / 20;
/** Below it silence takes two windows. */
const DENSE = 6;
/** What is left out is as unlikely as a distance of so many deviations. */
const FAR = 5;
/** As many windows as are remembered. */
const MEMORY = 75;

/** How likely each number of lines is where so many come on average, each by itself. */
function poissonOf(mean: number): number[] {
  const likely = [Math.exp(-mean)];
  for (let count = 1; count < mean + 2 * FAR * Math.sqrt(mean) + 10; count++)
    likely.push(((likely[count - 1] ?? 0) * mean) / count);
  return likely;
}

interface Path {
  /** How likely each number of lines is in a window. */
  readonly likely: readonly number[];
  readonly windows: number;
  /** Of all windows. */
  readonly lines: number;
  /** Fewer than these came before the last window of the path. */
  readonly before: number;
}

/** How likely a path is that stays, from its first window to its last, between so many lines behind its own mean and so many ahead. */
function chanceOfBand({ likely, windows, lines, before }: Path, behind: number, ahead: number): number {
  const slope = lines / windows;
  let at = new Map([[0, 1]]);
  for (let window = 1; window <= windows; window++) {
    const next = new Map<number, number>();
    const isLast = window === windows;
    const lowest = isLast ? lines : Math.ceil(window * slope + behind - 1e-9);
    const highest = isLast ? lines : Math.floor(window * slope + ahead + 1e-9);
    for (let sum = lowest; sum <= highest; sum++) {
      let chance = 0;
      for (const [from, part] of at) if (!isLast || from < before) chance += part * (likely[sum - from] ?? 0);
      next.set(sum, chance);
    }
    at = next;
  }
  return at.get(lines) ?? 0;
}

/** How likely a path is that strays from its own mean by so much at the most: for each of its lowest places. */
function chanceOfPath(path: Path, stray: number): number {
  const step = 1 / path.windows;
  let chance = 0;
  for (let behind = 0; behind >= -stray - 1e-9; behind -= step) {
    chance += chanceOfBand(path, behind, behind + stray);
    if (stray >= step) chance -= chanceOfBand(path, behind + step, behind + stray);
  }
  return chance;
}

/** How likely it is that the last windows are a stretch of these terms: the fewest of them that are enough, seen from the end. */
function chanceOfStraight(mean: number, { windows, lines: least, mostStray }: Straight): number {
  const likely = poissonOf(mean);
  let chance = 0;
  const spread = FAR * Math.sqrt(windows * mean);
  for (let lines = Math.max(least, Math.ceil(windows * mean - spread)); lines <= windows * mean + spread; lines++)
    chance += chanceOfPath({ likely, windows, lines, before: Infinity }, mostStray(lines / windows));
  for (let more = windows + 1; more < MEMORY; more++) {
    if (Math.abs(more * mean - least) > FAR * Math.sqrt(least) + mean) continue;
    for (let lines = least; lines < least + mean + FAR * Math.sqrt(mean) + 2; lines++)
      chance += chanceOfPath({ likely, windows: more, lines, before: least }, mostStray(lines / more));
  }
  return chance;
}

const chanceOfNone = (mean: number): number => Math.exp(-mean * (mean < DENSE ? 2 : 1));
const timesAYear = (mean: number, terms: Straight): number =>
  MINUTES_A_YEAR * chanceOfStraight(mean, terms) * chanceOfNone(mean);

/** Where it is likeliest, and on both sides of that. */
const MEANS = [2, 3, 4, 6, 7, 8];

test('lines by chance keep to a straight line and then stop once in twenty years at the most', () => {
  for (const terms of STRAIGHT) {
    const rates = MEANS.map((mean) => timesAYear(mean, terms));
    assert.ok(Math.max(...rates) < MOST_A_YEAR, String(rates));
    assert.ok(Math.max(...rates) > MOST_A_YEAR / 10, 'and less would do for nobody');
  }
});

test('work that comes by chance and stops had kept to one less than once in ten thousand times', () => {
  for (const terms of STRAIGHT)
    for (const mean of MEANS) assert.ok(chanceOfStraight(mean, terms) < 1e-4, `${mean} a minute`);
});

test('ten windows of one line each would not be enough, nor ten of six', () => {
  assert.ok(timesAYear(1, { windows: 10, lines: 10, mostStray: () => 0 }) > 2);
  assert.ok(timesAYear(6, { windows: 10, lines: 60, mostStray: () => 2 }) > 10 * MOST_A_YEAR);
});

test('at like distances they come, and then stop, once in centuries', () => {
  // Of ten lines, nine distances: one of them is the shortest, and the eight others are at most so much longer.
  const step = 1e-4;
  let likely = 0;
  for (let shortest = 0; shortest < 5; shortest += step)
    likely += 9 * Math.exp(-shortest) * (Math.exp(-shortest) - Math.exp(-REGULAR.times * shortest)) ** 8 * step;
  // Each line may be the last of ten; fewer than one a window are no beat.
  const rates = [1, ...MEANS].map((mean) => MINUTES_A_YEAR * mean * likely * chanceOfNone(mean));
  assert.ok(Math.max(...rates) < 1 / 100, String(rates));
});
