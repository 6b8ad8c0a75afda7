import { blockLength, readBlocks } from './blocks.js';
import type { Faults } from './faults.js';
import { type Filter, tornTime } from './filter.js';
import { LineSearch } from './line-search.js';
import { hourMs, type LogFile } from './log-files.js';
import { type LogRecord, parseRecord } from './record.js';

/** What was found in a file. */
export type Found =
  | { readonly kind: 'record'; readonly file: LogFile; readonly record: LogRecord }
  /** The line that a file ends in, when its writer was killed in the middle of it, or is writing it at this moment. */
  | { readonly kind: 'torn'; readonly file: LogFile; readonly text: string };

/** When it happened. A line that nobody finished says so too, mostly; else it counts as the last of its hour. */
export function timeOf(found: Found): number {
  if (found.kind === 'record') return found.record.at;
  const at = tornTime(found.text);
  return Number.isNaN(at) ? found.file.hour + hourMs - 1 : at;
}

/** Every line of such a block is parsed, so all its records are in memory at once. */
const blockLengthWithoutNeedle = 1024 * 1024;

/** Looks for records in files, through one buffer. */
export class Search {
  readonly #filter: Filter;
  readonly #faults: Faults;
  readonly #buffer: Buffer;
  readonly #read = new Map<string, number>();

  constructor(filter: Filter, faults: Faults) {
    this.#filter = filter;
    this.#faults = faults;
    this.#buffer = Buffer.allocUnsafe(filter.needle === undefined ? blockLengthWithoutNeedle : blockLength);
  }

  /** What is asked for in one file, in its order, block by block. */
  async *in(file: LogFile): AsyncGenerator<Found[]> {
    const lines = new FoundLines(file, this.#filter, this.#faults);
    const reading = { buffer: this.#buffer, onFault: this.#faults.noteUnreadable, read: this.#read };
    for await (const block of readBlocks(file, reading)) {
      const found = lines.push(block);
      if (found.length > 0) yield found;
    }
    const last = lines.end();
    if (last) yield [last];
  }
}

/** The records asked for among the lines of one file, as its blocks come in. */
export class FoundLines {
  readonly #file: LogFile;
  readonly #filter: Filter;
  readonly #faults: Faults;
  readonly #lines: LineSearch;
  #found: Found[] = [];
  #tooLong = 0;

  constructor(file: LogFile, filter: Filter, faults: Faults) {
    this.#file = file;
    this.#filter = filter;
    this.#faults = faults;
    this.#lines = new LineSearch(filter.needle, (line) => this.#take(line));
  }

  push(block: Buffer): Found[] {
    this.#lines.push(block);
    this.#countTooLong();
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** What the file ends in without a newline. All of a record may be there nevertheless. */
  end(): Found | undefined {
    const text = this.#lines.end();
    this.#countTooLong();
    if (text === undefined) return undefined;
    const record = parseRecord(text);
    if (record) return this.#filter.takes(record) ? { kind: 'record', file: this.#file, record } : undefined;
    return this.#filter.mayTake(text) ? { kind: 'torn', file: this.#file, text } : undefined;
  }

  #take(line: string): void {
    const record = parseRecord(line);
    if (!record) this.#faults.countNoRecords(this.#file, 1);
    else if (this.#filter.takes(record)) this.#found.push({ kind: 'record', file: this.#file, record });
  }

  #countTooLong(): void {
    this.#faults.countNoRecords(this.#file, this.#lines.tooLong - this.#tooLong);
    this.#tooLong = this.#lines.tooLong;
  }
}
