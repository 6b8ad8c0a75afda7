import { KeptLines } from './kept-lines.js';
import { LargestFirst, type Sized } from './largest-first.js';
import type { KeptRun } from './line-run.js';
import type { LogLine } from './log-line.js';
import { StoryEvent } from './story-event.js';

/** The last lines of a task, from before the gate. */
export interface Story {
  /** In the order in which they were read, which is that of each attempt. */
  readonly lines: readonly LogLine[];
  /** What happened between them. */
  readonly events?: readonly PlacedEvent[];
  /** How many there were before them that had to go. */
  readonly missing: number;
}

/** Something that happened after so many of the story's lines. */
export interface PlacedEvent {
  readonly after: number;
  readonly event: StoryEvent;
}

/** How much is kept. Bytes are about those of memory: those of entries, {@link RUN_BYTES} and {@link TASK_BYTES} beside. */
export interface StoryLimits {
  /** Lines of one task. */
  readonly lines: number;
  /** Bytes of one task. */
  readonly bytes: number;
  /** Bytes of all tasks. */
  readonly totalBytes: number;
}

export const STORY_LIMITS: StoryLimits = { lines: 200, bytes: 256 * 1024, totalBytes: 16 * 2 ** 20 };

/** What lines that came together take beside their entries, */
export const RUN_BYTES = 64;
/** and a task beside its lines. */
export const TASK_BYTES = 200;

/** So many tasks are remembered that may still print. */
const MOST_OVER = 100_000;

/** Lines that came together, or something that happened between them. */
type Piece = KeptRun | StoryEvent;

interface Kept extends Sized {
  readonly taskId: number;
  readonly taskName: string | undefined;
  pieces: (Piece | undefined)[];
  /** The first of them that is still there, */
  head: number;
  /** how many of its lines are not, */
  skipped: number;
  /** and how many all of them have. */
  lines: number;
  missing: number;
}

/**
 * Keeps the last lines of each task that is not settled, for the incident it may become. When all together take too much, the oldest lines
 * of the task with the most go first: one that prints without end does not cost the others theirs. A task without lines costs nothing. Lines
 * that came together take memory until the last of them has gone, and so go together where it is memory that is short.
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

  /** Takes lines, as they were captured. */
  add(run: KeptRun): void {
    const kept = this.#keptOf(run.taskId, run.taskName);
    if (kept !== undefined) this.#enter(kept, run);
  }

  /** Takes what happened to a task that is not settled. It counts as a line. */
  note(taskId: number, taskName: string, event: StoryEvent): void {
    const kept = this.#keptOf(taskId, taskName);
    if (kept !== undefined) this.#enter(kept, event);
  }

  /** Whether the task has a story; none has that is settled. */
  has(taskId: number): boolean {
    return this.#byTask.has(taskId);
  }

  /** The task's story so far; undefined when it has printed nothing. */
  read(taskId: number): Story | undefined {
    const kept = this.#byTask.get(taskId);
    return kept && storyOf(kept);
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
    const nothing = { pieces: [], head: 0, skipped: 0, lines: 0, missing: 0 };
    const kept: Kept = { taskId, taskName, ...nothing, size: TASK_BYTES, place: -1 };
    this.#byTask.set(taskId, kept);
    this.#bySize.add(kept);
    this.#bytes += TASK_BYTES;
    return kept;
  }

  #enter(kept: Kept, piece: Piece): void {
    const { lines, bytes, totalBytes } = this.#limits;
    kept.pieces.push(piece);
    kept.lines += linesOf(piece);
    this.#grow(kept, bytesOf(piece));
    while (kept.lines > lines) this.#skip(kept, kept.lines - lines);
    while (kept.size > bytes && this.#dropOldest(kept));
    // It ends early where the largest has no line left: that many tasks are not forgotten, for what is missing of each has to be said.
    while (this.#bytes > totalBytes && this.#dropOldest(this.#bySize.largest ?? kept));
  }

  #grow(kept: Kept, bytes: number): void {
    this.#bytes += bytes;
    this.#bySize.resize(kept, kept.size + bytes);
  }

  /** The oldest lines go, this many at the most. */
  #skip(kept: Kept, most: number): void {
    const oldest = kept.pieces[kept.head];
    if (oldest === undefined || linesOf(oldest) - kept.skipped <= most) {
      this.#dropOldest(kept);
      return;
    }
    kept.skipped += most;
    kept.lines -= most;
    kept.missing += most;
  }

  /** Says whether there was something to go. */
  #dropOldest(kept: Kept): boolean {
    const { pieces, head } = kept;
    const oldest = pieces[head];
    if (oldest === undefined) return false;
    const lines = linesOf(oldest) - kept.skipped;
    kept.lines -= lines;
    kept.missing += lines;
    kept.skipped = 0;
    pieces[head] = undefined;
    kept.head++;
    // Moving the rest up for each would cost a walk over all of them.
    if (kept.head >= this.#limits.lines || kept.head === pieces.length) {
      kept.pieces = pieces.slice(kept.head);
      kept.head = 0;
    }
    this.#grow(kept, -bytesOf(oldest));
    return true;
  }
}

/** What happened counts as a line. */
function linesOf(piece: Piece): number {
  return piece instanceof StoryEvent ? 1 : piece.count;
}

function bytesOf(piece: Piece): number {
  return RUN_BYTES + (piece instanceof StoryEvent ? piece.length : piece.entries.length);
}

function storyOf({ pieces, head, skipped, taskName, missing }: Kept): Story {
  const texts: string[] = [];
  const events: PlacedEvent[] = [];
  let after = -skipped;
  for (const piece of pieces.slice(head) as Piece[]) {
    if (piece instanceof StoryEvent) events.push({ after, event: piece });
    else {
      texts.push(piece.entries);
      after += piece.count;
    }
  }
  const lines: LogLine[] = [];
  new KeptLines(texts).drain((line) => {
    lines.push({ ...line.copy(), taskName });
  });
  lines.splice(0, skipped);
  return events.length === 0 ? { lines, missing } : { lines, events, missing };
}
