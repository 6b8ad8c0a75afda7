import * as system from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../../clock.js';
import { ownDescriptors } from '../../ledger/own-descriptors.js';
import type { Remind } from '../../threads/reminder.js';
import { HeldLines, type Lines } from './held-lines.js';
import { codeOf, type SinkNotice } from './sink-notice.js';

/** What the system is asked for. */
export type FileCalls = Pick<
  typeof system,
  'closeSync' | 'fstatSync' | 'mkdirSync' | 'openSync' | 'readSync' | 'statSync' | 'writeSync'
>;

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

const MOST_BYTES = 4 * 2 ** 20;
/** How long what is held waits before it is tried again, when nothing is written in between. */
const RETRY_MS = 100;
/** How often a fault is told, */
const TELL_MS = 1_000;
/** and how often it is looked whether the path still leads to the file that is open. */
const LOOK_MS = 1_000;
const NEWLINE = 10;
/** Faults after which the descriptor is as good as before. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

interface OpenFile {
  readonly path: string;
  readonly fd: number;
  readonly inode: number;
  /** Whether the file system tells how many names a file has. */
  readonly countsNames: boolean;
  lookedAt: number;
}

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
  readonly #files: FileCalls;
  readonly #lines: HeldLines;
  #path: string | undefined;
  #file: OpenFile | undefined;
  #retry: Timer | undefined;
  #isFailing = false;
  #toldAt = -Infinity;
  #droppedBefore = 0;
  #isClosed = false;

  constructor(terms: HeldWritesTerms) {
    this.#terms = terms;
    this.#files = terms.files ?? system;
    this.#lines = new HeldLines(terms.mostBytes ?? MOST_BYTES);
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
    if (this.#isClosed || this.#path === undefined) {
      this.#lines.refuse(count);
      return;
    }
    this.#lines.add(this.#path, this.#isFailing ? Buffer.from(bytes) : bytes, count);
    this.#pass();
  }

  /** Tries to write what is held. */
  retry(): void {
    if (this.#lines.count > 0) this.#pass();
  }

  /** Tries once more, and closes the file. What is held then is given up. */
  close(): void {
    if (this.#isClosed) return;
    this.retry();
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#close();
    const lost = this.#lines.count;
    this.#lines.giveUp();
    if (lost > 0) this.#terms.told({ kind: 'lost', dropped: this.dropped - this.#droppedBefore });
  }

  /** Whoever is told may write in turn, so that comes last. */
  #pass(): void {
    const fault = this.#drain();
    if (fault === undefined) {
      if (this.#isFailing) this.#recovered();
      return;
    }
    if (!this.#isFailing) {
      this.#droppedBefore = this.dropped;
      this.#lines.own();
    }
    this.#isFailing = true;
    this.#lines.shrink();
    this.#retry ??= this.#terms.remind(RETRY_MS, () => {
      this.#retry = undefined;
      this.retry();
    });
    this.#fault(fault);
  }

  #recovered(): void {
    this.#isFailing = false;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#toldAt = -Infinity;
    this.#terms.told({ kind: 'recovered', dropped: this.dropped - this.#droppedBefore });
  }

  #fault(error: Error): void {
    const now = this.#terms.clock.now();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.#terms.told({
      kind: 'fault',
      path: this.#lines.first?.path ?? '',
      code: codeOf(error),
      message: error.message,
      held: this.held,
      dropped: this.dropped - this.#droppedBefore,
    });
  }

  /** What went wrong, or undefined when everything is written. */
  #drain(): Error | undefined {
    try {
      for (let lines = this.#lines.first; lines !== undefined; lines = this.#lines.first) {
        const file = this.#fileOf(lines.path);
        this.#lines.begin(file.inode);
        this.#append(file.fd, lines);
        if (this.#isGone(file)) this.#forgetFile();
        else this.#lines.done();
      }
      if (this.#file?.path !== this.#path) this.#close();
      return undefined;
    } catch (error) {
      if (!FULL.has(codeOf(error))) this.#close();
      return error as Error;
    }
  }

  #append(fd: number, lines: Lines): void {
    while (lines.at < lines.bytes.length) {
      const written = this.#files.writeSync(fd, lines.bytes, lines.at, lines.bytes.length - lines.at);
      if (written === 0) throw new Error('The system took nothing and gave no reason');
      lines.at += written;
    }
  }

  /** Whether what was just written went into a file that nobody can read any more. Asked afterwards, there is no moment in between. */
  #isGone({ fd, countsNames }: OpenFile): boolean {
    return countsNames && this.#files.fstatSync(fd).nlink === 0;
  }

  #forgetFile(): void {
    this.#lines.again();
    this.#close();
  }

  #fileOf(path: string): OpenFile {
    if (this.#file !== undefined && (this.#file.path !== path || this.#hasMoved(this.#file))) this.#close();
    this.#file ??= this.#open(path);
    return this.#file;
  }

  /** Whether the path leads elsewhere by now: the file or its directory was renamed, or put in another's place. */
  #hasMoved(file: OpenFile): boolean {
    const now = this.#terms.clock.now();
    if (now - file.lookedAt < LOOK_MS) return false;
    file.lookedAt = now;
    try {
      return this.#files.statSync(file.path).ino !== file.inode;
    } catch {
      return true;
    }
  }

  #open(path: string): OpenFile {
    const fd = this.#openOrMake(path);
    ownDescriptors.add(fd);
    const lookedAt = this.#terms.clock.now();
    try {
      const { ino: inode, nlink, size } = this.#files.fstatSync(fd);
      if (size > 0 && !this.#lines.goesOnIn(inode)) this.#endLine(fd, size);
      return { path, fd, inode, countsNames: nlink > 0, lookedAt };
    } catch (error) {
      this.#closeDescriptor(fd);
      throw error;
    }
  }

  #openOrMake(path: string): number {
    try {
      return this.#files.openSync(path, 'a+');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      this.#files.mkdirSync(dirname(path), { recursive: true });
      const fd = this.#files.openSync(path, 'a+');
      this.#terms.remade();
      return fd;
    }
  }

  /** A process that was killed may have left half a line. */
  #endLine(fd: number, size: number): void {
    const last = Buffer.alloc(1);
    const read = this.#files.readSync(fd, last, 0, 1, size - 1);
    if (read === 1 && last[0] !== NEWLINE) this.#files.writeSync(fd, '\n');
  }

  #close(): void {
    if (this.#file !== undefined) this.#closeDescriptor(this.#file.fd);
    this.#file = undefined;
  }

  #closeDescriptor(fd: number): void {
    ownDescriptors.delete(fd);
    try {
      this.#files.closeSync(fd);
    } catch {
      // The descriptor is gone whatever is answered, and what was written is the system's. A disk that fails now fails the next write, too.
    }
  }
}
