import { attribute, bytesPerAnyTask, countAt, levels, type Part } from './attribution.js';
import type { Point, Space } from './points.js';

/** Memory that has been growing steadily with the tasks that ran. */
export interface Rise {
  readonly space: Space;
  /** Who makes it grow; nobody when it is not clear. */
  readonly parts: readonly Part[];
  /** Bytes per task of the thread, whoever makes it grow. */
  readonly bytesPerTask: number;
  /** Bytes from its first point to its last. */
  readonly bytes: number;
  /** Tasks from its first point to its last. */
  readonly tasks: number;
}

/** Points nearer to each other than this tell nothing about a rate: what tasks under way hold weighs more than what ended ones left. */
const SPACING = 1.1;
/** A line through fewer points is a guess. */
const LEAST_POINTS = 5;
/** Less is within what a healthy thread gathers: compiled code, interned strings, small caches. */
const LEAST_BYTES = 2 * 2 ** 20;
/** So much is worth a second look. */
const HINT_BYTES = 2 ** 18;
/** Over each such part of the way the rate must not fall far below that of the whole, as it does beside a jump and in a pause. */
const STRETCH = 0.2;
const STRETCH_RATE = 0.75;
/** And in the second half as in the first: over so long a way little is left to chance, and what fills ever more slowly shows. */
const LASTING = { least: 0.85, most: 1.2 };

/**
 * The steady rise that the points end in, over at least half of the tasks the thread has run; undefined when there is none.
 *
 * A cache that fills and then stops is told by its rate: it falls. As long as a cache fills at a constant rate nothing tells it from a
 * leak, which is why little is told early, and what was told may be withdrawn (see findings.ts).
 */
export function findRise(points: readonly Point[], space: Space): Rise | undefined {
  const run = endingRun(spaced(points), space);
  const last = run.at(-1);
  // From the earliest start on: it tells most, but a thread that was warming up then did not rise steadily.
  for (let start = 0; start + LEAST_POINTS <= run.length; start++) {
    const part = run.slice(start);
    const first = part[0];
    if (first === undefined || last === undefined) return undefined;
    const tasks = last.tasks - first.tasks;
    const bytes = last[space] - first[space];
    if (tasks < last.tasks / 2 || bytes < LEAST_BYTES) return undefined;
    const parts = attribute(part, space);
    if (isSteady(explained(part, parts), levels(part, space)))
      return { space, parts, bytesPerTask: bytesPerAnyTask(part, space), bytes, tasks };
  }
  return undefined;
}

/** Whether the last points hint at a rise that more of them would prove or refute. */
export function looksRising(points: readonly Point[], space: Space): boolean {
  const [last, middle, first] = spaced(points).toReversed();
  if (last === undefined || middle === undefined) return false;
  const bytes = last[space] - middle[space];
  if (first === undefined) return bytes >= HINT_BYTES;
  const before = (middle[space] - first[space]) / (middle.tasks - first.tasks);
  const after = bytes / (last.tasks - middle.tasks);
  return before > 0 && after >= before / 4 && last[space] - first[space] >= HINT_BYTES;
}

/** The newest point, and of those before it such as are well apart. */
function spaced(points: readonly Point[]): Point[] {
  let next = Number.POSITIVE_INFINITY;
  return points
    .toReversed()
    .filter(({ tasks }) => {
      const apart = tasks * SPACING <= next;
      if (apart) next = tasks;
      return apart;
    })
    .reverse();
}

/** The unbroken rise that the points end in. */
function endingRun(points: readonly Point[], space: Space): Point[] {
  let start = points.length - 1;
  while (start > 0 && (points[start]?.[space] ?? 0) > (points[start - 1]?.[space] ?? 0)) start--;
  return points.slice(Math.max(start, 0));
}

/** What should have made the levels rise: the tasks of whom it is blamed on by their weight, else all tasks. */
export function explained(points: readonly Point[], parts: readonly Part[]): number[] {
  if (parts.length === 0) return points.map((point) => point.tasks);
  return points.map((point) =>
    parts.reduce((sum, { label, bytesPerTask }) => sum + bytesPerTask * countAt(point, label), 0),
  );
}

function isSteady(way: readonly number[], bytes: readonly number[]): boolean {
  const last = way.length - 1;
  const whole = rateBetween(way, bytes, 0, last);
  const middle = nearest(way, ((way[0] ?? 0) + (way[last] ?? 0)) / 2);
  const lasting = rateBetween(way, bytes, middle, last) / rateBetween(way, bytes, 0, middle);
  if (!(lasting >= LASTING.least && lasting <= LASTING.most)) return false;
  const stretch = STRETCH * ((way[last] ?? 0) - (way[0] ?? 0));
  // Backwards, so that the newest stretch is a full one: that is where a cache that is full shows first.
  for (let end = last, start = last - 1; start >= 0; start--) {
    const length = (way[end] ?? 0) - (way[start] ?? 0);
    if (length < (start === 0 ? stretch / 2 : stretch)) continue;
    const rate = rateBetween(way, bytes, start, end) / whole;
    if (!(rate >= STRETCH_RATE)) return false;
    end = start;
  }
  return true;
}

/** The place of the value that is nearest to another. */
function nearest(values: readonly number[], to: number): number {
  const distances = values.map((value) => Math.abs(value - to));
  return distances.indexOf(Math.min(...distances));
}

function rateBetween(way: readonly number[], bytes: readonly number[], start: number, end: number): number {
  return ((bytes[end] ?? 0) - (bytes[start] ?? 0)) / ((way[end] ?? 0) - (way[start] ?? 0));
}
