import { type FileHandle, open, stat } from 'node:fs/promises';
import { hasCode } from '../commands/has-code.js';
import { blocksOf } from './blocks.js';
import type { Faults } from './faults.js';
import type { Filter } from './filter.js';
import type { LogFile } from './log-files.js';
import { type Found, FoundLines } from './search.js';

const newline = 0x0a;

/**
 * A file that is written while it is read: what comes is read from where the last reading ended, and a line without its newline waits for
 * it. A file that has become shorter is read anew; one that was cut and has grown again in between is not told from one that grew. While the
 * file is held open its end can be read even when it has been removed, as a file is once it is compressed.
 */
export class FollowedFile {
  readonly file: LogFile;
  readonly #filter: Filter;
  readonly #faults: Faults;
  #lines: FoundLines;
  #handle: FileHandle | undefined;
  /** Which file it was that was read; another one may take its name. */
  #inode: number | undefined;
  #at = 0;
  /** How long it was when it was last looked at; -1 before. */
  #size = -1;
  #skipsLine = false;

  constructor(file: LogFile, filter: Filter, faults: Faults) {
    this.file = file;
    this.#filter = filter;
    this.#faults = faults;
    this.#lines = new FoundLines(file, filter, faults);
  }

  /** Leaves out what is there now, without opening the file. */
  async skip(): Promise<void> {
    const found = await statOf(this.file.path);
    this.#inode = found?.ino;
    this.#size = found?.size ?? 0;
    // One byte earlier, so that what comes next begins behind a newline in any case.
    this.#at = Math.max(0, this.#size - 1);
    this.#skipsLine = this.#size > 0;
  }

  /** What has come since the last time. */
  async *read(buffer: Buffer): AsyncGenerator<Found[]> {
    try {
      yield* this.#readNew(buffer);
    } catch (error) {
      // Gone since it was looked at; whoever lists the files finds that out as well.
      if (!hasCode(error, 'ENOENT')) this.#faults.noteUnreadable(this.file, (error as Error).message);
      await this.close();
    }
  }

  async *#readNew(buffer: Buffer): AsyncGenerator<Found[]> {
    yield* this.#readOpen(buffer);
    const found = await statOf(this.file.path);
    if (found === undefined) {
      await this.close();
      return;
    }
    if (found.ino !== this.#inode || found.size < this.#size) await this.#startAnew(found.ino);
    if (this.#handle || found.size === this.#size) return;
    this.#size = found.size;
    this.#handle = await open(this.file.path);
    yield* this.#readOpen(buffer);
  }

  /** Holds the file open no longer; it is opened again when there is more in it. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async *#readOpen(buffer: Buffer): AsyncGenerator<Found[]> {
    if (!this.#handle || (await this.#handle.stat()).size < this.#at) return;
    for await (const block of blocksOf(this.#handle, buffer, this.#at)) {
      this.#at += block.length;
      this.#size = this.#at;
      const found = this.#lines.push(this.#withoutSkipped(block));
      if (found.length > 0) yield found;
    }
  }

  #withoutSkipped(block: Buffer): Buffer {
    if (!this.#skipsLine) return block;
    const end = block.indexOf(newline);
    this.#skipsLine = end === -1;
    return end === -1 ? block.subarray(block.length) : block.subarray(end + 1);
  }

  async #startAnew(inode: number): Promise<void> {
    await this.close();
    this.#inode = inode;
    this.#at = 0;
    this.#size = -1;
    this.#skipsLine = false;
    this.#lines = new FoundLines(this.file, this.#filter, this.#faults);
  }
}

async function statOf(path: string): Promise<{ ino: number; size: number } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
