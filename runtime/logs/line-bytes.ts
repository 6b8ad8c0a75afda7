import { Buffer } from 'node:buffer';
import type { RecordBytes } from './files/record-page.js';
import { hasEscaped, IS_LITTLE } from './four-bytes.js';
import type { LogLine, PlainText } from './log-line.js';
import { commonOf, headText, type LineMarks, lineRecord, NO_MARKS, tailText } from './record.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const BRACE = 0x7d;
const NEWLINE = 0x0a;
const BYTES_PER_UNIT = 3;
/** A sequence number, a brace, a newline. */
const MOST_END = 18;

/**
 * The record of a line as bytes, laid down from where the line lies: of most lines no text is ever made. It goes by the text where JSON
 * would have something escaped, and where it is no ASCII.
 *
 * One of these stands for line after line, each until the next.
 */
export class LineBytes implements RecordBytes {
  readonly #instance: string;
  #line: LogLine | undefined;
  #marks = NO_MARKS;
  #head = '';
  #headBytes = Buffer.alloc(0);
  /** Of the page it was laid on last. */
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(instance: string) {
    this.#instance = instance;
  }

  /** Has it stand for a line. */
  of(line: LogLine, marks: LineMarks = NO_MARKS): this {
    this.#line = line;
    this.#marks = marks;
    return this;
  }

  get text(): string {
    return this.#line === undefined ? '' : lineRecord(this.#line, this.#instance, this.#marks);
  }

  lay(page: Buffer, from: number): number | undefined {
    const line = this.#line;
    const plain = line?.plain;
    if (line === undefined || plain === undefined) return undefined;
    const head = this.#headOf(line);
    const common = commonOf(line, this.#instance).bytes;
    const tail = tailText(line, this.#marks);
    const most = head.length + plain.length + common.length + tail.length * BYTES_PER_UNIT + MOST_END;
    if (from + most > page.length) return undefined;
    page.set(head, from);
    let at = layPlain(plain, page, this.#viewOf(page), from + head.length);
    if (at < 0) return undefined;
    page.set(common, at);
    at = layNumber(line.seq, page, at + common.length);
    if (tail !== '') at += page.write(tail, at);
    page[at++] = BRACE;
    page[at++] = NEWLINE;
    return at;
  }

  #viewOf(page: Buffer): DataView {
    const { buffer, byteOffset, byteLength } = page;
    if (this.#view.buffer !== buffer || this.#view.byteOffset !== byteOffset || this.#view.byteLength !== byteLength)
      this.#view = new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }

  #headOf(line: LogLine): Buffer {
    const head = headText(line);
    if (head !== this.#head) {
      this.#head = head;
      this.#headBytes = Buffer.from(head, 'latin1');
    }
    return this.#headBytes;
  }
}

/** Gives the place behind it, or -1 where something wants to be escaped: looking and copying in one go takes half the time of both. */
function layPlain({ bytes, ints, from, length }: PlainText, page: Buffer, view: DataView, start: number): number {
  const end = from + length;
  let place = from;
  let at = start;
  for (; (place & 3) === 0 && place + 4 <= end; place += 4, at += 4) {
    const word = ints[place >> 2] ?? 0;
    if (hasEscaped(word)) return -1;
    view.setInt32(at, word, IS_LITTLE);
  }
  for (; place < end; place++) {
    const byte = bytes[place] ?? 0;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return -1;
    page[at++] = byte;
  }
  return at;
}

/** A whole number, not below zero. */
function layNumber(value: number, page: Buffer, start: number): number {
  let end = start + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  let rest = value;
  for (let at = end - 1; at >= start; at--) {
    page[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}
