import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mayRun, ownMark, type ProcessMark } from './process-mark.js';
import { codeOf } from './sink-notice.js';

/** Another process, or another part of this one, writes to the directory. */
export interface DirectoryBusy {
  readonly busy: { readonly pid: number };
}

interface Owner extends ProcessMark {
  /** No two locks have the same. */
  readonly id: string;
}

/** The name of the lock. */
const NAME = '.lock';
/** Files that help to take it: a guard is named after the lock it stands for, what is new after whose it is. */
const HELPER = /^\.lock(?:\.(?:[\da-f]{16}|unreadable))+(?:\.new)?$/;
/** How often, and with what pause, it is tried while others are at the same lock. */
const TRIES = 200;
const PAUSE_MS = 5;
/** How many of these tries a lock may say nothing, because it is just being written, before it counts as left behind. */
const BLANK_TRIES = 40;
/** Stands for a lock that says nothing. */
const UNREADABLE: Owner = { pid: 0, started: null, boot: null, id: 'unreadable' };

/**
 * A directory belongs to one writer. The lock is a file that says which process that is; when that process is gone, whoever comes next takes
 * its place. It holds among processes that see each other: not between machines, nor between containers that share a volume.
 */
export class DirectoryLock {
  readonly #path: string;
  readonly #owner: Owner;
  #renewing: Promise<boolean> | undefined;

  /** See {@link DirectoryLock.take}. */
  constructor(path: string, owner: Owner) {
    this.#path = path;
    this.#owner = owner;
  }

  /** The lock, or who has it. Rejects where the directory cannot be written to. */
  static async take(dir: string): Promise<DirectoryLock | DirectoryBusy> {
    const path = join(dir, NAME);
    const owner = { ...ownMark(), id: randomBytes(8).toString('hex') };
    const holder = await acquire(path, owner);
    if (holder !== undefined) return { busy: { pid: holder.pid } };
    removeLeftovers(dir);
    return new DirectoryLock(path, owner);
  }

  /** Whether it is still there, or could be put there again: the directory may have been removed and made anew, or had by others meanwhile. */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Lets the next one in. */
  async release(): Promise<void> {
    await this.#renewing;
    try {
      if (read(this.#path)?.id !== this.#owner.id) return;
    } catch (error) {
      // In a process without a descriptor left nothing can be read. It was ours when it was looked at last.
      if (!['EMFILE', 'ENFILE'].includes(codeOf(error))) return;
    }
    rmSync(this.#path, { force: true });
  }

  async #renew(): Promise<boolean> {
    try {
      return read(this.#path)?.id === this.#owner.id || (await acquire(this.#path, this.#owner)) === undefined;
    } catch {
      // Nothing can be written; nobody else has it for that.
      return true;
    }
  }
}

/** Undefined once the lock is ours; else its holder. */
async function acquire(path: string, owner: Owner): Promise<Owner | undefined> {
  let holder: Owner | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (create(path, owner)) return undefined;
    holder = read(path);
    if (holder === undefined) continue;
    const isLeft = holder === UNREADABLE ? tries >= BLANK_TRIES : !mayRun(holder);
    if (!isLeft && holder !== UNREADABLE) return holder;
    if (isLeft && (await replace(path, holder, owner))) return undefined;
    await pause(PAUSE_MS);
  }
  return holder ?? UNREADABLE;
}

/**
 * Puts our lock in a dead one's place, and says whether that was done. Two that found the same dead lock must not both do so, nor may the
 * slower one replace the faster one's: so each dead lock has a lock of its own, under which it is looked at again. Should its holder die,
 * that one is replaced in the same way.
 */
async function replace(path: string, dead: Owner, owner: Owner): Promise<boolean> {
  const guard = `${path}.${dead.id}`;
  if ((await acquire(guard, owner)) !== undefined) return false;
  try {
    if (read(path)?.id !== dead.id) return false;
    const fresh = writeFresh(path, owner);
    renameSync(fresh, path);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** False where there is one already. It appears with all it says: made under another name, and linked. */
function create(path: string, owner: Owner): boolean {
  const fresh = writeFresh(path, owner);
  try {
    linkSync(fresh, path);
    return true;
  } catch (error) {
    // Somebody swept our fresh one away while it was still empty.
    if (['EEXIST', 'ENOENT'].includes(codeOf(error))) return false;
    return createWithoutLinks(path, owner, error);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** For file systems on which a file has one name. For a moment the lock says nothing then. */
function createWithoutLinks(path: string, owner: Owner, reason: unknown): boolean {
  if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(reason))) throw reason;
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function writeFresh(path: string, owner: Owner): string {
  const fresh = `${path}.${owner.id}.new`;
  writeFileSync(fresh, JSON.stringify(owner));
  return fresh;
}

/** Undefined where there is none. */
function read(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner> | null;
    const { pid, started = null, boot = null, id } = owner ?? {};
    // The identity becomes part of a path.
    return typeof pid === 'number' && id !== undefined && /^[0-9a-f]{16}$/.test(id)
      ? { pid, started, boot, id }
      : UNREADABLE;
  } catch (error) {
    if (error instanceof SyntaxError) return UNREADABLE;
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes what processes left behind that ended while they took the lock. That may be the guard of a dead lock that somebody is about to
 * take over; under it they find that the lock is ours by now. What is gone already its owner has removed.
 */
function removeLeftovers(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (!HELPER.test(name)) continue;
    const path = join(dir, name);
    const holder = read(path);
    if (holder !== undefined && (holder === UNREADABLE || !mayRun(holder))) rmSync(path, { force: true });
  }
}
