import fs from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { fstatSync, readlinkSync, statSync } from './native-fs.js';
import { replace } from './replace.js';
import { FILE_FRAMES, type Site } from './site.js';
import { type FileStream, type Streams, useOf } from './streams.js';

/** Which file a descriptor stands for. */
interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/**
 * An open file, by number. The number may be closed by somebody who is not seen (a socket or terminal made from it), and be another file's
 * afterwards: so before anything is said or closed, device and inode are compared. Reading them at every opening would cost as much as the
 * opening, so they are read then only for tasks under suspicion; for others the first look compares with what the path leads to, or with
 * what the kernel says the number stands for.
 */
export class FileHolding extends Holding {
  readonly resource = 'file';
  readonly #path: unknown;
  #identity: Identity | undefined;
  #stream: WeakRef<FileStream> | undefined;

  constructor(attempt: Attempt | undefined, site: Site | undefined, path: unknown) {
    super(attempt, site);
    this.#path = path;
  }

  /** Takes down which file it is, so that it can be told from whatever gets its number later. */
  identify(): void {
    this.#identity = identityOf(this.fd);
  }

  override name(): string | null {
    return linkOf(this.fd) ?? textOf(this.#path);
  }

  override isOpen(): boolean {
    const found = identityOf(this.fd);
    if (found === undefined) return false;
    this.#identity ??= this.#isWhatPathSays(found) ? found : undefined;
    return this.#identity !== undefined && this.#identity.dev === found.dev && this.#identity.ino === found.ino;
  }

  override use(): Use {
    const stream = this.#stream?.deref();
    return stream === undefined ? 'idle' : useOf(stream);
  }

  /** It is a stream's, which closes it. */
  belongsTo(stream: FileStream): void {
    this.#stream = new WeakRef(stream);
  }

  /**
   * Not by number, while code of an attempt that was given up may still use or close that number: it would be somebody else's by then. Node
   * closes it with the thread, once no code can run there any more.
   */
  override close(): Promise<void> | void {
    return undefined;
  }

  #isWhatPathSays(found: Identity): boolean {
    const path = textOf(this.#path);
    if (path === null) return false;
    const there = placeOf(path);
    if (there?.dev === found.dev && there.ino === found.ino) return true;
    return linkOf(this.fd) === path;
  }
}

/** Follows what is opened and closed by number. */
export function trackFiles(ledger: Ledger, streams: Streams): void {
  trackOpen(ledger, streams);
  replace(fs, 'openSync', (native) => {
    // Named parameters instead of a rest: this is the hot path of whoever opens many files.
    function openSync(path: fs.PathLike, flags?: fs.OpenMode, mode?: fs.Mode | null): number {
      const fd = native(path, flags as fs.OpenMode, mode);
      const attempt = currentAttempt();
      enterFile(ledger, fd, attempt, path, ledger.site(attempt, openSync, FILE_FRAMES));
      return fd;
    }
    return openSync;
  });
  replace(fs, 'closeSync', (native) => {
    function tracked(this: unknown, fd: number): void {
      ledger.closing(fd);
      native(fd);
    }
    return tracked;
  });
  replace(fs, 'close', (native) => {
    function tracked(this: unknown, fd: number, done?: (error?: NodeJS.ErrnoException | null) => void): void {
      // With anything else for a callback nothing is closed: Node throws.
      if (done === undefined || typeof done === 'function') ledger.closing(fd);
      if (done === undefined) native(fd);
      else native(fd, done);
    }
    return tracked;
  });
}

type Open = (...args: unknown[]) => unknown;

function trackOpen(ledger: Ledger, streams: Streams): void {
  replace(fs as unknown as { open: Open }, 'open', (native) => {
    function open(this: unknown, ...args: unknown[]): unknown {
      const done = args.at(-1);
      // Refuses it, in its own words.
      if (typeof done !== 'function') return Reflect.apply(native, this, args);
      if (ledger.calls.gate === 'shut') return undefined;
      const attempt = currentAttempt();
      const stream = streams.opening;
      const site = stream === undefined ? ledger.site(attempt, open, FILE_FRAMES) : streams.siteOf(stream);
      const back = ledger.calls.openingBack(attempt, done as (error: Error | null, fd: number) => void, (fd) => {
        const holding = enterFile(ledger, fd, attempt, args[0], site);
        if (stream !== undefined) holding.belongsTo(stream);
      });
      const result = Reflect.apply(native, this, [...args.slice(0, -1), back]);
      ledger.calls.began(attempt);
      return result;
    }
    return open;
  });
}

/** Enters a file that has just been opened. */
export function enterFile(
  ledger: Ledger,
  fd: number,
  attempt: Attempt | undefined,
  path: unknown,
  site: Site | undefined,
): FileHolding {
  const holding = new FileHolding(attempt, site, path);
  holding.fd = fd;
  if (ledger.isSuspect(attempt)) holding.identify();
  ledger.add(holding);
  return holding;
}

function identityOf(fd: number): Identity | undefined {
  try {
    return fstatSync(fd);
  } catch {
    // Not open any more.
    return undefined;
  }
}

/** What a path leads to now; undefined when it leads nowhere. */
function placeOf(path: string): Identity | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** What the kernel says a descriptor stands for; undefined where it does not tell. */
export function linkOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}

/** A path as it was given to node:fs, as text. */
export function textOf(path: unknown): string | null {
  if (typeof path === 'string') return resolve(path);
  if (path instanceof URL) return fileURLToPath(path);
  return Buffer.isBuffer(path) ? resolve(path.toString()) : null;
}
