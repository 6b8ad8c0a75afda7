import { Buffer } from 'node:buffer';
import {
  alignedEntry,
  type DroppedLines,
  ENTRY_HEADER_BYTES,
  EntryFlag,
  EntryNumber,
  EntryWord,
  LEVEL_NUMBER,
  LEVEL_SHIFT,
  type LineThread,
  type LineSource as Origin,
  type RingViews,
  SOURCE_NUMBER,
  TRACE_LENGTH,
  TWO_BITS,
} from '../../workers/protocol/log-ring.js';
import type { LogLevel } from '../../workers/protocol/messages.js';
import type { LogLine, PlainText } from './log-line.js';

/** Tells threads apart. */
export function threadOf({ slot, generation }: LineThread): string {
  return `${slot} ${generation}`;
}

/** Lines that a thread had no room for. */
export interface LostLines extends DroppedLines, LineThread {}

/** Lines of a thread that have no newline yet, all of them: entries, as {@link KeptLines} reads them. */
export interface OpenEntries extends LineThread {
  readonly entries: readonly string[];
}

/** Lines to be read, once. */
export interface Lines {
  /** What was open before them, where somebody follows that; undefined if it is what was told last. */
  readonly open?: OpenEntries | undefined;
  /**
   * Gives all of them, in order. Each is good until the next; where it lies it stays until `parting` is called, at the end and every now and
   * then before.
   */
  drain(take: (line: ReadLine) => void, parting?: () => void): void;
}

const SOURCES = inOrder(SOURCE_NUMBER);
const LEVELS = inOrder(LEVEL_NUMBER);
/** Characters of a trace's id; a hyphen and the span follow. */
const TRACE_ID_LENGTH = 32;

/** Where entries lie: in a ring, or in memory that is as long as a power of two and has one. */
export type EntryMemory = Pick<RingViews, 'size' | 'ints' | 'floats' | 'bytes'>;

/**
 * A line where it lies. One of these reads line after line: they come by the hundred thousand a second, and hardly any is wanted for longer
 * than it takes to read it. Who wants one keeps its entry, which is a single text, and reads it again by {@link KeptLines}.
 */
export class ReadLine implements LogLine {
  /** Where its entry lies, */
  place = 0;
  /** and where the one behind it would. */
  next = 0;
  at = 0;
  slot = 0;
  generation = 0;
  source: Origin = 'log';
  level: LogLevel = 'info';
  fields: string | undefined;
  taskId: number | undefined;
  /** What its task is called only the supervisor knows; it is said here. */
  taskName: string | undefined;
  attempt = 0;
  /** Number of the task's handler; 0 where no task is named. */
  handler = 0;
  seq = 0;
  isPartial = false;
  isLate = false;
  isBinary = false;
  traceId: string | undefined;
  spanId: string | undefined;
  /** Where its text lies, if it is one of ASCII and in one piece. */
  plain: PlainText | undefined;
  readonly #memory: EntryMemory;
  readonly #plain: { -readonly [Key in keyof PlainText]: PlainText[Key] };
  #text: string | undefined;
  #textAt = 0;
  #textBytes = 0;
  #isAscii = false;
  readonly #area: Buffer;
  readonly #mask: number;

  constructor(memory: EntryMemory) {
    const { bytes, ints } = memory;
    this.#memory = memory;
    this.#plain = { bytes, ints, from: 0, length: 0 };
    this.#area = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#mask = memory.size - 1;
  }

  get text(): string {
    // As Latin-1 it is copied, as UTF-8 it would be decoded.
    return (this.#text ??= this.#slice(this.#textAt, this.#textBytes, this.#isAscii ? 'latin1' : 'utf8'));
  }

  /** Reads the entry at a place, and gives the place of the next. */
  read(place: number): number {
    const { ints, floats } = this.#memory;
    const at = place & this.#mask;
    const words = this.#mask >> 2;
    const word = at >> 2;
    const numbers = this.#mask >> 3;
    const number = at >> 3;
    const textBytes = ints[(word + EntryWord.textBytes) & words] ?? 0;
    const fieldsBytes = ints[(word + EntryWord.fieldsBytes) & words] ?? 0;
    const kind = ints[(word + EntryWord.kind) & words] ?? 0;
    this.place = place;
    this.next = (place + alignedEntry(ENTRY_HEADER_BYTES + textBytes + fieldsBytes)) | 0;
    this.at = floats[(number + EntryNumber.at) & numbers] ?? 0;
    this.slot = ints[(word + EntryWord.slot) & words] ?? 0;
    this.generation = ints[(word + EntryWord.generation) & words] ?? 0;
    this.attempt = ints[(word + EntryWord.attempt) & words] ?? 0;
    this.handler = ints[(word + EntryWord.handler) & words] ?? 0;
    this.seq = ints[(word + EntryWord.seq) & words] ?? 0;
    this.taskId = (kind & EntryFlag.task) === 0 ? undefined : floats[(number + EntryNumber.taskId) & numbers];
    this.taskName = undefined;
    this.#kind(kind);
    this.#texts(at + ENTRY_HEADER_BYTES, textBytes, fieldsBytes, kind);
    return this.next;
  }

  /** The entry it was read from: a character for each byte. */
  entry(): string {
    return this.entries(this.place, this.next);
  }

  /** All entries from one place to another, in one. */
  entries(from: number, to: number): string {
    return this.#slice(from, (to - from) | 0, 'latin1');
  }

  /** One that stays as it is. */
  copy(): LogLine {
    const { at, slot, generation, source, level, text, fields, taskId, taskName, attempt, seq } = this;
    const { isPartial, isLate, isBinary, traceId, spanId } = this;
    const what = { at, slot, generation, source, level, text, fields, taskId, taskName, attempt, seq };
    return { ...what, isPartial, isLate, isBinary, traceId, spanId };
  }

  #kind(kind: number): void {
    this.source = SOURCES[kind & TWO_BITS] ?? 'log';
    this.level = LEVELS[(kind >> LEVEL_SHIFT) & TWO_BITS] ?? 'info';
    this.isPartial = (kind & EntryFlag.partial) !== 0;
    this.isBinary = (kind & EntryFlag.binary) !== 0;
    this.isLate = (kind & EntryFlag.late) !== 0;
  }

  #texts(start: number, textBytes: number, fieldsBytes: number, kind: number): void {
    this.#text = undefined;
    this.#textAt = start & this.#mask;
    this.#textBytes = textBytes;
    this.#isAscii = (kind & EntryFlag.ascii) !== 0;
    this.plain = undefined;
    if (this.#isAscii && this.#textAt + textBytes <= this.#area.length) {
      this.#plain.from = this.#textAt;
      this.#plain.length = textBytes;
      this.plain = this.#plain;
    }
    this.fields = this.traceId = this.spanId = undefined;
    if (fieldsBytes === 0) return;
    const traceBytes = (kind & EntryFlag.trace) === 0 ? 0 : TRACE_LENGTH;
    const traceAt = start + textBytes;
    if ((kind & EntryFlag.fields) !== 0)
      this.fields = this.#slice(traceAt + traceBytes, fieldsBytes - traceBytes, 'utf8');
    if (traceBytes === 0) return;
    this.traceId = this.#slice(traceAt, TRACE_ID_LENGTH, 'latin1');
    this.spanId = this.#slice(traceAt + TRACE_ID_LENGTH + 1, traceBytes - TRACE_ID_LENGTH - 1, 'latin1');
  }

  #slice(from: number, bytes: number, encoding: 'latin1' | 'utf8'): string {
    const area = this.#area;
    const start = from & this.#mask;
    const end = start + bytes;
    if (end <= area.length)
      return encoding === 'latin1' ? latin1Slice.call(area, start, end) : area.toString(encoding, start, end);
    return Buffer.concat([area.subarray(start), area.subarray(0, end - area.length)]).toString(encoding);
  }
}

/** What `toString` calls, once it has found out what it was asked for: that takes as long as the copy itself. */
const latin1Slice = Reflect.get(Buffer.prototype, 'latin1Slice') as (
  this: Buffer,
  start: number,
  end: number,
) => string;

function inOrder<Name extends Origin | LogLevel>(numbers: Readonly<Record<Name, number>>): readonly Name[] {
  return (Object.keys(numbers) as Name[]).sort((a, b) => numbers[a] - numbers[b]);
}
