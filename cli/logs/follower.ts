import { blockLength } from './blocks.js';
import type { Faults } from './faults.js';
import type { Filter } from './filter.js';
import { FollowedFile } from './followed-file.js';
import { byHour, hourByHour } from './hour-by-hour.js';
import { inOrder, type Source } from './in-order.js';
import { type LogFile, listLogFiles, mayHoldSince } from './log-files.js';
import { Recent } from './recent.js';
import { RepeatedHeads } from './repeated-heads.js';
import { type Found, Search } from './search.js';
import { sorted } from './sorted.js';
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
  /** Tells the heads of incidents also where what they say was told. */
  readonly tellsHeads: boolean;
}

/**
 * Reads what is written to a directory of logs: new lines, new files, files that take the place of others. What is there at one look is told
 * in the order of its time, as far as a window goes; what is written later is told later, whatever its time.
 */
export class Follower {
  readonly #followed: Followed;
  readonly #buffer = Buffer.allocUnsafe(blockLength);
  readonly #files = new Map<string, FollowedFile>();
  readonly #recent = new Recent();
  readonly #heads: RepeatedHeads | undefined;

  constructor(followed: Followed) {
    this.#followed = followed;
    this.#heads = followed.tellsHeads ? undefined : new RepeatedHeads();
  }

  /** What is there: from the time that is asked for, or else the last few records. */
  async *history(): AsyncGenerator<Found[]> {
    const { since } = this.#followed.filter.wanted;
    if (since === undefined) yield await this.#last();
    else yield* this.#sinceThen(since);
  }

  /** What has come since the last look. */
  async *look(): AsyncGenerator<Found[]> {
    const files = this.#list().filter(({ isCompressed }) => !isCompressed);
    const listed = new Set(files.map(({ path }) => path));
    // Held open until now, or read to their end before.
    const gone = [...this.#files.values()].map(({ file }) => file).filter(({ path }) => !listed.has(path));
    yield* this.#inOrder([...gone, ...files], (file) => this.#newOf(file));
    for (const { path } of gone) {
      await this.#files.get(path)?.close();
      this.#files.delete(path);
    }
    for (const file of files) if (!isNewest(file, files)) await this.#follow(file).close();
  }

  async close(): Promise<void> {
    for (const followed of this.#files.values()) await followed.close();
  }

  async *#sinceThen(since: number): AsyncGenerator<Found[]> {
    const files = this.#list();
    for (const file of files) {
      if (!mayHoldSince(file, since) && !file.isCompressed) await this.#follow(file).skip();
    }
    const search = this.#search();
    const open = (file: LogFile): Source => (file.isCompressed ? search.in(file) : this.#newOf(file));
    yield* this.#inOrder(
      files.filter((file) => mayHoldSince(file, since)),
      open,
    );
  }

  /** What is not compressed is read in any case, as that is what will be written; the others only as far as that is not enough. */
  async #last(): Promise<Found[]> {
    const tail = new Tail(this.#followed.tail);
    const addAll = async (source: Source): Promise<void> => {
      for await (const found of source) for (const one of found) tail.add(one);
    };
    const files = this.#list();
    const [packed, plain] = [true, false].map((is) => files.filter(({ isCompressed }) => isCompressed === is));
    await addAll(this.#inOrder(plain ?? [], (file) => this.#newOf(file)));
    const search = this.#search();
    for (const hour of byHour(packed ?? []).toReversed()) {
      if (tail.isFull) break;
      await addAll(this.#inOrder(hour, (file) => search.in(file)));
    }
    return tail.all;
  }

  /** What these files hold and was not told, incidents before the app log: their copies say whose they are. */
  async *#inOrder(files: readonly LogFile[], open: (file: LogFile) => Source): AsyncGenerator<Found[]> {
    const of = (kind: LogFile['kind']): Source => {
      const ofKind = files.filter((file) => file.kind === kind);
      return sorted(hourByHour(ofKind, open));
    };
    for await (const found of inOrder([of('incidents'), of('app')])) {
      const fresh = this.#recent.passNew(found);
      yield this.#heads?.passNew(fresh) ?? fresh;
    }
  }

  /** What has come to a file, which stays open. */
  #newOf(file: LogFile): Source {
    return this.#follow(file).read(this.#buffer);
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
