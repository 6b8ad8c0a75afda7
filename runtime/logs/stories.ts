import { KeptLines } from './kept-lines.js';
import { LargestFirst, type Sized } from './largest-first.js';
import type { LogLine } from './log-line.js';
import type { ReadLine } from './read-line.js';

/** The last lines of a task, from before the gate. */
export interface Story {
  /** In the order in which they were read, which is that of each attempt. */
  readonly lines: readonly LogLine[];
  /** How many there were before them that had to go. */
  readonly missing: number;
}

/** How much is kept. Bytes are about those of memory: those of its entry, {@link LINE_BYTES} and {@link TASK_BYTES} beside. */
export interface StoryLimits {
  /** Lines of one task. */
  readonly lines: number;
  /** Bytes of one task. */
  readonly bytes: number;
  /** Bytes of all tasks. */
  readonly totalBytes: number;
}

export const STORY_LIMITS: StoryLimits = { lines: 200, bytes: 256 * 1024, totalBytes: 16 * 2 ** 20 };

/** What a line takes beside its entry, */
export const LINE_BYTES = 24;
/** and a task beside its lines. */
export const TASK_BYTES = 200;

/** So many tasks are remembered that may still print. */
const MOST_OVER = 100_000;

interface Kept extends Sized {
  readonly taskId: number;
  readonly taskName: string | undefined;
  /** Of its lines: texts without a pointer in them, which are the least that can be kept of what hardly anybody will ask for. */
  entries: (string | undefined)[];
  /** The first of them that is still there. */
  head: number;
  missing: number;
}

/**
 * Keeps the last lines of each task that is not settled, for the incident it may become. When all together take too much, the oldest lines
 * of the task with the most go first: one that prints without end does not cost the others theirs. A task without lines costs nothing.
 */
export class Stories {
  readonly #limits: StoryLimits;
  /** Tasks that are settled, the oldest first, and may still print. */
  readonly #over = new Set<number>();
  readonly #byTask = new Map<number, Kept>();
  readonly #bySize = new LargestFirst<Kept>();
  #bytes = 0;
  /** The task the last line was of: the next one mostly is, too. */
  #latest: Kept | undefined;

  constructor(limits: StoryLimits = STORY_LIMITS) {
    this.#limits = limits;
  }

  /** Tasks that have lines here. */
  get size(): number {
    return this.#byTask.size;
  }

  /** What all of them take; see {@link StoryLimits}. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a line, as it was captured. One of no task is left to others. */
  add(line: ReadLine): void {
    const { taskId } = line;
    if (taskId === undefined) return;
    const kept = this.#keptOf(taskId, line.taskName);
    if (kept === undefined) return;
    const { lines, bytes, totalBytes } = this.#limits;
    const entry = line.entry();
    kept.entries.push(entry);
    this.#grow(kept, bytesOf(entry));
    while ((kept.entries.length - kept.head > lines || kept.size > bytes) && this.#dropOldest(kept));
    // It ends early where the largest has no line left: that many tasks are not forgotten, for what is missing of each has to be said.
    while (this.#bytes > totalBytes && this.#dropOldest(this.#bySize.largest ?? kept));
  }

  /** The task's story so far; undefined when it has printed nothing. */
  read(taskId: number): Story | undefined {
    const kept = this.#byTask.get(taskId);
    return kept && { lines: linesOf(kept), missing: kept.missing };
  }

  /** The task's story, which is then nowhere else. */
  take(taskId: number): Story | undefined {
    const story = this.read(taskId);
    this.drop(taskId);
    return story;
  }

  /** The task is settled, and what it has left running may print on: nobody would come for those lines, and they would be kept for good. */
  refuse(taskId: number): void {
    this.#over.add(taskId);
    if (this.#over.size <= MOST_OVER) return;
    const [oldest = taskId] = this.#over;
    this.#over.delete(oldest);
  }

  /** The task is settled, and was nothing special. */
  drop(taskId: number): void {
    const kept = this.#byTask.get(taskId);
    if (kept === undefined) return;
    if (kept === this.#latest) this.#latest = undefined;
    this.#byTask.delete(taskId);
    this.#bySize.delete(kept);
    this.#bytes -= kept.size;
  }

  #keptOf(taskId: number, taskName: string | undefined): Kept | undefined {
    if (this.#latest?.taskId === taskId) return this.#latest;
    this.#latest = this.#byTask.get(taskId) ?? this.#open(taskId, taskName);
    return this.#latest;
  }

  #open(taskId: number, taskName: string | undefined): Kept | undefined {
    if (this.#over.has(taskId)) return undefined;
    const kept: Kept = { taskId, taskName, entries: [], head: 0, missing: 0, size: TASK_BYTES, place: -1 };
    this.#byTask.set(taskId, kept);
    this.#bySize.add(kept);
    this.#bytes += TASK_BYTES;
    return kept;
  }

  #grow(kept: Kept, bytes: number): void {
    this.#bytes += bytes;
    this.#bySize.resize(kept, kept.size + bytes);
  }

  /** Says whether there was one. */
  #dropOldest(kept: Kept): boolean {
    const { entries, head } = kept;
    const oldest = entries[head];
    if (oldest === undefined) return false;
    entries[head] = undefined;
    kept.head++;
    kept.missing++;
    // Moving the rest up for each line would cost a walk over all of them.
    if (kept.head >= this.#limits.lines || kept.head === entries.length) {
      kept.entries = entries.slice(kept.head);
      kept.head = 0;
    }
    this.#grow(kept, -bytesOf(oldest));
    return true;
  }
}

function bytesOf(entry: string): number {
  return LINE_BYTES + entry.length;
}

function linesOf({ entries, head, taskName }: Kept): LogLine[] {
  const lines: LogLine[] = [];
  new KeptLines(entries.slice(head) as string[]).drain((line) => {
    lines.push({ ...line.copy(), taskName });
  });
  return lines;
}
