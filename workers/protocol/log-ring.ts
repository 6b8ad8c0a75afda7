/**
 * The log ring: memory that a thread and the supervisor share, one per thread and generation, for the lines that tasks print and log. The
 * thread writes, the supervisor reads, and neither waits for the other: when there is no room a line is dropped and counted. Behind it lie
 * a few places for *open* lines, those that have no newline yet: of a thread that is gone they are lines as well.
 *
 * | field | supervisor | thread |
 * |---|---|---|
 * | head, follows | always | never |
 * | tail, dropped, dropped bytes | never | always |
 * | told | `-> 0`, before it looks | `0 -> 1`, `-> 2`, after it has written |
 * | an entry | never | while it lies beyond `tail` |
 * | a place's state | never | always: it says which of the place's two heads holds, or that no line is open |
 * | a place's head | never | while the other one holds, or none |
 * | a place's text | never | behind what the head that holds counts; all of it and the trace while none holds, once `lines` is raised |
 *
 * `head` and `tail` count bytes, modulo 2^32, and are masked where they are used as places. An entry is written first and counted by `tail`
 * afterwards, with Atomics: a thread that is terminated while it writes leaves nothing that could be read in part.
 *
 * `told` spares messages. Who writes stores `tail` and then loads `told`; who reads clears `told` and then loads `tail` (Dekker). So they
 * cannot both miss: a line is either seen, or said anew. Of open lines that is said only to who follows them: to a process that may die and
 * has to pass them on before; any other reads them once, when the thread is gone.
 *
 * An open line grows by what is printed: its text is laid behind what there is, then a head that counts it, then `state` makes that one hold.
 * So a thread that is terminated in between leaves it as it was. It must be told once, by its place or by an entry, and have a number that no
 * entry has. Both hang on whether an entry was written, or dropped, by a thread that may end before it can say so in the place. So that is said
 * beforehand: before each entry of an attempt with open lines their heads get its {@link Pending}, and in `base` the sum of `tail` and
 * `dropped`, which every entry moves. Where the sum has moved since, what was pending has happened. Afterwards the place is free, or has the
 * next number.
 *
 * Who reads places of a thread that lives may find that what it reads is written meanwhile. It reads a head again when `state` has changed, and
 * leaves a text alone when `lines` has: that line has been ended, and lies in the ring.
 */
import type { LogLevel } from './messages.js';

/** Where a line comes from. */
export type LineSource = 'stdout' | 'stderr' | 'log';

/** A line on its way to the supervisor. */
export interface RingLine {
  /** When, milliseconds since the epoch. */
  readonly at: number;
  readonly source: LineSource;
  readonly level: LogLevel;
  /** Without the newline. */
  readonly text: string;
  /** The text of a JSON object; undefined where there is none. */
  readonly fields: string | undefined;
  /** Undefined where no task is named. */
  readonly taskId: number | undefined;
  /** 0 where no task is named. */
  readonly attempt: number;
  /** Number of the task's handler; 0 where no task is named. */
  readonly handler: number;
  /** Its place among the lines of its attempt, or of the thread where no task is named. A gap says that lines were dropped. */
  readonly seq: number;
  /** No newline came behind it. */
  readonly isPartial: boolean;
  /** What was printed was no UTF-8. */
  readonly isBinary: boolean;
  /** Its attempt had ended. */
  readonly isLate: boolean;
  /** The trace of the task's caller, {@link TRACE_LENGTH} characters: its trace and its span with a hyphen between; undefined where there is none. */
  readonly trace: string | undefined;
}

/** A thread, as lines name it. */
export interface LineThread {
  readonly slot: number;
  readonly generation: number;
}

/** Takes the lines of a thread. */
export interface LineSink {
  /** Takes a line, which is good for the length of this call. False when there is no room for it; it is counted then. */
  write(line: RingLine): boolean;
}

/** So many lines were dropped, and bytes of text with them. */
export interface DroppedLines {
  readonly count: number;
  readonly bytes: number;
}

/** Bytes of lines a ring can hold unless told otherwise. */
export const RING_BYTES = 2 ** 20;

/** Bytes of text a line can have; what is longer is cut there. */
export const MOST_LINE_BYTES = 2 ** 16;

/** Characters of a trace: 32 of the trace, 16 of the span, and a hyphen. */
export const TRACE_LENGTH = 49;

/** Words of the ring. Those of the two sides lie in cache lines of their own. */
export const RingWord = {
  /** Bytes written so far. */
  tail: 0,
  /** Lines dropped so far. */
  dropped: 1,
  /** What the thread has said of its lines, see {@link Told}. */
  told: 16,
  /** Bytes read so far. */
  head: 32,
  /** 1 where open lines are read while the thread lives. */
  follows: 33,
} as const;

/** Nothing; that there are lines; that they fill half of the ring. */
export const Told = { nothing: 0, lines: 1, halfFull: 2 } as const;

/** Words of an entry, followed by its text and its fields. */
export const EntryWord = {
  /** Bytes of the text. */
  textBytes: 0,
  /** Bytes of the fields. */
  fieldsBytes: 1,
  /** Bits of {@link EntryFlag}, source and level. */
  kind: 2,
  attempt: 3,
  seq: 4,
  handler: 5,
  /** The thread it comes from. */
  slot: 10,
  generation: 11,
} as const;

/** Numbers of an entry, in places of eight bytes. */
export const EntryNumber = { taskId: 3, at: 4 } as const;

/** Bytes of an entry before its text. */
export const ENTRY_HEADER_BYTES = 48;

/** Bits of `kind`. Source and level stand below them, two bits each. */
export const EntryFlag = {
  partial: 16,
  binary: 32,
  /** It has fields. */
  fields: 64,
  /** It belongs to a task. */
  task: 128,
  /** Its text has one byte per character. */
  ascii: 256,
  late: 512,
  /** Its fields begin with a trace. */
  trace: 1024,
} as const;

/** Where the level stands in `kind`. */
export const LEVEL_SHIFT = 2;
/** The bits of one of them. */
export const TWO_BITS = 3;

/** Numbers of sources and levels in `kind`. */
export const SOURCE_NUMBER: Readonly<Record<LineSource, number>> = { stdout: 0, stderr: 1, log: 2 };
export const LEVEL_NUMBER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Places for open lines. A cpu thread needs four: an attempt's outputs, and nobody's; among io attempts those that printed last have them. */
export const OPEN_PLACES = 8;

/** Words of a place. */
export const OpenWord = {
  /** How often it has changed, times four, and which head holds: 1, 2, or 0 for none. */
  state: 0,
  /** Lines that have begun in it. */
  lines: 1,
} as const;

/** The bits of {@link OpenWord.state} that say which head holds. */
export const SHOWN = 3;

/** Words of a place's head, behind those of an entry, which it has as well; `textBytes` counts its own text. */
export const OpenHeadWord = {
  /** One of {@link Pending}. */
  pending: 12,
  /** The sum of `tail` and `dropped` before that. */
  base: 13,
  /** Characters behind the text that were begun and not ended: U+FFFD, once no more comes. */
  begun: 14,
} as const;

/** What an entry that is about to be written makes of an open line: nothing; it is ended by it; its number is the next. */
export const Pending = { nothing: 0, ends: 1, moves: 2 } as const;

const PLACE_HEAD_BYTES = 64;
const PLACE_HEADS_AT = 64;
const PLACE_TRACE_AT = PLACE_HEADS_AT + 2 * PLACE_HEAD_BYTES;
const PLACE_TEXT_AT = PLACE_TRACE_AT + 64;
/** A line that is longer than lines can be comes in pieces, so an open one is never cut. Memory that nobody has written to is none. */
const PLACE_BYTES = PLACE_TEXT_AT + MOST_LINE_BYTES;

/** Dropped bytes so far: a number of eight bytes, in a place of its own between the thread's words. */
const DROPPED_BYTES_AT = 8;
const HEADER_BYTES = 256;

/** Bytes of memory for a ring that holds so many bytes of lines, a power of two. */
export function ringMemoryBytes(bytes: number): number {
  return HEADER_BYTES + bytes + OPEN_PLACES * PLACE_BYTES;
}

/** Both sides' view of one ring. */
export interface RingViews {
  /** Bytes of lines it can hold. */
  readonly size: number;
  readonly words: Int32Array;
  readonly droppedBytes: Float64Array;
  /** The entries, by places of four, eight, and one bytes. */
  readonly ints: Int32Array;
  readonly floats: Float64Array;
  readonly bytes: Uint8Array;
}

/** Lays the views over the shared memory. */
export function ringViews(memory: SharedArrayBuffer): RingViews {
  const size = memory.byteLength - ringMemoryBytes(0);
  return {
    size,
    words: new Int32Array(memory, 0, HEADER_BYTES / 4),
    droppedBytes: new Float64Array(memory, DROPPED_BYTES_AT, 1),
    ints: new Int32Array(memory, HEADER_BYTES, size / 4),
    floats: new Float64Array(memory, HEADER_BYTES, size / 8),
    bytes: new Uint8Array(memory, HEADER_BYTES, size),
  };
}

/** Where the next entry can begin: numbers of eight bytes stand at multiples of eight. */
export function alignedEntry(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** One of the two heads of a place, by places of four and eight bytes. */
export interface OpenHead {
  readonly ints: Int32Array;
  readonly floats: Float64Array;
}

/** Both sides' view of a place. */
export interface OpenViews {
  readonly words: Int32Array;
  readonly heads: readonly [OpenHead, OpenHead];
  readonly trace: Uint8Array;
  readonly text: Uint8Array;
}

/** Lays the views over the places. */
export function openViews(memory: SharedArrayBuffer): OpenViews[] {
  const start = memory.byteLength - OPEN_PLACES * PLACE_BYTES;
  return Array.from({ length: OPEN_PLACES }, (_, place) => {
    const at = start + place * PLACE_BYTES;
    const head = (number: number): OpenHead => {
      const from = at + PLACE_HEADS_AT + number * PLACE_HEAD_BYTES;
      const ints = new Int32Array(memory, from, PLACE_HEAD_BYTES / 4);
      return { ints, floats: new Float64Array(memory, from, PLACE_HEAD_BYTES / 8) };
    };
    return {
      words: new Int32Array(memory, at, PLACE_HEADS_AT / 4),
      heads: [head(0), head(1)],
      trace: new Uint8Array(memory, at + PLACE_TRACE_AT, TRACE_LENGTH),
      text: new Uint8Array(memory, at + PLACE_TEXT_AT, MOST_LINE_BYTES),
    };
  });
}

/** Entries so far, those that were dropped among them, as a number that each of them moves. */
export function movedSoFar(words: Int32Array): number {
  return (Atomics.load(words, RingWord.tail) + Atomics.load(words, RingWord.dropped)) | 0;
}
