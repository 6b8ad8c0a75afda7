import type { ReadLine } from './read-line.js';

/** Lines of one task that came together. */
export interface KeptRun {
  readonly taskId: number;
  readonly taskName: string | undefined;
  /** Those of all of them, as `KeptLines` reads them: one text without a pointer in it, the least that can be kept of what hardly anybody asks for. */
  readonly entries: string;
  /** How many lines these are. */
  readonly count: number;
}

/** A run goes on in another one beyond that: stories forget them as a whole. */
const MOST_BYTES = 2 ** 13;

/**
 * Lines of one task that lie one behind the other, to be kept by one copy: a text for each takes longer to make, and much longer to
 * collect. It has to be taken before they are written over.
 */
export class LineRun {
  #line: ReadLine | undefined;
  #taskId = 0;
  #taskName: string | undefined;
  #from = 0;
  #end = 0;
  #count = 0;

  /** Whether it has lines of a task. */
  isOf(taskId: number): boolean {
    return this.#line !== undefined && taskId === this.#taskId;
  }

  /** Goes on with a line, if that lies behind the last one and is of the same task; says whether it is. */
  extend(line: ReadLine): boolean {
    const isNext = line === this.#line && line.place === this.#end && line.taskId === this.#taskId;
    if (!isNext || ((line.next - this.#from) | 0) > MOST_BYTES) return false;
    this.#end = line.next;
    this.#count++;
    return true;
  }

  /** Begins anew with a line of a task. */
  begin(line: ReadLine, taskId: number): void {
    this.#line = line;
    this.#taskId = taskId;
    this.#taskName = line.taskName;
    this.#from = line.place;
    this.#end = line.next;
    this.#count = 1;
  }

  /** What it has; it has nothing then. */
  take(): KeptRun | undefined {
    const line = this.#line;
    if (line === undefined) return undefined;
    this.#line = undefined;
    const entries = line.entries(this.#from, this.#end);
    return { taskId: this.#taskId, taskName: this.#taskName, entries, count: this.#count };
  }
}
