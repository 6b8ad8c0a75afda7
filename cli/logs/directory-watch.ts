import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { folders } from './log-files.js';

const fallbackMs = 1000;

/** What a watch tells, and what it watches with. */
export interface WatchRim {
  /** Something may have changed. */
  onChange: () => void;
  /** The system cannot watch this folder; from now on there is a change each second instead. */
  onFallback: (folder: string, reason: string) => void;
  /** `watch` of `node:fs`. */
  watch?: typeof watch;
}

/**
 * Watches a directory of logs, also one that is not there yet, or no more: then the nearest folder above it that is. Nothing is asked of
 * the system while nothing changes.
 */
export class DirectoryWatch {
  readonly #directory: string;
  readonly #rim: WatchRim;
  readonly #watched = new Map<string, { watcher: FSWatcher; inode: number }>();
  #fallback: NodeJS.Timeout | undefined;

  constructor(directory: string, rim: WatchRim) {
    this.#directory = resolve(directory);
    this.#rim = rim;
  }

  /** Watches what there is by now. To be called after each change, before looking what it was. */
  arm(): void {
    // What appears between a look and the watch that was to tell of it is found by one more look.
    while (this.#armOnce()) continue;
  }

  close(): void {
    clearInterval(this.#fallback);
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  /** Whether there is a folder that was not watched before. */
  #armOnce(): boolean {
    const there = this.#folders();
    for (const [folder, { watcher, inode }] of this.#watched) {
      if (there.get(folder) === inode) continue;
      watcher.close();
      this.#watched.delete(folder);
    }
    const fresh = [...there].filter(([folder]) => !this.#watched.has(folder));
    return fresh.filter(([folder, inode]) => this.#watch(folder, inode)).length > 0;
  }

  #watch(folder: string, inode: number): boolean {
    if (this.#fallback) return false;
    try {
      const watcher = (this.#rim.watch ?? watch)(folder, this.#rim.onChange);
      watcher.on('error', (error) => this.#fallBack(folder, error));
      this.#watched.set(folder, { watcher, inode });
      return true;
    } catch (error) {
      // One that is gone again is not missed: the one above it is watched instead.
      if (inodeOf(folder) === inode) this.#fallBack(folder, error as Error);
      return inodeOf(folder) !== inode;
    }
  }

  #fallBack(folder: string, { message }: Error): void {
    if (this.#fallback) return;
    this.#rim.onFallback(folder, message);
    this.#fallback = setInterval(this.#rim.onChange, fallbackMs);
  }

  /** The folders to watch, with what tells each from a later one of its name. */
  #folders(): Map<string, number> {
    const there = new Map<string, number>();
    for (let folder = this.#directory; ; folder = dirname(folder)) {
      const inode = inodeOf(folder);
      if (inode !== undefined) there.set(folder, inode);
      if (inode !== undefined || folder === dirname(folder)) break;
    }
    for (const folder of folders.map((name) => join(this.#directory, name))) {
      const inode = inodeOf(folder);
      if (inode !== undefined) there.set(folder, inode);
    }
    return there;
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    const found = statSync(folder);
    return found.isDirectory() ? found.ino : undefined;
  } catch {
    // What cannot be looked at cannot be watched, for whatever reason; whoever lists its files says which.
    return undefined;
  }
}
