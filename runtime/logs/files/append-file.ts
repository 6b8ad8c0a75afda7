import type * as system from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../clock.js';
import { ownDescriptors } from '../../ledger/own-descriptors.js';
import type { Lines } from './held-lines.js';
import { makeFolder } from './make-folder.js';
import { codeOf } from './sink-notice.js';

/** What the system is asked for. */
export type FileCalls = Pick<
  typeof system,
  'closeSync' | 'fstatSync' | 'ftruncateSync' | 'mkdirSync' | 'openSync' | 'readSync' | 'statSync' | 'writeSync'
>;

/** What a file is opened with. */
export interface AppendTerms {
  readonly files: FileCalls;
  readonly clock: Pick<Clock, 'now'>;
  /** The directory was gone and has been made anew. */
  readonly remade: () => void;
  /** Whether what is written next goes on in the middle of a line that a file of this inode ends with. */
  readonly goesOnIn: (inode: number) => boolean;
}

/** How often it is looked whether the path still leads to the file that is open. */
const LOOK_MS = 1_000;
const NEWLINE = 10;

/** A file that lines are appended to, open. */
export class AppendFile {
  readonly path: string;
  readonly inode: number;
  readonly #fd: number;
  readonly #terms: AppendTerms;
  /** Whether the file system tells how many names a file has. */
  readonly #countsNames: boolean;
  #lookedAt: number;

  /**
   * Makes it, and its directory, where they are missing.
   *
   * @throws what the system answers
   */
  constructor(path: string, terms: AppendTerms) {
    const { files, clock, goesOnIn } = terms;
    this.path = path;
    this.#terms = terms;
    this.#fd = openOrMake(path, terms);
    ownDescriptors.add(this.#fd);
    this.#lookedAt = clock.now();
    try {
      const { ino, nlink, size } = files.fstatSync(this.#fd);
      this.inode = ino;
      this.#countsNames = nlink > 0;
      if (size > 0 && !goesOnIn(ino)) this.#endLine(size);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether nothing is in it. */
  get isEmpty(): boolean {
    return this.#terms.files.fstatSync(this.#fd).size === 0;
  }

  /** Whether nobody can read it any more. Asked after a write, there is no moment in between. */
  get isGone(): boolean {
    return this.#countsNames && this.#terms.files.fstatSync(this.#fd).nlink === 0;
  }

  /** Whether the path leads elsewhere by now: the file or its directory was renamed, or put in another's place. */
  hasMoved(): boolean {
    const { clock, files } = this.#terms;
    const now = clock.now();
    if (now - this.#lookedAt < LOOK_MS) return false;
    this.#lookedAt = now;
    try {
      return files.statSync(this.path).ino !== this.inode;
    } catch {
      return true;
    }
  }

  /** Writes what is left of them; they know how much that is, also where it fails. */
  append(lines: Lines): void {
    try {
      this.#append(lines);
    } catch (error) {
      this.#takeBackTorn(lines);
      throw error;
    }
  }

  close(): void {
    ownDescriptors.delete(this.#fd);
    try {
      this.#terms.files.closeSync(this.#fd);
    } catch {
      // The descriptor is gone whatever is answered, and what was written is the system's. A disk that fails now fails the next write, too.
    }
  }

  #append(lines: Lines): void {
    while (lines.at < lines.bytes.length) {
      const written = this.#terms.files.writeSync(this.#fd, lines.bytes, lines.at, lines.bytes.length - lines.at);
      if (written === 0) throw new Error('The system took nothing and gave no reason');
      lines.at += written;
    }
  }

  /** Takes back the half of a line that a full disk had room for: whoever reads the file meanwhile finds whole ones. */
  #takeBackTorn(lines: Lines): void {
    const whole = lines.at === 0 ? 0 : lines.bytes.lastIndexOf(NEWLINE, lines.at - 1) + 1;
    const torn = lines.at - whole;
    if (torn === 0) return;
    try {
      const { size } = this.#terms.files.fstatSync(this.#fd);
      if (size < torn) return;
      this.#terms.files.ftruncateSync(this.#fd, size - torn);
      lines.at = whole;
    } catch {
      // It stays, and goes on there when there is room again.
    }
  }

  /** A process that was killed may have left half a line. */
  #endLine(size: number): void {
    const { files } = this.#terms;
    const last = Buffer.alloc(1);
    const read = files.readSync(this.#fd, last, 0, 1, size - 1);
    if (read === 1 && last[0] !== NEWLINE) files.writeSync(this.#fd, '\n');
  }
}

function openOrMake(path: string, { files, remade }: AppendTerms): number {
  try {
    return files.openSync(path, 'a+');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    makeFolder(dirname(path), files);
    const fd = files.openSync(path, 'a+');
    remade();
    return fd;
  }
}
