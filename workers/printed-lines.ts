import { Buffer, isUtf8 } from 'node:buffer';
import { BYTES_PER_UNIT, longestPrefix } from './longest-prefix.js';
import type { OpenText } from './open-place.js';
import { MOST_LINE_BYTES } from './protocol/log-ring.js';

/** Gets lines as they are completed. */
export interface LineTaker {
  line(source: 'stdout' | 'stderr', text: string, isPartial: boolean, isBinary: boolean): void;
}

const NEWLINE = 0x0a;

/**
 * Makes lines of what one attempt prints on one output. How the text is parted into chunks makes no difference to them, be it in the middle
 * of a character.
 *
 * A line that is longer than lines can be comes in pieces. Nothing of it is lost, and no more than one piece is ever held.
 */
export class PrintedLines implements OpenText {
  readonly #taker: LineTaker;
  readonly #source: 'stdout' | 'stderr';
  /** The line that has no newline yet, */
  #text = '';
  /** what of it nobody has taken yet, */
  #added = '';
  /** its bytes, or a few more, once there are so many that it matters, */
  #bytes = 0;
  /** whether something in it was no UTF-8, */
  #isBinary = false;
  /** and the beginning of a character whose end has not come. */
  #begun: Buffer | undefined;

  constructor(taker: LineTaker, source: 'stdout' | 'stderr') {
    this.#taker = taker;
    this.#source = source;
  }

  /** Whether there is a line without its newline. */
  get isHolding(): boolean {
    return this.#text !== '' || this.#begun !== undefined;
  }

  /** The line that has no newline yet, without a character whose end has not come. */
  get held(): string {
    return this.#text;
  }

  /** What was added to it since this was called last. */
  takeAdded(): string {
    const added = this.#added;
    this.#added = '';
    return added;
  }

  /** What the beginning of a character would be read as. */
  get begun(): number {
    return this.#begun === undefined ? 0 : this.#begun.toString('utf8').length;
  }

  /** Whether the line would be called binary, if no newline came any more. */
  get isBinary(): boolean {
    return this.#isBinary || this.#begun !== undefined;
  }

  /** Takes what was printed as text. */
  text(chunk: string): void {
    if (this.#begun !== undefined) this.#giveUpBegun();
    this.#split(chunk);
  }

  /** Takes a text that a newline follows; it may have others in it. */
  whole(line: string): void {
    if (this.isHolding || line.length * BYTES_PER_UNIT > MOST_LINE_BYTES || line.includes('\n') || line.endsWith('\r'))
      this.text(`${line}\n`);
    else this.#emit(line, false);
  }

  /** Takes what was printed as bytes. Nothing of them is kept: who printed them may use their memory again. */
  bytes(chunk: Uint8Array): void {
    const begun = this.#begun;
    this.#begun = undefined;
    const given = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = begun === undefined ? given : Buffer.concat([begun, given]);
    const end = endOfWhole(bytes);
    this.#decode(bytes.subarray(0, end));
    if (end < bytes.length) this.#begun = Buffer.from(bytes.subarray(end));
  }

  /** No newline will come any more. */
  end(): void {
    if (this.#begun !== undefined) this.#giveUpBegun();
    if (this.#text !== '') this.#emit(this.#text, true);
    this.#clear();
  }

  /** Line by line where it is no UTF-8: the mark is to stand at those lines only that it is true of. */
  #decode(bytes: Buffer): void {
    if (isUtf8(bytes)) {
      this.#split(bytes.toString('utf8'));
      return;
    }
    for (let from = 0; from < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline === -1 ? bytes.length : newline + 1;
      const part = bytes.subarray(from, end);
      if (!isUtf8(part)) this.#isBinary = true;
      this.#split(part.toString('utf8'));
      from = end;
    }
  }

  #split(chunk: string): void {
    let from = 0;
    for (let newline = chunk.indexOf('\n'); newline !== -1; newline = chunk.indexOf('\n', from)) {
      this.#complete(chunk.slice(from, newline));
      from = newline + 1;
    }
    if (from < chunk.length) this.#hold(from === 0 ? chunk : chunk.slice(from));
  }

  /** A newline follows. */
  #complete(rest: string): void {
    let line = rest;
    if (this.#text !== '' || rest.length * BYTES_PER_UNIT > MOST_LINE_BYTES) {
      this.#hold(rest);
      line = this.#text;
    }
    this.#emit(line.endsWith('\r') ? line.slice(0, -1) : line, false);
    this.#clear();
  }

  #hold(more: string): void {
    this.#text += more;
    this.#added += more;
    if (this.#text.length * BYTES_PER_UNIT <= MOST_LINE_BYTES) {
      this.#bytes = 0;
      return;
    }
    // Measured from here on, and by what is added: measuring all of it each time would be dear for who prints character by character.
    this.#bytes = this.#bytes === 0 ? Buffer.byteLength(this.#text) : this.#bytes + Buffer.byteLength(more);
    if (this.#bytes <= MOST_LINE_BYTES) return;
    let from = 0;
    for (let rest = this.#text; ; rest = this.#text.slice(from)) {
      const units = longestPrefix(rest);
      if (units === rest.length) break;
      this.#emit(rest.slice(0, units), true);
      from += units;
    }
    this.#text = this.#text.slice(from);
    this.#added = this.#text;
    this.#bytes = Buffer.byteLength(this.#text);
  }

  /** What was begun is no character. */
  #giveUpBegun(): void {
    const text = this.#begun?.toString('utf8') ?? '';
    this.#begun = undefined;
    this.#isBinary = true;
    this.#hold(text);
  }

  #emit(text: string, isPartial: boolean): void {
    this.#taker.line(this.#source, text, isPartial, this.#isBinary);
  }

  #clear(): void {
    this.#text = this.#added = '';
    this.#bytes = 0;
    this.#isBinary = false;
  }
}

/**
 * Where the last character begins, if its end is missing; the length otherwise. Text may be parted before any byte that begins a character
 * without changing what is read on either side.
 */
function endOfWhole(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return byte >= 0xc0 && back < lengthOf(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** How many bytes the character has that begins with this one. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
