import { Buffer } from 'node:buffer';
import { entryKind } from './entry-kind.js';
import { BYTES_PER_UNIT, longestPrefix } from './longest-prefix.js';
import { OpenLines } from './open-lines.js';
import {
  alignedEntry,
  ENTRY_HEADER_BYTES,
  EntryNumber,
  EntryWord,
  type LineThread,
  type RingLine,
  type RingViews,
  RingWord,
  ringViews,
  Told,
} from './protocol/log-ring.js';
import type { SpeechSink } from './speech.js';

/** The thread's end of a log ring. */
export class LogRing implements SpeechSink {
  readonly open: OpenLines;
  readonly #views: RingViews;
  readonly #area: Buffer;
  readonly #thread: LineThread;
  readonly #tell: (isUrgent: boolean) => void;
  readonly #mask: number;
  #tail: number;
  /** Where the reader was when that was last looked at; it may be further by now. */
  #head: number;

  /**
   * `tell` is to make the reader look: soon, or at once when the ring is half full. It is called once for each, and again only after a line
   * that came when the reader had begun to look.
   */
  constructor(memory: SharedArrayBuffer, thread: LineThread, tell: (isUrgent: boolean) => void) {
    const views = ringViews(memory);
    const { bytes } = views;
    this.#views = views;
    this.#area = Buffer.from(memory, bytes.byteOffset, bytes.byteLength);
    this.#thread = thread;
    this.#tell = tell;
    this.#mask = views.size - 1;
    this.#tail = Atomics.load(views.words, RingWord.tail);
    this.#head = Atomics.load(views.words, RingWord.head);
    this.open = new OpenLines(memory, thread, () => {
      this.#say(Told.lines);
    });
  }

  write(line: RingLine): boolean {
    const { words } = this.#views;
    const text = cut(line.text);
    const fields = (line.trace ?? '') + (line.fields ?? '');
    const isWritten = this.#put(line, text, fields);
    if (isWritten) Atomics.store(words, RingWord.tail, this.#tail);
    else this.#drop(text, fields);
    this.#say(this.#isHalfFull() ? Told.halfFull : Told.lines);
    return isWritten;
  }

  #say(now: typeof Told.lines | typeof Told.halfFull): void {
    const { words } = this.#views;
    if (Atomics.load(words, RingWord.told) >= now) return;
    Atomics.store(words, RingWord.told, now);
    this.#tell(now === Told.halfFull);
  }

  #isHalfFull(): boolean {
    const { size, words } = this.#views;
    const isFull = (): boolean => (this.#tail - this.#head) >>> 0 > size / 2;
    if (!isFull()) return false;
    this.#head = Atomics.load(words, RingWord.head);
    return isFull();
  }

  #put(line: RingLine, text: string, fields: string): boolean {
    const at = this.#tail & this.#mask;
    const start = at + ENTRY_HEADER_BYTES;
    const most = ENTRY_HEADER_BYTES + (text.length + fields.length) * BYTES_PER_UNIT;
    let textBytes: number;
    let fieldsBytes = 0;
    // Where the longest it can be fits in one piece, it is laid down without being measured first.
    if (at + most <= this.#views.size && this.#hasRoom(most)) {
      textBytes = this.#area.write(text, start, most);
      if (fields !== '') fieldsBytes = this.#area.write(fields, start + textBytes, most);
    } else {
      const bytes = ENTRY_HEADER_BYTES + Buffer.byteLength(text) + Buffer.byteLength(fields);
      if (!this.#hasRoom(alignedEntry(bytes))) return false;
      textBytes = this.#lay(text, start);
      fieldsBytes = this.#lay(fields, start + textBytes);
    }
    this.#note(line, at, textBytes, fieldsBytes, textBytes === text.length);
    this.#tail = (this.#tail + alignedEntry(ENTRY_HEADER_BYTES + textBytes + fieldsBytes)) | 0;
    return true;
  }

  /** Bytes that are asked for are used up to the next multiple of eight; so is all that is there. */
  #hasRoom(bytes: number): boolean {
    const { size, words } = this.#views;
    if (((this.#tail - this.#head) >>> 0) + bytes <= size) return true;
    this.#head = Atomics.load(words, RingWord.head);
    return ((this.#tail - this.#head) >>> 0) + bytes <= size;
  }

  /** Writes text that may go on at the ring's beginning. */
  #lay(text: string, start: number): number {
    const bytes = Buffer.from(text, 'utf8');
    const at = start & this.#mask;
    const room = this.#views.size - at;
    this.#area.set(bytes.length <= room ? bytes : bytes.subarray(0, room), at);
    if (bytes.length > room) this.#area.set(bytes.subarray(room), 0);
    return bytes.length;
  }

  #note(line: RingLine, at: number, textBytes: number, fieldsBytes: number, isAscii: boolean): void {
    const { ints, floats } = this.#views;
    const { taskId } = line;
    const words = this.#mask >> 2;
    const word = at >> 2;
    ints[(word + EntryWord.textBytes) & words] = textBytes;
    ints[(word + EntryWord.fieldsBytes) & words] = fieldsBytes;
    ints[(word + EntryWord.kind) & words] = entryKind(line, isAscii);
    ints[(word + EntryWord.attempt) & words] = line.attempt;
    ints[(word + EntryWord.seq) & words] = line.seq;
    ints[(word + EntryWord.handler) & words] = line.handler;
    ints[(word + EntryWord.slot) & words] = this.#thread.slot;
    ints[(word + EntryWord.generation) & words] = this.#thread.generation;
    const numbers = this.#mask >> 3;
    const number = at >> 3;
    floats[(number + EntryNumber.taskId) & numbers] = taskId ?? 0;
    floats[(number + EntryNumber.at) & numbers] = line.at;
  }

  /** The bytes first: who reads the count finds those of all lines in it. */
  #drop(text: string, fields: string): void {
    const { words, droppedBytes } = this.#views;
    droppedBytes[0] = (droppedBytes[0] ?? 0) + Buffer.byteLength(text) + Buffer.byteLength(fields);
    Atomics.add(words, RingWord.dropped, 1);
  }
}

/** A text that is no longer than a line can be; one that was says how much is missing. */
function cut(text: string): string {
  const units = longestPrefix(text);
  if (units === text.length) return text;
  const kept = text.slice(0, units);
  return `${kept}… [${Buffer.byteLength(text) - Buffer.byteLength(kept)} bytes cut]`;
}
