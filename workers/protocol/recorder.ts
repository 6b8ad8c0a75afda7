/**
 * The flight recorder: memory that a thread and the supervisor share, one per thread and generation.
 *
 * It is the wire for everything small and for everything that must survive the thread's death. An attempt has an *entry*; who may
 * write which field of it, and when:
 *
 * | field | supervisor | thread |
 * |---|---|---|
 * | taskOf, attemptOf, idOf, tag, number, text | before it puts the entry into the inbox | after it has claimed the entry (the outcome) |
 * | flags | before it puts the entry into the inbox | the bit `measured`, with the outcome |
 * | claim | `free -> waiting` at posting; `waiting -> revoked`; `done -> free` once read | `waiting -> started`; `waiting -> revoked`, when it declines; `-> done`, with the outcome |
 * | endedAt | the attempt's deadline, before it puts the entry into the inbox, with the flag `deadline` | while it holds the entry |
 * | startedAt, cpuMs, heapBytes, loopMs, opened, peak | never | while it holds the entry |
 * | inbox, posted | always | never |
 * | finished, done, gauges, children | never | always |
 *
 * Out of `waiting`, `claim` is moved by compare-exchange only, so that a revocation and a start can never both succeed. `posted` and `done` are stored
 * last and with Atomics, which makes the plain writes before them visible to whoever loads them.
 */

/** Bytes of text an entry can hold; longer strings travel as a message. Three bytes of UTF-8 per UTF-16 unit are reserved. */
export const TEXT_BYTES = 384;

/** The longest string, in UTF-16 units, that is sure to fit into an entry. */
export const TEXT_UNITS = TEXT_BYTES / 3;

/** Words of the header. */
export const Word = {
  /** Attempts put into the inbox so far. */
  posted: 0,
  /** Attempts taken up (started) so far. */
  started: 1,
  /** Entries written to `finished` so far. */
  done: 2,
  /** 1 while somebody has promised to empty the inbox: the supervisor by a wake-up, the thread by running. */
  awake: 3,
  /** 1 once the thread has loaded native code; its running attempts count in the table of owners from then on. */
  native: 4,
} as const;

/** States of an entry. */
export const Claim = { free: 0, waiting: 1, started: 2, revoked: 3, done: 4 } as const;

/** What an entry holds: first an input, later an outcome. `message` says that the value is the next message on the cargo port. */
export const Tag = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  number: 4,
  text: 5,
  message: 6,
  /** The attempt failed; the {@link Failure} is the next message on the cargo port. */
  failure: 7,
  /** The attempt was revoked and never started. */
  skipped: 8,
  /** The attempt's deadline had passed when it could have started, and it did not. */
  late: 9,
} as const;

/** Bits of `flags`. */
export const Flag = {
  /** The message on the cargo port is an `AnnotatedInput`. */
  note: 1,
  /** `cpuMs` and `heapBytes` were read for this attempt alone; without it they are shares of a longer reading. */
  measured: 2,
  /** The input was moved here and cannot be had back: the thread may not decline the attempt. */
  moved: 4,
  /** `endedAt` is when it is not worth starting any more, in the thread's clock. */
  deadline: 8,
} as const;

/** Gauges of the thread as a whole, written at attempt boundaries. */
export const Gauge = {
  heapUsed: 0,
  heapLimit: 1,
  external: 2,
  cpuMs: 3,
  /** Descriptors open, those that ended attempts hold, and those of them that are leaks. Current at any moment. */
  descriptorsOpen: 4,
  descriptorsHeld: 5,
  descriptorsLeaked: 6,
  /** Bytes above the warmed-up base that survived a garbage collection; NaN until it was verified. */
  retained: 7,
  arrayBuffers: 8,
  /** Descriptors that running attempts have open. Current at any moment. */
  descriptorsRunning: 9,
} as const;

/** Child processes a recorder can hold; those beyond are ended by their thread alone. */
export const MOST_CHILDREN = 256;

const HEADER_WORDS = 16;
const GAUGES = 16;
const INT_FIELDS = 9;
const FLOAT_FIELDS = 7;

/** Bytes a recorder with so many entries takes. */
export function recorderBytes(entries: number): number {
  const words = HEADER_WORDS + MOST_CHILDREN + INT_FIELDS * entries;
  return aligned(words * 4) + (GAUGES + FLOAT_FIELDS * entries) * 8 + TEXT_BYTES * entries;
}

/** Both sides' view of one recorder. */
export interface RecorderViews {
  readonly entries: number;
  readonly words: Int32Array;
  readonly inbox: Int32Array;
  readonly finished: Int32Array;
  readonly claim: Int32Array;
  readonly tag: Int32Array;
  readonly textLength: Int32Array;
  readonly taskOf: Int32Array;
  readonly flags: Int32Array;
  /** Descriptors the attempt opened. */
  readonly opened: Int32Array;
  /** Descriptors it had open at once, at most. */
  readonly peak: Int32Array;
  /** Process ids of the thread's children, 0 where there is none. */
  readonly children: Int32Array;
  readonly gauges: Float64Array;
  readonly number: Float64Array;
  readonly idOf: Float64Array;
  readonly startedAt: Float64Array;
  readonly endedAt: Float64Array;
  readonly cpuMs: Float64Array;
  readonly heapBytes: Float64Array;
  /** The attempt's part of the time in which the event loop was busy. */
  readonly loopMs: Float64Array;
  readonly text: Uint8Array;
}

/** Where 8-byte fields can begin. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Lays the views over the shared memory. `entries` must be a power of two: positions in the rings are masked. */
export function recorderViews(memory: SharedArrayBuffer, entries: number): RecorderViews {
  let at = 0;
  const ints = (length: number): Int32Array => {
    const view = new Int32Array(memory, at, length);
    at += length * 4;
    return view;
  };
  const floats = (length: number): Float64Array => {
    const view = new Float64Array(memory, aligned(at), length);
    at = aligned(at) + length * 8;
    return view;
  };
  return {
    entries,
    words: ints(HEADER_WORDS),
    inbox: ints(entries),
    finished: ints(entries),
    claim: ints(entries),
    tag: ints(entries),
    textLength: ints(entries),
    taskOf: ints(entries),
    flags: ints(entries),
    opened: ints(entries),
    peak: ints(entries),
    children: ints(MOST_CHILDREN),
    gauges: floats(GAUGES),
    number: floats(entries),
    idOf: floats(entries),
    startedAt: floats(entries),
    endedAt: floats(entries),
    cpuMs: floats(entries),
    heapBytes: floats(entries),
    loopMs: floats(entries),
    text: new Uint8Array(memory, at, TEXT_BYTES * entries),
  };
}
