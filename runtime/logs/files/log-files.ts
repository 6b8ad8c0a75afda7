import { Buffer } from 'node:buffer';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock, Timer } from '../../clock.js';
import type { Remind } from '../../threads/reminder.js';
import { atExit } from './at-exit.js';
import { type DirectoryBusy, DirectoryLock } from './directory-lock.js';
import { HeldWrites } from './held-writes.js';
import { makeFolder } from './make-folder.js';
import { type Batch, type RecordBytes, RecordPage } from './record-page.js';
import { HOUR_MS, hourOf, named } from './retention.js';
import type { SinkNotice } from './sink-notice.js';
import { Sweep } from './sweep.js';
import { WinstonFiles } from './winston-files.js';

/** What log files are to be, and what they work with. */
export interface LogFilesTerms {
  /** Made if it is not there. */
  readonly dir: string;
  /** Files are called `<prefix>.<YYYY-MM-DDTHH>.log`, in UTC. */
  readonly prefix: string;
  /** How long a line is kept; at most an hour longer, since whole files are removed. Milliseconds. */
  readonly retentionMs: number;
  /** How large all files may be together, in bytes; the oldest go first, the current one never. Any size unless said. */
  readonly maxBytes?: number;
  readonly clock: Pick<Clock, 'now'>;
  /** A timer that keeps no process alive. */
  readonly remind: Remind;
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number;
  /** Hears of faults, and may write in turn. */
  readonly told: (notice: SinkNotice) => void;
}

/** When a directory that could not be read is looked at again. */
const AGAIN_MS = 60_000;
/** The folder may grow by this part of what it may hold until it is swept. */
const SWEPT_PART = 8;
/** Beside the hour: a clock that stands still there does not keep us busy. */
const SOONEST_MS = 1_000;

/**
 * Files of one hour each, in a directory that belongs to this process.
 *
 * Lines are batched until the event loop's turn ends, or until they have 64 KiB: a timer would save little, because whoever
 * has many lines has them in one turn, and what it waits for would be lost when the process is killed. What was handed over is the system's
 * and survives whatever ends the process; the rest of a turn is handed over on its `exit`, and by {@link flush}.
 */
export class LogFiles {
  readonly #terms: LogFilesTerms;
  readonly #dir: string;
  readonly #lock: DirectoryLock;
  readonly #writes: HeldWrites;
  readonly #sweep: Sweep;
  #names: WinstonFiles | undefined;
  #hour = NaN;
  readonly #page = new RecordPage();
  /** Bytes of the current file, and of all files since the last sweep. */
  #bytes = 0;
  #unswept = 0;
  /** Whether the directory is another process's by now; told once. */
  #isShared = false;
  #turn: NodeJS.Immediate | undefined;
  #timer: Timer | undefined;
  #takeBack: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  /** See {@link LogFiles.open}. */
  constructor(terms: LogFilesTerms, dir: string, lock: DirectoryLock) {
    const { clock, remind, told, wallNow, prefix, retentionMs, maxBytes } = terms;
    this.#terms = terms;
    this.#dir = dir;
    this.#lock = lock;
    this.#writes = new HeldWrites({ clock, remind, told, remade: () => void this.#lock.renew() });
    const inUse = (): ReadonlySet<string> => this.#writes.paths;
    this.#sweep = new Sweep({ dir, prefix, retentionMs, maxBytes, wallNow, inUse, told });
  }

  /**
   * Resolves when lines can be written and nothing overdue is left, or to who has the directory. Rejects where the directory cannot be made
   * or written to.
   */
  static async open(terms: LogFilesTerms): Promise<LogFiles | DirectoryBusy> {
    const dir = resolve(terms.dir);
    makeFolder(dir);
    const lock = await DirectoryLock.take(dir);
    if ('busy' in lock) return lock;
    try {
      const files = new LogFiles(terms, dir, lock);
      await files.#begin();
      return files;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The file that lines go to from now; it is there once something was written. */
  get current(): string | undefined {
    return this.#writes.path;
  }

  /** Lines that wait for a fault to end. */
  get held(): number {
    return this.#writes.held;
  }

  /** Lines that are in no file and never will be. */
  get dropped(): number {
    return this.#writes.dropped;
  }

  /** Bytes of the current hour's records: in its file, or about to be. */
  get bytes(): number {
    return this.#bytes + this.#page.bytes;
  }

  /** Takes whole records, each with its newline. What comes after `close` counts as dropped. */
  write(records: string, count: number): void {
    if (this.#page.write(records, count)) this.#took();
    else {
      this.flush();
      if (this.#page.write(records, count)) this.#took();
      else this.#hand({ bytes: Buffer.from(records), count });
    }
  }

  /** Takes one record, and gives its length in bytes. */
  put(record: RecordBytes): number {
    const length = this.#page.put(record);
    if (length !== undefined) {
      this.#took();
      return length;
    }
    const { text } = record;
    this.write(text, 1);
    return Buffer.byteLength(text);
  }

  /** Hands over what was taken, now. */
  flush(): void {
    if (this.#page.count > 0) this.#hand();
  }

  #took(): void {
    if (this.#page.isFull) this.flush();
    else this.#turn ??= setImmediate(this.#endTurn);
  }

  #hand(large?: Batch): void {
    const hasBegun = this.#rollOver();
    const { bytes, count } = large ?? this.#page.take();
    // Whoever is told of a fault may write in turn. What is on the page is written by then, or copied.
    this.#writes.write(bytes, count);
    this.#bytes += bytes.length;
    this.#unswept += bytes.length;
    // Afterwards: whoever reads the folder needs a descriptor, and the file came first.
    if (hasBegun) this.#tidy();
    else if (this.#unswept * SWEPT_PART > (this.#terms.maxBytes ?? Number.POSITIVE_INFINITY)) void this.#sweepOurs();
  }

  /** Writes what it can, stops packing, and leaves the directory to others. What cannot be written now is told as lost. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #begin(): Promise<void> {
    this.#names = await WinstonFiles.open(this.#terms.prefix, (name) => this.#begun(name));
    await this.#sweep.purge();
    this.#takeBack = atExit(() => {
      this.flush();
      // What cannot be written now never will be, which is said.
      this.#writes.close();
    });
    this.#tidy();
  }

  async #end(): Promise<void> {
    this.flush();
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#timer?.cancel();
    this.#writes.close();
    this.#takeBack?.();
    await this.#sweep.stop();
    await this.#names?.close();
    await this.#lock.release();
  }

  get #isClosed(): boolean {
    return this.#closed !== undefined;
  }

  readonly #endTurn = (): void => {
    this.#turn = undefined;
    this.flush();
  };

  /** Begins the next file if it is time to; says whether it has. */
  #rollOver(): boolean {
    if (this.#isClosed || hourOf(this.#terms.wallNow()) === this.#hour) return false;
    const before = this.#hour;
    this.#names?.look();
    return this.#hour !== before;
  }

  #begun(name: string): void {
    this.#hour = named(name, this.#terms.prefix)?.hour ?? NaN;
    const path = join(this.#dir, name);
    // A restart goes on in the same file.
    this.#bytes = bytesIn(path);
    this.#writes.switchTo(path);
  }

  /** Sweeps, and will again when the next hour begins, whether anything is written by then or not. */
  #tidy(): void {
    this.#wake(this.#untilNextHour());
    void this.#sweepOurs();
  }

  async #sweepOurs(): Promise<void> {
    this.#unswept = 0;
    const isOurs = await this.#lock.renew();
    if (this.#isClosed) return;
    if (!isOurs && !this.#isShared) this.#terms.told({ kind: 'shared', path: this.#dir });
    this.#isShared = !isOurs;
    if (!isOurs) return;
    if (!(await this.#sweep.run())) this.#again();
  }

  #again(): void {
    if (!this.#isClosed) this.#wake(Math.min(AGAIN_MS, this.#untilNextHour()));
  }

  #untilNextHour(): number {
    const now = this.#terms.wallNow();
    return Math.max(SOONEST_MS, hourOf(now) + HOUR_MS - now);
  }

  #wake(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#terms.remind(ms, () => {
      this.#timer = undefined;
      this.#rollOver();
      this.#tidy();
    });
  }
}

function bytesIn(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // Not there, or not to be reached: what is written next says so.
    return 0;
  }
}
