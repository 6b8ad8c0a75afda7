import { shortPath } from '../render/places.js';
import { plural } from '../render/units.js';
import type { LogFile } from './log-files.js';

/** What was wrong with the files, told once at the end instead of in the middle of what was asked for. */
export class Faults {
  readonly #noRecords = new Map<string, number>();
  readonly #torn = new Set<string>();
  readonly #unreadable = new Map<string, string>();

  /** Counts lines that are no records. */
  readonly countNoRecords = (file: LogFile, lines: number): void => {
    if (lines > 0) this.#noRecords.set(file.path, (this.#noRecords.get(file.path) ?? 0) + lines);
  };

  /** Notes a file that could not be read to its end; the first reason stands. */
  readonly noteUnreadable = (file: LogFile, reason: string): void => {
    if (!this.#unreadable.has(file.path)) this.#unreadable.set(file.path, reason);
  };

  /** Notes a file whose last line is not finished. */
  noteTorn(file: LogFile): void {
    this.#torn.add(file.path);
  }

  /** Whether there are files of which something was not read. */
  get areUnread(): boolean {
    return this.#unreadable.size > 0;
  }

  /** A sentence for each file. */
  sentences(cwd: string): string[] {
    const noRecords = [...this.#noRecords].map(([path, lines]) => {
      return `${plural(lines, 'line')} of ${shortPath(path, cwd)} ${lines === 1 ? 'is no record' : 'are no records'}`;
    });
    const torn = [...this.#torn].map((path) => `the last line of ${shortPath(path, cwd)} is not finished`);
    const unreadable = [...this.#unreadable].map(([path, reason]) => `cannot read ${shortPath(path, cwd)}: ${reason}`);
    return [...noRecords, ...torn, ...unreadable];
  }
}
