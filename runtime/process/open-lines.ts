import { KeptLines } from '../logs/kept-lines.js';
import type { LogLine } from '../logs/log-line.js';
import { type OpenEntries, type ReadLine, threadOf } from '../logs/read-line.js';

/**
 * Lines of a host's threads that have no newline yet, as it has told them last: they are its last words if it dies, and nothing else. One that
 * was completed comes among the lines, and is forgotten by that.
 */
export class OpenLines {
  /** Entries, by thread and by whose they are. */
  readonly #threads = new Map<string, Map<string, string>>();

  /** Takes what is open in a thread now, if that was told, and then the lines that came after it. */
  heard(open: OpenEntries | undefined, entries: readonly string[]): void {
    if (open !== undefined) this.#replace(open);
    if (this.#threads.size === 0) return;
    new KeptLines(entries).drain((line) => {
      if (line.source !== 'log') this.#threads.get(threadOf(line))?.delete(ownerOf(line));
    });
  }

  /** All of them, which are then nowhere else. */
  take(): string[] {
    const entries = [...this.#threads.values()].flatMap((open) => [...open.values()]);
    this.#threads.clear();
    return entries;
  }

  #replace(open: OpenEntries): void {
    const kept = new Map<string, string>();
    new KeptLines(open.entries).drain((line: ReadLine) => kept.set(ownerOf(line), line.entry()));
    if (kept.size === 0) this.#threads.delete(threadOf(open));
    else this.#threads.set(threadOf(open), kept);
  }
}

function ownerOf({ taskId, attempt, source }: LogLine): string {
  return `${taskId ?? ''} ${attempt} ${source}`;
}
