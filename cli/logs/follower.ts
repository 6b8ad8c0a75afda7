import { blockLength } from './blocks.js';
import type { Faults } from './faults.js';
import type { Filter } from './filter.js';
import { FollowedFile } from './followed-file.js';
import { type LogFile, listLogFiles, mayHoldSince } from './log-files.js';
import { Recent } from './recent.js';
import { type Found, Search } from './search.js';
import { Tail } from './tail.js';

/** What is followed. */
export interface Followed {
  readonly directory: string;
  readonly filter: Filter;
  readonly faults: Faults;
  /** Which of the files. */
  readonly chooses: (file: LogFile) => boolean;
  /** How many of the records that are there at the start are told, unless a time is asked for. */
  readonly tail: number;
}

/** Reads what is written to a directory of logs: new lines, new files, files that take the place of others. */
export class Follower {
  readonly #followed: Followed;
  readonly #buffer = Buffer.allocUnsafe(blockLength);
  readonly #files = new Map<string, FollowedFile>();
  readonly #recent = new Recent();

  constructor(followed: Followed) {
    this.#followed = followed;
  }

  /** What is there: from the time that is asked for, or else the last few records. */
  async *history(): AsyncGenerator<Found[]> {
    if (this.#followed.filter.wanted.since === undefined) yield await this.#last();
    else yield* this.#sinceThen(this.#followed.filter.wanted.since);
  }

  /** What has come since the last look. */
  async *look(): AsyncGenerator<Found[]> {
    const files = this.#list().filter(({ isCompressed }) => !isCompressed);
    const listed = new Set(files.map(({ path }) => path));
    for (const [path, followed] of this.#files) {
      if (listed.has(path)) continue;
      // Held open until now, or read to its end before.
      yield* this.#newOf(followed);
      await followed.close();
      this.#files.delete(path);
    }
    for (const file of files) {
      const followed = this.#follow(file);
      yield* this.#newOf(followed);
      if (!isNewest(file, files)) await followed.close();
    }
  }

  async close(): Promise<void> {
    for (const followed of this.#files.values()) await followed.close();
  }

  async *#sinceThen(since: number): AsyncGenerator<Found[]> {
    const search = this.#search();
    for (const file of this.#list()) {
      if (!mayHoldSince(file, since)) {
        if (!file.isCompressed) await this.#follow(file).skip();
      } else if (!file.isCompressed) yield* this.#newOf(this.#follow(file));
      else for await (const found of search.in(file)) yield this.#recent.passNew(found);
    }
  }

  /** What is not compressed is read in any case, as that is what will be written; the others only as far as that is not enough. */
  async #last(): Promise<Found[]> {
    const tail = new Tail(this.#followed.tail);
    const files = this.#list();
    for (const file of files) {
      if (file.isCompressed) continue;
      for await (const found of this.#newOf(this.#follow(file))) for (const one of found) tail.add(one);
    }
    const search = this.#search();
    for (const file of files.toReversed()) {
      if (tail.isFull) break;
      if (!file.isCompressed) continue;
      for await (const found of search.in(file)) for (const one of this.#recent.passNew(found)) tail.add(one);
    }
    return tail.all;
  }

  async *#newOf(followed: FollowedFile): AsyncGenerator<Found[]> {
    for await (const found of followed.read(this.#buffer)) yield this.#recent.passNew(found);
  }

  #list(): LogFile[] {
    return listLogFiles(this.#followed.directory).files.filter(this.#followed.chooses);
  }

  #follow(file: LogFile): FollowedFile {
    const known = this.#files.get(file.path);
    if (known) return known;
    const followed = new FollowedFile(file, this.#followed.filter, this.#followed.faults);
    this.#files.set(file.path, followed);
    return followed;
  }

  #search(): Search {
    return new Search(this.#followed.filter, this.#followed.faults);
  }
}

/** The one that is written at present is held open; the others would add up to hundreds. */
function isNewest(file: LogFile, files: readonly LogFile[]): boolean {
  return !files.some(({ kind, hour }) => kind === file.kind && hour > file.hour);
}
