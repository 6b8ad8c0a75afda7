import type { GrowthNote } from '../protocol/messages.js';
import { attribute, bytesPerAnyTask, countAt } from './attribution.js';
import type { Point, Points, Space } from './points.js';
import { findRise, type Rise } from './rise.js';

/** Something found, as it was when it was last told of or seen to go on. */
interface Finding {
  readonly space: Space;
  /** Whose tasks it is; undefined when it is not clear. */
  readonly label: number | undefined;
  readonly bytesPerTask: number;
  /** Tasks it was seen over. */
  readonly tasks: number;
  /** Bytes above the base when it was told of. */
  readonly toldAt: number;
  /** Where it was last seen to go on. */
  seenAt: Point;
}

/** Before so many tasks nothing is told: caches are commonly bounded at 1,000 entries, and a leak until they are full, to all appearances. */
const LEAST_TASKS = 1_200;
/** From so many bytes on a rise is told of earlier. */
const PRESSING_BYTES = 128 * 2 ** 20;
/** A finding is withdrawn when less than this part of what should have been added meanwhile was. */
const STOPPED = 0.3;
/** Before so much should have been added nothing is concluded. */
const TELLING_BYTES = 2 ** 20;
/** A rise this many times smaller than that of the other space comes with it, as the object of a buffer does. */
const COMPANION = 10;

const SPACES: readonly Space[] = ['heap', 'external'];

/**
 * What is to be said about a thread's growth, point by point: each finding once, again whenever its figure has doubled, and once more,
 * with 0 bytes per task, when it turns out to have stopped.
 */
export class Findings {
  readonly #budget: number;
  #undecided = false;
  #standing: readonly Finding[] = [];

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Whether there is a rise that it is too early to tell of. */
  get undecided(): boolean {
    return this.#undecided;
  }

  /** Looks at the points once more after one was added; answers with what is new. */
  look(points: Points, labels: readonly string[]): GrowthNote[] {
    const { last } = points;
    if (last === undefined) return [];
    const withdrawn = this.#withdraw(last);
    const seen = SPACES.flatMap((space) => findRise(points.list, space) ?? this.#overBudget(points, space) ?? []);
    const late = last.tasks >= LEAST_TASKS || this.#isOverBudget(points);
    const rises = seen.filter(({ space }) => late || points.retained(space) >= PRESSING_BYTES);
    this.#undecided = rises.length < seen.length;
    const told = rises
      .filter((rise) => rises.every((other) => other.bytes < COMPANION * rise.bytes))
      .flatMap((rise) => this.#tell(rise, points, last));
    return [...withdrawn, ...told].map((finding) => note(finding, points, labels));
  }

  #isOverBudget(points: Points): boolean {
    return points.retained('heap') + points.retained('external') > this.#budget;
  }

  /** The thread is about to be ended for its memory: what can be said of it is said, steady or not. */
  #overBudget(points: Points, space: Space): Rise | undefined {
    const bytes = points.retained(space);
    const [first] = points.list;
    const { last } = points;
    if (!this.#isOverBudget(points) || bytes < points.retained(space === 'heap' ? 'external' : 'heap'))
      return undefined;
    if (first === undefined || last === undefined || first === last) return undefined;
    const parts = attribute(points.list, space);
    return { space, parts, bytesPerTask: bytesPerAnyTask(points.list, space), bytes, tasks: last.tasks - first.tasks };
  }

  /** What of a rise is new: a name that was not known, or a figure that has doubled. */
  #tell({ space, parts, bytesPerTask, tasks }: Rise, points: Points, last: Point): Finding[] {
    const toldAt = points.retained(space);
    const here = this.#standing.filter((finding) => finding.space === space);
    for (const finding of here) finding.seenAt = last;
    const unnamed = { label: undefined, bytesPerTask };
    const culprits = parts.length > 0 ? parts : here.length > 0 ? here : [unnamed];
    const told = culprits
      .filter(({ label }) => {
        const known = here.find((finding) => finding.label === label);
        return known === undefined || toldAt >= 2 * known.toldAt;
      })
      .map((culprit) => ({
        space,
        tasks,
        toldAt,
        seenAt: last,
        label: culprit.label,
        bytesPerTask: culprit.bytesPerTask,
      }));
    // Who was found without a name has one now.
    const replaced = here.filter(
      ({ label }) => (label === undefined && parts.length > 0) || told.some((finding) => finding.label === label),
    );
    this.#standing = [...this.#standing.filter((finding) => !replaced.includes(finding)), ...told];
    return told;
  }

  /** Findings whose tasks ran on without leaving anything behind. */
  #withdraw(last: Point): Finding[] {
    const stopped = this.#standing.filter((finding) => hasStopped(finding, last));
    this.#standing = this.#standing.filter((finding) => !stopped.includes(finding));
    return stopped.map((finding) => ({ ...finding, bytesPerTask: 0 }));
  }
}

function hasStopped({ space, label, bytesPerTask, seenAt }: Finding, last: Point): boolean {
  const ended = label === undefined ? last.tasks - seenAt.tasks : countAt(last, label) - countAt(seenAt, label);
  const expected = bytesPerTask * ended;
  return expected >= TELLING_BYTES && last[space] - seenAt[space] < STOPPED * expected;
}

function note({ space, label, bytesPerTask, tasks }: Finding, points: Points, labels: readonly string[]): GrowthNote {
  return {
    where: space,
    task: label === undefined ? null : (labels[label] ?? null),
    bytesPerTask: Math.round(bytesPerTask),
    retainedBytes: points.retained(space),
    tasks,
  };
}
