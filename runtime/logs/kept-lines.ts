import { Buffer } from 'node:buffer';
import { type EntryMemory, type Lines, ReadLine } from './read-line.js';

/** Entries up to this size are read in memory that is used again, in which they lie one behind the other. */
const USUAL_BYTES = 2 ** 14;

/** Lines of which the entries were kept, each by itself or some in one. */
export class KeptLines implements Lines {
  readonly #entries: readonly string[];

  constructor(entries: readonly string[]) {
    this.#entries = entries;
  }

  /** How many texts there are. */
  get size(): number {
    return this.#entries.length;
  }

  drain(take: (line: ReadLine) => void, parting?: () => void): void {
    let reading: Reading | undefined;
    for (const entries of this.#entries) {
      if (reading?.hasRoom(entries) !== true) {
        parting?.();
        if (reading === undefined || entries.length > reading.size)
          reading = new Reading(Math.max(USUAL_BYTES, entries.length));
        else reading.clear();
      }
      reading.read(entries, take);
    }
    parting?.();
  }
}

/** Reads entries from memory of its own. */
class Reading {
  readonly size: number;
  readonly #memory: Buffer;
  readonly #line: ReadLine;
  #end = 0;

  constructor(bytes: number) {
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const memory = new ArrayBuffer(size);
    this.size = size;
    this.#memory = Buffer.from(memory);
    const views: EntryMemory = {
      size,
      ints: new Int32Array(memory),
      floats: new Float64Array(memory),
      bytes: new Uint8Array(memory),
    };
    this.#line = new ReadLine(views);
  }

  /** Whether entries find room behind those that are there. */
  hasRoom(entries: string): boolean {
    return this.#end + entries.length <= this.size;
  }

  /** Those that are there are not wanted any more. */
  clear(): void {
    this.#end = 0;
  }

  /** Lays entries behind those that are there, and reads them. */
  read(entries: string, take: (line: ReadLine) => void): void {
    let at = this.#end;
    this.#end += entries.length;
    this.#memory.write(entries, at, 'latin1');
    while (at < this.#end) {
      at = this.#line.read(at);
      take(this.#line);
    }
  }
}

/** Bytes of what a line says, as they are counted where it is dropped. */
export function textBytesOf(line: ReadLine): number {
  const { plain, fields = '' } = line;
  return (plain?.length ?? Buffer.byteLength(line.text)) + Buffer.byteLength(fields);
}
