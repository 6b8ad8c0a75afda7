import { type DroppedLines, type RingViews, RingWord, ringViews } from '../../workers/protocol/log-ring.js';
import { type Lines, ReadLine } from './read-line.js';

/** After so many lines the thread is told that there is room again. */
const LINES_PER_ROOM = 32;

/** The supervisor's end of a log ring. */
export class RingReader implements Lines {
  readonly #views: RingViews;
  readonly #line: ReadLine;
  #head: number;
  #isReading = false;
  /** What was dropped and has been told. */
  #dropped = 0;
  #droppedBytes = 0;

  constructor(memory: SharedArrayBuffer) {
    const views = ringViews(memory);
    this.#views = views;
    this.#line = new ReadLine(views);
    this.#head = Atomics.load(views.words, RingWord.head);
  }

  /** Whether there is nothing to read now. */
  get isEmpty(): boolean {
    return this.#head === Atomics.load(this.#views.words, RingWord.tail);
  }

  /** Has the thread say when lines are open, too. */
  follow(): void {
    Atomics.store(this.#views.words, RingWord.follows, 1);
  }

  /** Has the thread say anew that there are lines; to be called before `drain`, since what comes in between is said by nobody else. */
  rearm(): void {
    Atomics.store(this.#views.words, RingWord.told, 0);
  }

  /**
   * Gives every line that is there now, in order. A thread that writes on and on does not keep it busy for ever. Who takes a line may write
   * one in turn, inline, and so come back here: that one is left for the next time, since there is one line to read with.
   */
  drain(take: (line: ReadLine) => void, parting?: () => void): void {
    this.#drain(take, this.#views.size, parting);
  }

  /** The lines that begin within so many bytes, one at least if there is one. */
  part(bytes: number): Lines {
    return {
      drain: (take, parting) => {
        this.#drain(take, bytes, parting);
      },
    };
  }

  #drain(take: (line: ReadLine) => void, bytes: number, parting: (() => void) | undefined): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      this.#read(take, bytes, parting);
    } finally {
      this.#isReading = false;
    }
  }

  #read(take: (line: ReadLine) => void, bytes: number, parting?: () => void): void {
    const { words } = this.#views;
    const from = this.#head;
    const tail = Atomics.load(words, RingWord.tail);
    if (from === tail) return;
    for (let lines = 1; this.#head !== tail && ((this.#head - from) | 0) < bytes; lines++) {
      this.#head = this.#line.read(this.#head);
      take(this.#line);
      if (lines % LINES_PER_ROOM !== 0) continue;
      parting?.();
      Atomics.store(words, RingWord.head, this.#head);
    }
    parting?.();
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
}
