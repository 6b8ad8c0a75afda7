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
  type LineSource,
  type RingViews,
  RingWord,
  ringViews,
  SOURCE_NUMBER,
  TRACE_LENGTH,
  TWO_BITS,
} from '../../workers/protocol/log-ring.js';
import type { LogLevel } from '../../workers/protocol/messages.js';
import { type ReadLine, type ReadThread, TRACE_ID_LENGTH } from './read-line.js';

const SOURCES = inOrder(SOURCE_NUMBER);
const LEVELS = inOrder(LEVEL_NUMBER);

/** After so many lines the thread is told that there is room again. */
const LINES_PER_ROOM = 32;

/** The supervisor's end of a log ring. */
export class RingReader {
  readonly #slot: number;
  readonly #generation: number;
  readonly #views: RingViews;
  readonly #area: Buffer;
  readonly #mask: number;
  #head: number;
  /** What was dropped and has been told. */
  #dropped = 0;
  #droppedBytes = 0;

  constructor(memory: SharedArrayBuffer, { slot, generation }: ReadThread) {
    const views = ringViews(memory);
    this.#slot = slot;
    this.#generation = generation;
    const { bytes } = views;
    this.#views = views;
    this.#area = Buffer.from(memory, bytes.byteOffset, bytes.byteLength);
    this.#mask = views.size - 1;
    this.#head = Atomics.load(views.words, RingWord.head);
  }

  /** Has the thread say anew that there are lines; to be called before `drain`, since what comes in between is said by nobody else. */
  rearm(): void {
    Atomics.store(this.#views.words, RingWord.told, 0);
  }

  /** Gives every line that is there now, in order. A thread that writes on and on does not keep it busy for ever. */
  drain(take: (line: ReadLine) => void): void {
    const { words } = this.#views;
    const tail = Atomics.load(words, RingWord.tail);
    if (this.#head === tail) return;
    for (let lines = 1; this.#head !== tail; lines++) {
      take(this.#next());
      if (lines % LINES_PER_ROOM === 0) Atomics.store(words, RingWord.head, this.#head);
    }
    Atomics.store(words, RingWord.head, this.#head);
  }

  /** What was dropped since the last time; undefined for nothing. */
  takeDropped(): DroppedLines | undefined {
    const dropped = Atomics.load(this.#views.words, RingWord.dropped);
    const count = (dropped - this.#dropped) >>> 0;
    if (count === 0) return undefined;
    const droppedBytes = this.#views.droppedBytes[0] ?? 0;
    const bytes = droppedBytes - this.#droppedBytes;
    this.#dropped = dropped;
    this.#droppedBytes = droppedBytes;
    return { count, bytes };
  }

  #next(): ReadLine {
    const { ints, floats } = this.#views;
    const at = this.#head & this.#mask;
    const words = this.#mask >> 2;
    const word = at >> 2;
    const numbers = this.#mask >> 3;
    const number = at >> 3;
    const textBytes = ints[(word + EntryWord.textBytes) & words] ?? 0;
    const fieldsBytes = ints[(word + EntryWord.fieldsBytes) & words] ?? 0;
    const kind = ints[(word + EntryWord.kind) & words] ?? 0;
    const start = at + ENTRY_HEADER_BYTES;
    const traceBytes = (kind & EntryFlag.trace) === 0 ? 0 : TRACE_LENGTH;
    const fieldsAt = start + textBytes + traceBytes;
    this.#head = (this.#head + alignedEntry(ENTRY_HEADER_BYTES + textBytes + fieldsBytes)) | 0;
    const traceAt = start + textBytes;
    return {
      at: floats[(number + EntryNumber.at) & numbers] ?? 0,
      slot: this.#slot,
      generation: this.#generation,
      source: SOURCES[kind & TWO_BITS] ?? 'log',
      level: LEVELS[(kind >> LEVEL_SHIFT) & TWO_BITS] ?? 'info',
      text: this.#text(start, textBytes, (kind & EntryFlag.ascii) !== 0),
      fields: (kind & EntryFlag.fields) === 0 ? undefined : this.#text(fieldsAt, fieldsBytes - traceBytes, false),
      taskId: (kind & EntryFlag.task) === 0 ? undefined : floats[(number + EntryNumber.taskId) & numbers],
      taskName: undefined,
      attempt: ints[(word + EntryWord.attempt) & words] ?? 0,
      handler: ints[(word + EntryWord.handler) & words] ?? 0,
      seq: ints[(word + EntryWord.seq) & words] ?? 0,
      isPartial: (kind & EntryFlag.partial) !== 0,
      isBinary: (kind & EntryFlag.binary) !== 0,
      isLate: (kind & EntryFlag.late) !== 0,
      traceId: traceBytes === 0 ? undefined : this.#text(traceAt, TRACE_ID_LENGTH, true),
      spanId:
        traceBytes === 0
          ? undefined
          : this.#text(traceAt + TRACE_ID_LENGTH + 1, traceBytes - TRACE_ID_LENGTH - 1, true),
    };
  }

  #text(from: number, bytes: number, isAscii: boolean): string {
    const area = this.#area;
    const start = from & this.#mask;
    const end = start + bytes;
    // As Latin-1 it is copied, as UTF-8 it would be decoded.
    if (end <= area.length) return area.toString(isAscii ? 'latin1' : 'utf8', start, end);
    return Buffer.concat([area.subarray(start), area.subarray(0, end - area.length)]).toString('utf8');
  }
}

function inOrder<Name extends LineSource | LogLevel>(numbers: Readonly<Record<Name, number>>): readonly Name[] {
  return (Object.keys(numbers) as Name[]).sort((a, b) => numbers[a] - numbers[b]);
}
