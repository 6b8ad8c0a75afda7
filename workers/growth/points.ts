/** Memory as it was after a garbage collection, and what had run in the thread until then. */
export interface Point {
  /** Tasks that had ended. */
  readonly tasks: number;
  /** The same by label, in the order in which the labels first ran; those that had not run yet are missing. */
  readonly counts: readonly number[];
  /** Bytes of the JavaScript heap. */
  readonly heap: number;
  /** Bytes outside it that its objects hold. */
  readonly external: number;
}

/** A part of a thread's memory that is judged by itself: buffers are freed at other times than objects. */
export type Space = 'heap' | 'external';

/** More are thinned out: a thread may live for months. */
const MOST_POINTS = 48;

/**
 * The verified points of a thread, and the base that its growth is counted from.
 *
 * The base is the least level since the first verified point: that one comes after so many tasks, or so much memory, that what a thread
 * needs anyway is there. What arrives between two points while a task type runs for the first time is raised into it: a module's tables
 * are no growth. Should the type leak from its first task on, no more is missed than those few tasks left.
 */
export class Points {
  #list: Point[] = [];
  #baseHeap = 0;
  #baseExternal = 0;

  get list(): readonly Point[] {
    return this.#list;
  }

  get last(): Point | undefined {
    return this.#list.at(-1);
  }

  add(point: Point): void {
    const last = this.last;
    if (last === undefined) {
      this.#baseHeap = point.heap;
      this.#baseExternal = point.external;
    } else {
      const warmsUp = point.counts.length > last.counts.length;
      this.#baseHeap = nextBase(this.#baseHeap, last.heap, point.heap, warmsUp);
      this.#baseExternal = nextBase(this.#baseExternal, last.external, point.external, warmsUp);
    }
    this.#list.push(point);
    if (this.#list.length > MOST_POINTS) this.#list = thinned(this.#list);
  }

  /** Bytes of the last point above the base; NaN without a point. */
  retained(space: Space): number {
    const { last } = this;
    if (last === undefined) return Number.NaN;
    return space === 'heap' ? last.heap - this.#baseHeap : last.external - this.#baseExternal;
  }
}

function nextBase(base: number, before: number, now: number, warmsUp: boolean): number {
  return Math.min(warmsUp ? base + Math.max(0, now - before) : base, now);
}

/** Every second point of the older half goes: old points matter as a line, not one by one. */
function thinned(points: readonly Point[]): Point[] {
  const half = points.length / 2;
  return points.filter((_, index) => index >= half || index % 2 === 0);
}
