import { Buffer } from 'node:buffer';
import { entryKind } from './entry-kind.js';
import {
  EntryNumber,
  EntryWord,
  type LineThread,
  OpenHeadWord,
  type OpenViews,
  OpenWord,
  Pending,
  type RingLine,
  SHOWN,
  TRACE_LENGTH,
} from './protocol/log-ring.js';

/** What has no newline yet, as whoever prints it holds it. */
export interface OpenText {
  /** All of it, */
  readonly held: string;
  /** and what was added to it since this was called last. */
  takeAdded(): string;
  /** Characters behind it of which the end has not come, as many as they will be if it never does. */
  readonly begun: number;
}

/** A place for an open line, seen from the thread. What is done in which order, and why, says protocol/log-ring.ts. */
export class OpenPlace {
  readonly #views: OpenViews;
  readonly #text: Buffer;
  readonly #trace: Buffer;
  readonly #thread: LineThread;
  #state: number;
  #textBytes = 0;
  #isAscii = true;
  /** The first half of a character that is made of two: what comes next may be the other. */
  #half = '';
  /** Whose line lies here; undefined while none does. */
  owner: OpenText | undefined;
  /** When it was used last, by the count of whoever lends it. */
  usedAt = 0;

  constructor(views: OpenViews, thread: LineThread) {
    const { words, text, trace } = views;
    this.#views = views;
    this.#text = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    this.#trace = Buffer.from(trace.buffer, trace.byteOffset, trace.byteLength);
    this.#thread = thread;
    this.#state = Atomics.load(words, OpenWord.state);
  }

  /** A line is open from now on; whatever lay here before lies here no more. Its text is the owner's, and not the line's. */
  begin(owner: OpenText, line: RingLine): void {
    this.free();
    Atomics.add(this.#views.words, OpenWord.lines, 1);
    this.owner = owner;
    this.#textBytes = 0;
    this.#isAscii = true;
    this.#half = '';
    if (line.trace !== undefined) this.#trace.write(line.trace, 'latin1');
    owner.takeAdded();
    this.#lay(owner.held);
    this.#note(owner, line);
  }

  /** Takes what was added to the line since. */
  add(owner: OpenText, line: RingLine): void {
    this.#lay(owner.takeAdded());
    this.#note(owner, line);
  }

  /** An entry is about to be written. */
  brace(pending: typeof Pending.ends | typeof Pending.moves, base: number): void {
    const head = this.#copied();
    head[OpenHeadWord.pending] = pending;
    head[OpenHeadWord.base] = base;
    this.#show();
  }

  /** An entry was written, and the line is open as before; it would have the next number. */
  moved(seq: number): void {
    const head = this.#copied();
    head[OpenHeadWord.pending] = Pending.nothing;
    head[EntryWord.seq] = seq;
    this.#show();
  }

  /** No line is open here any more. */
  free(): void {
    this.owner = undefined;
    if ((this.#state & SHOWN) !== 0) this.#change(0);
  }

  #lay(added: string): void {
    const text = this.#half + added;
    const end = isFirstHalf(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    const whole = end === text.length ? text : text.slice(0, end);
    this.#half = text.slice(end);
    const bytes = this.#text.write(whole, this.#textBytes);
    this.#isAscii &&= bytes === whole.length;
    this.#textBytes += bytes;
  }

  #note(owner: OpenText, line: RingLine): void {
    const { ints, floats } = this.#hidden();
    const begun = owner.begun + this.#half.length;
    ints[EntryWord.textBytes] = this.#textBytes;
    ints[EntryWord.fieldsBytes] = line.trace === undefined ? 0 : TRACE_LENGTH;
    ints[EntryWord.kind] = entryKind(line, this.#isAscii && begun === 0);
    ints[EntryWord.attempt] = line.attempt;
    ints[EntryWord.seq] = line.seq;
    ints[EntryWord.handler] = line.handler;
    ints[EntryWord.slot] = this.#thread.slot;
    ints[EntryWord.generation] = this.#thread.generation;
    ints[OpenHeadWord.pending] = Pending.nothing;
    ints[OpenHeadWord.begun] = begun;
    floats[EntryNumber.taskId] = line.taskId ?? 0;
    floats[EntryNumber.at] = line.at;
    this.#show();
  }

  /** The head that does not hold. */
  #hidden(): OpenViews['heads'][0] {
    return this.#views.heads[(this.#state & SHOWN) === 1 ? 1 : 0];
  }

  /** The same, with what stands in the other. */
  #copied(): Int32Array {
    const { ints } = this.#hidden();
    ints.set(this.#views.heads[(this.#state & SHOWN) === 1 ? 0 : 1].ints);
    return ints;
  }

  /** The head that did not hold does from now on. */
  #show(): void {
    this.#change((this.#state & SHOWN) === 1 ? 2 : 1);
  }

  #change(shown: number): void {
    this.#state = ((this.#state & ~SHOWN) + SHOWN + 1) | shown;
    Atomics.store(this.#views.words, OpenWord.state, this.#state);
  }
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff;
}
