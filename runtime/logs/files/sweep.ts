import { lstat, readdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compress, finish } from './compress.js';
import { HOUR_MS, type ListedFile, named, overdue, overweight, PART, type RetentionTerms, WHOLE } from './retention.js';
import { codeOf, type FileKept, messageOf, type SinkNotice } from './sink-notice.js';

/** What a sweep works with. */
export interface SweepTerms {
  readonly dir: string;
  readonly prefix: string;
  readonly retentionMs: number;
  /** How large all files together may be, in bytes; undefined for any size. */
  readonly maxBytes: number | undefined;
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number;
  /** Paths of files that may still be written to. */
  readonly inUse: () => ReadonlySet<string>;
  readonly told: (notice: SinkNotice) => void;
}

interface SweptFile extends ListedFile {
  /** Nothing else is packed: a link leads to what is not ours, and a pipe would be waited for. */
  readonly isFile: boolean;
}

/**
 * Keeps a directory in order: removes what is overdue, packs the hours that are over, and removes the oldest when all together are too
 * large. What is there decides, not what somebody remembers to have written; files that are not named like ours are not touched. What cannot
 * be done is told once and tried again each time.
 */
export class Sweep {
  readonly #terms: SweepTerms;
  readonly #told = new Map<string, string>();
  readonly #stop = new AbortController();
  #running: Promise<boolean> | undefined;
  #again = false;

  constructor(terms: SweepTerms) {
    this.#terms = terms;
  }

  /** Ends what an earlier process had begun and removes what is overdue. False where the directory could not be read. */
  async purge(): Promise<boolean> {
    const before = await this.#list();
    if (before === undefined) return false;
    this.#forgetGone(before);
    const begun = before.flatMap(({ name }) =>
      [PART, WHOLE].filter((end) => name.endsWith(end)).map((end) => name.slice(0, -end.length)),
    );
    for (const name of new Set(begun)) await this.#attempt('compress', name, () => finish(this.#path(name)));
    const files = begun.length === 0 ? before : await this.#list();
    if (files === undefined) return false;
    await this.#remove(overdue(files, this.#retention()));
    return true;
  }

  /** All of it. One at a time: a call during a sweep has it go round once more. False where the directory could not be read. */
  run(): Promise<boolean> {
    if (this.#running !== undefined) this.#again = true;
    this.#running ??= this.#rounds();
    return this.#running;
  }

  /** Breaks off, and resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #rounds(): Promise<boolean> {
    try {
      let wasRead: boolean;
      do {
        this.#again = false;
        wasRead = await this.#round();
      } while (this.#wantsMore());
      return wasRead;
    } finally {
      // In the step that decides that there is no more: who comes after that begins anew.
      this.#running = undefined;
    }
  }

  #wantsMore(): boolean {
    return this.#again && !this.#isStopped;
  }

  async #round(): Promise<boolean> {
    if (!(await this.purge())) return false;
    const files = await this.#list();
    if (files === undefined) return false;
    // What is overdue and still there could not be removed, which is told; it is not packed as well.
    const due = new Set(overdue(files, this.#retention()));
    for (const { name, isFile } of files) {
      if (this.#isStopped) return true;
      if (isFile && this.#isOver(name) && !due.has(name)) await this.#compress(name);
    }
    const { maxBytes } = this.#terms;
    if (maxBytes === undefined || this.#isStopped) return true;
    // Packed files are a small part of what they were: listed again, far fewer have to go.
    const packed = await this.#list();
    if (packed === undefined) return false;
    await this.#remove(overweight(packed, maxBytes, this.#retention()));
    return true;
  }

  /** Whether it is a plain file of an hour that has passed. One of a later hour is left by a clock that was ahead; it is written to again. */
  #isOver(name: string): boolean {
    const file = named(name, this.#terms.prefix);
    return file?.suffix === '' && file.hour + HOUR_MS <= this.#terms.wallNow() && this.#isFree(name);
  }

  #isFree(name: string): boolean {
    return !this.#terms.inUse().has(this.#path(name));
  }

  async #compress(name: string): Promise<void> {
    const isFree = (): boolean => this.#isFree(name);
    const putAside = (path: string, why: unknown): void => {
      const [code, message] = [codeOf(why), messageOf(why)];
      this.#tell(`read ${basename(path)}`, { kind: 'kept', path, wanted: 'read', code, message });
    };
    await this.#attempt('compress', name, async () => {
      await compress(this.#path(name), { isFree, putAside, signal: this.#stop.signal });
    });
  }

  async #remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.#isStopped) return;
      await this.#attempt('remove', name, () => unlink(this.#path(name)));
    }
  }

  #retention(): RetentionTerms {
    const { prefix, retentionMs, wallNow, inUse } = this.#terms;
    const names = [...inUse()].map((path) => basename(path));
    return { prefix, retentionMs, now: wallNow(), inUse: new Set(names) };
  }

  /** Our files; undefined where the directory cannot be read. One that is not there is an empty one. */
  async #list(): Promise<SweptFile[] | undefined> {
    let files: SweptFile[] | undefined;
    const isListed = await this.#attempt('list', '', async () => {
      const names = (await readdir(this.#terms.dir)).filter((name) => named(name, this.#terms.prefix) !== undefined);
      files = (await Promise.all(names.map((name) => this.#measure(name)))).flat();
    });
    return isListed ? (files ?? []) : undefined;
  }

  async #measure(name: string): Promise<SweptFile[]> {
    try {
      const stat = await lstat(this.#path(name));
      return [{ name, bytes: stat.size, isFile: stat.isFile() }];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Whether it was done, by us or by somebody else. */
  async #attempt(wanted: FileKept['wanted'], name: string, work: () => Promise<void>): Promise<boolean> {
    const key = `${wanted} ${name}`;
    try {
      await work();
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ENOENT') {
        if (!this.#isStopped)
          this.#tell(key, { kind: 'kept', path: this.#path(name), wanted, code, message: messageOf(error) });
        return false;
      }
    }
    this.#told.delete(key);
    return true;
  }

  #tell(key: string, notice: FileKept): void {
    if (this.#told.get(key) === notice.code) return;
    this.#told.set(key, notice.code);
    this.#terms.told(notice);
  }

  /** What is not there any more may be told again should it come back. */
  #forgetGone(files: readonly ListedFile[]): void {
    const names = new Set(files.map(({ name }) => name));
    for (const key of this.#told.keys()) {
      const name = key.slice(key.indexOf(' ') + 1);
      if (name !== '' && !names.has(name)) this.#told.delete(key);
    }
  }

  #path(name: string): string {
    return join(this.#terms.dir, name);
  }
}
