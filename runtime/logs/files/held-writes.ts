import * as system from 'node:fs';
import type { Clock, Timer } from '../../clock.js';
import type { Remind } from '../../threads/reminder.js';
import { AppendFile, type AppendTerms, type FileCalls } from './append-file.js';
import { HeldLines } from './held-lines.js';
import { codeOf, type SinkNotice } from './sink-notice.js';

/** What held writes work with. */
export interface HeldWritesTerms {
  readonly clock: Pick<Clock, 'now'>;
  readonly remind: Remind;
  readonly told: (notice: SinkNotice) => void;
  /** The directory was gone and has been made anew. */
  readonly remade: () => void;
  /** How many bytes wait for a fault to end; four megabytes unless said. */
  readonly mostBytes?: number;
  /** The system's own, unless said otherwise. */
  readonly files?: FileCalls;
}

/**
 * How it stands with the files: `writing` until something cannot be written, `failing` until everything that was held is, and `closed` in the
 * end. Between the first two it may go back and forth.
 */
type State = typeof WRITING | Failing | typeof CLOSED;

const WRITING = { kind: 'writing' } as const;
const CLOSED = { kind: 'closed' } as const;

/** A fault lasts. */
interface Failing {
  readonly kind: 'failing';
  /** Lines given up before it began. */
  readonly droppedBefore: number;
  /** Set while something is held. */
  retry: Timer | undefined;
  isTold: boolean;
}

const MOST_BYTES = 4 * 2 ** 20;
/** How long what is held waits before it is tried again, when nothing is written in between. */
const RETRY_MS = 100;
/** How often a fault is told. */
const TELL_MS = 1_000;
/** Faults after which the descriptor is as good as before. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Appends lines to files, synchronously: what `write` was given is in the system's hands when it returns, and stays whatever happens to this
 * process. It never throws. What cannot be written is held, and tried again at each write and ten times a second; it goes into the file it
 * was meant for, also when a new hour has begun. A file is opened when there is something to write.
 *
 * Synchronous writes stop the event loop while the system takes them, some microseconds on a local disk. Asynchronous ones would need a
 * thread, and lose at every kind of exit what that thread has not written yet.
 */
export class HeldWrites {
  readonly #terms: HeldWritesTerms;
  readonly #opening: AppendTerms;
  readonly #lines: HeldLines;
  #path: string | undefined;
  #file: AppendFile | undefined;
  #state: State = WRITING;
  /** When a fault was last told, whichever: a disk that takes every second write begins a new one each time. */
  #toldAt = -Infinity;

  constructor(terms: HeldWritesTerms) {
    this.#terms = terms;
    const { files = system, clock, remade, mostBytes = MOST_BYTES } = terms;
    this.#lines = new HeldLines(mostBytes);
    this.#opening = { files, clock, remade, goesOnIn: (inode) => this.#lines.goesOnIn(inode) };
  }

  /** Lines that wait for a fault to end. */
  get held(): number {
    return this.#lines.count;
  }

  /** Lines given up, of all that were written. */
  get dropped(): number {
    return this.#lines.dropped;
  }

  /** Where lines go to from now. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Files that may still be written to. */
  get paths(): ReadonlySet<string> {
    const paths = this.#lines.paths();
    if (this.#path !== undefined) paths.add(this.#path);
    return paths;
  }

  /** Has further lines go to another file. The one before is closed, as soon as it has everything. */
  switchTo(path: string): void {
    this.#path = path;
    if (this.#lines.count === 0) this.#close();
  }

  /** Takes whole lines, each with its newline. Their memory is the caller's again afterwards. */
  write(bytes: Buffer, count: number): void {
    const { kind } = this.#state;
    if (kind === 'closed' || this.#path === undefined) {
      this.#lines.refuse(count);
      return;
    }
    this.#lines.add(this.#path, kind === 'failing' ? Buffer.from(bytes) : bytes, count);
    this.#pass();
  }

  /** Tries to write what is held. */
  retry(): void {
    if (this.#lines.count > 0) this.#pass();
  }

  /** Tries once more, and closes the file. What is held then is given up. */
  close(): void {
    if (this.#state.kind === 'closed') return;
    this.retry();
    this.#end();
  }

  /** Whoever is told may write in turn, so that comes last. */
  #pass(): void {
    const fault = this.#drain();
    if (fault !== undefined) this.#fail(fault);
    else if (this.#state.kind === 'failing') this.#recover(this.#state);
  }

  /** From `writing` to `failing`, or no further. */
  #fail(fault: Error): void {
    const failing = this.#state.kind === 'failing' ? this.#state : this.#beginFailing();
    this.#lines.shrink();
    if (this.#lines.count > 0) failing.retry ??= this.#retryLater(failing);
    this.#tellFault(failing, fault);
  }

  #beginFailing(): Failing {
    this.#lines.own();
    const failing: Failing = { kind: 'failing', droppedBefore: this.dropped, retry: undefined, isTold: false };
    this.#state = failing;
    return failing;
  }

  #retryLater(failing: Failing): Timer {
    return this.#terms.remind(RETRY_MS, () => {
      failing.retry = undefined;
      this.retry();
    });
  }

  /** From `failing` to `writing`. A fault that nobody was told of ends as quietly, unless it has cost something. */
  #recover({ retry, isTold, droppedBefore }: Failing): void {
    retry?.cancel();
    this.#state = WRITING;
    const dropped = this.dropped - droppedBefore;
    if (isTold || dropped > 0) this.#terms.told({ kind: 'recovered', dropped });
  }

  /** From either to `closed`. What is held is given up. */
  #end(): void {
    const state = this.#state;
    this.#state = CLOSED;
    this.#close();
    if (state.kind !== 'failing') return;
    state.retry?.cancel();
    this.#lines.giveUp();
    const dropped = this.dropped - state.droppedBefore;
    if (dropped > 0) this.#terms.told({ kind: 'lost', dropped });
  }

  #tellFault(failing: Failing, error: Error): void {
    const now = this.#terms.clock.now();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    failing.isTold = true;
    this.#terms.told({
      kind: 'fault',
      path: this.#lines.first?.path ?? '',
      code: codeOf(error),
      message: error.message,
      held: this.held,
      dropped: this.dropped - failing.droppedBefore,
    });
  }

  /** What went wrong, or undefined when everything is written. */
  #drain(): Error | undefined {
    try {
      for (let lines = this.#lines.first; lines !== undefined; lines = this.#lines.first) {
        const file = this.#fileOf(lines.path);
        // Somebody made room by emptying it, or by removing it, and a new file may get the inode of one that is gone.
        if (lines.at > 0 && file.isEmpty) this.#lines.again();
        this.#lines.begin(file.inode);
        file.append(lines);
        if (file.isGone) this.#forgetFile();
        else this.#lines.done();
      }
      if (this.#file?.path !== this.#path) this.#close();
      return undefined;
    } catch (error) {
      this.#passWritten();
      if (!FULL.has(codeOf(error))) this.#close();
      return error as Error;
    }
  }

  #passWritten(): void {
    try {
      // What is in a file that nobody can read is not written.
      if (this.#file?.isGone === false) this.#lines.passWritten();
    } catch {
      // Where the system does not tell, the next write goes on from there all the same.
    }
  }

  #forgetFile(): void {
    this.#lines.again();
    this.#close();
  }

  #fileOf(path: string): AppendFile {
    if (this.#file !== undefined && (this.#file.path !== path || this.#file.hasMoved())) this.#close();
    this.#file ??= new AppendFile(path, this.#opening);
    return this.#file;
  }

  #close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}
