import { Buffer } from 'node:buffer';
import type { LineThread } from '../../workers/protocol/log-ring.js';
import { type EntryMemory, type Lines, type LostLines, ReadLine } from './read-line.js';

/** Entries up to this size are read in memory that is used again. */
const USUAL_BYTES = 2 ** 12;

/** Lines of which the entries were kept. */
export class KeptLines implements Lines {
  readonly #entries: readonly string[];

  constructor(entries: readonly string[]) {
    this.#entries = entries;
  }

  drain(take: (line: ReadLine) => void): void {
    let usual: Reading | undefined;
    for (const entry of this.#entries) {
      const reading = entry.length > USUAL_BYTES ? new Reading(entry.length) : (usual ??= new Reading(USUAL_BYTES));
      take(reading.of(entry));
    }
  }
}

/** Reads entries from memory of its own. */
class Reading {
  readonly #memory: Buffer;
  readonly #line: ReadLine;

  constructor(bytes: number) {
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const memory = new ArrayBuffer(size);
    this.#memory = Buffer.from(memory);
    const views: EntryMemory = {
      size,
      ints: new Int32Array(memory),
      floats: new Float64Array(memory),
      bytes: new Uint8Array(memory),
    };
    this.#line = new ReadLine(views);
  }

  of(entry: string): ReadLine {
    this.#memory.write(entry, 'latin1');
    this.#line.read(0);
    return this.#line;
  }
}

/** Lines that are not kept: counted together with what was lost of their thread before. */
export function countedLines(lines: Lines, before: LostLines | undefined): LostLines | undefined {
  let [count, bytes] = [before?.count ?? 0, before?.bytes ?? 0];
  let thread: LineThread | undefined = before;
  lines.drain((line) => {
    const { slot, generation, fields = '' } = line;
    count++;
    bytes += (line.plain?.length ?? Buffer.byteLength(line.text)) + Buffer.byteLength(fields);
    thread ??= { slot, generation };
  });
  return thread && { slot: thread.slot, generation: thread.generation, count, bytes };
}

/** What is kept of lines. */
export function entriesOf(lines: Lines): string[] {
  const entries: string[] = [];
  lines.drain((line) => entries.push(line.entry()));
  return entries;
}
