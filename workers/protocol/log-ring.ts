/**
 * The log ring: memory that a thread and the supervisor share, one per thread and generation, for the lines that tasks print and log. The
 * thread writes, the supervisor reads, and neither waits for the other: when there is no room a line is dropped and counted.
 *
 * | field | supervisor | thread |
 * |---|---|---|
 * | head | always | never |
 * | tail, dropped, dropped bytes | never | always |
 * | told | `-> 0`, before it looks | `0 -> 1`, `-> 2`, after it has written |
 * | an entry | never | while it lies beyond `tail` |
 *
 * `head` and `tail` count bytes, modulo 2^32, and are masked where they are used as places. An entry is written first and counted by `tail`
 * afterwards, with Atomics: a thread that is terminated while it writes leaves nothing that could be read in part.
 *
 * `told` spares messages. Who writes stores `tail` and then loads `told`; who reads clears `told` and then loads `tail` (Dekker). So they
 * cannot both miss: a line is either seen, or said anew.
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

/** Dropped bytes so far: a number of eight bytes, in a place of its own between the thread's words. */
const DROPPED_BYTES_AT = 8;
const HEADER_BYTES = 256;

/** Bytes of memory for a ring that holds so many bytes of lines, a power of two. */
export function ringMemoryBytes(bytes: number): number {
  return HEADER_BYTES + bytes;
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
  const size = memory.byteLength - HEADER_BYTES;
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
