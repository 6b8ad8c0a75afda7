import { Buffer } from 'node:buffer';

/** A record that makes its bytes itself, where they are to lie. */
export interface RecordBytes {
  /** The record, its newline included. */
  readonly text: string;
  /** Lays it down, and gives the place behind it; undefined where it has to be taken as text, whatever it has laid down until then. */
  lay(page: Buffer, from: number): number | undefined;
}

/** Whole records. */
export interface Batch {
  readonly bytes: Buffer;
  readonly count: number;
}

/** How much is written at once. */
const BATCH_BYTES = 65_536;
/** Bytes of UTF-8 that a unit of text takes at most. */
const BYTES_PER_UNIT = 3;
/** It is full with the first record that makes it long enough; most are far shorter than the rest of it. */
const PAGE_BYTES = 4 * BATCH_BYTES;

/** Where records become bytes. Memory of its own for each batch would be given by the system and taken back each time. */
export class RecordPage {
  #memory: Buffer | undefined;
  #end = 0;
  #count = 0;

  /** Records on it. */
  get count(): number {
    return this.#count;
  }

  /** Bytes on it. */
  get bytes(): number {
    return this.#end;
  }

  /** Whether there is enough on it to be written. */
  get isFull(): boolean {
    return this.#end >= BATCH_BYTES;
  }

  /** Takes whole records, if there is room for them. */
  write(records: string, count: number): boolean {
    if (records.length * BYTES_PER_UNIT > PAGE_BYTES - this.#end) return false;
    this.#end += this.#page().write(records, this.#end);
    this.#count += count;
    return true;
  }

  /** Takes one record, and gives its length; undefined where it has to be taken as text. */
  put(record: RecordBytes): number | undefined {
    const from = this.#end;
    const end = record.lay(this.#page(), from);
    if (end === undefined) return undefined;
    this.#end = end;
    this.#count++;
    return end - from;
  }

  /** What is on it, and stays there until something else is taken: it is empty now. */
  take(): Batch {
    const batch = { bytes: this.#page().subarray(0, this.#end), count: this.#count };
    this.#end = this.#count = 0;
    return batch;
  }

  #page(): Buffer {
    return (this.#memory ??= Buffer.allocUnsafeSlow(PAGE_BYTES));
  }
}
