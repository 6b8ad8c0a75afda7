import { Buffer } from 'node:buffer';
import {
  alignedEntry,
  ENTRY_HEADER_BYTES,
  EntryFlag,
  EntryNumber,
  EntryWord,
  movedSoFar,
  OpenHeadWord,
  type OpenViews,
  OpenWord,
  openViews,
  Pending,
  ringViews,
  SHOWN,
} from '../../workers/protocol/log-ring.js';

/** What a character is read as that was begun and not ended. */
const REPLACEMENT = Buffer.from('\ufffd');
const HEADER_WORDS = ENTRY_HEADER_BYTES / 4;

/** An open line as an entry. */
interface Found {
  readonly bytes: Buffer;
  readonly ints: Int32Array;
  readonly at: number;
  readonly owner: string;
}

/** The supervisor's end of a thread's places for lines that have no newline yet. */
export class OpenReader {
  readonly #memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  #places: readonly OpenViews[] | undefined;
  /** States of the places when they were read last. */
  #states: readonly number[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    this.#words = ringViews(memory).words;
  }

  /** Whether a thread that lives has done something to its places since they were read. */
  get hasChanged(): boolean {
    return this.#statesNow().some((state, place) => state !== this.#states[place]);
  }

  /**
   * All lines that are open, as entries of partial lines, in the order of time. Of a thread that lives, some may be on their way into the ring,
   * or be there by now: they are those of the same attempt and output.
   */
  read(): string[] {
    this.#states = this.#statesNow();
    const found = this.#views().flatMap((place) => this.#line(place) ?? []);
    found.sort((a, b) => a.at - b.at);
    const told = new Map<string, number>();
    for (const { ints, owner } of found) {
      const before = told.get(owner) ?? 0;
      // Each has the number that the next line of its attempt would have.
      ints[EntryWord.seq] = (ints[EntryWord.seq] ?? 0) + before;
      told.set(owner, before + 1);
    }
    return found.map(({ bytes }) => bytes.toString('latin1'));
  }

  #views(): readonly OpenViews[] {
    return (this.#places ??= openViews(this.#memory));
  }

  #statesNow(): number[] {
    return this.#views().map(({ words }) => Atomics.load(words, OpenWord.state));
  }

  #line(place: OpenViews): Found | undefined {
    const lines = Atomics.load(place.words, OpenWord.lines);
    const head = stableHead(place);
    if (head === undefined) return undefined;
    const pending = head[OpenHeadWord.pending];
    const hasMoved = pending !== Pending.nothing && movedSoFar(this.#words) !== head[OpenHeadWord.base];
    if (hasMoved && pending === Pending.ends) return undefined;
    const found = entryOf(head, place);
    if (hasMoved) found.ints[EntryWord.seq] = (head[EntryWord.seq] ?? 0) + 1;
    // It writes nothing. But a plain load would let those of the text before it come later, on some processors.
    return Atomics.add(place.words, OpenWord.lines, 0) === lines ? found : undefined;
  }
}

/** What the head says that holds; undefined where none does. A thread that lives changes it while it is read. */
function stableHead({ words, heads }: OpenViews): Int32Array | undefined {
  for (;;) {
    const state = Atomics.load(words, OpenWord.state);
    if ((state & SHOWN) === 0) return undefined;
    const head = heads[(state & SHOWN) === 1 ? 0 : 1].ints.slice();
    if (Atomics.add(words, OpenWord.state, 0) === state) return head;
  }
}

function entryOf(head: Int32Array, { text, trace }: OpenViews): Found {
  const textBytes = head[EntryWord.textBytes] ?? 0;
  const traceBytes = head[EntryWord.fieldsBytes] ?? 0;
  const begun = head[OpenHeadWord.begun] ?? 0;
  const wholeBytes = textBytes + begun * REPLACEMENT.length;
  const memory = new ArrayBuffer(alignedEntry(ENTRY_HEADER_BYTES + wholeBytes + traceBytes));
  const bytes = Buffer.from(memory);
  const ints = new Int32Array(memory, 0, HEADER_WORDS);
  const floats = new Float64Array(memory, 0, HEADER_WORDS / 2);
  ints.set(head.subarray(0, HEADER_WORDS));
  ints[EntryWord.textBytes] = wholeBytes;
  bytes.set(text.subarray(0, textBytes), ENTRY_HEADER_BYTES);
  for (let at = textBytes; at < wholeBytes; at += REPLACEMENT.length) bytes.set(REPLACEMENT, ENTRY_HEADER_BYTES + at);
  bytes.set(trace.subarray(0, traceBytes), ENTRY_HEADER_BYTES + wholeBytes);
  const isTask = ((head[EntryWord.kind] ?? 0) & EntryFlag.task) !== 0;
  const owner = isTask ? `${String(floats[EntryNumber.taskId])} ${String(head[EntryWord.attempt])}` : '';
  return { bytes, ints, at: floats[EntryNumber.at] ?? 0, owner };
}
