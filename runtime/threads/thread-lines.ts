import { type DroppedLines, RING_BYTES, ringMemoryBytes } from '../../workers/protocol/log-ring.js';
import type { Clock, Timer } from '../clock.js';
import type { Lines } from '../logs/read-line.js';
import { RingReader } from '../logs/ring-reader.js';

/** Takes a thread's lines, and what of them was dropped. */
export type TakeLines = (lines: Lines, dropped: DroppedLines | undefined) => void;

/** A thread that has said that there are lines may go on printing; they are read together. */
const LATER_MS = 20;

/**
 * The supervisor's end of what one thread prints and logs. Outcomes are read only after the lines that came before them; a thread that has no
 * outcomes to tell is read a little after it has said that there are lines.
 */
export class ThreadLines {
  readonly memory = new SharedArrayBuffer(ringMemoryBytes(RING_BYTES));
  readonly #reader = new RingReader(this.memory);
  readonly #clock: Clock;
  readonly #take: TakeLines;
  #timer: Timer | undefined;

  constructor(clock: Clock, take: TakeLines) {
    this.#clock = clock;
    this.#take = take;
  }

  /** Reads all there is. */
  read(): void {
    const dropped = this.#reader.takeDropped();
    if (dropped !== undefined || !this.#reader.isEmpty) this.#take(this.#reader, dropped);
  }

  /** The thread has said that there are lines. It says so again only once they have been looked for. */
  plan(): void {
    this.#timer ??= this.#clock.timer(LATER_MS, () => {
      this.look();
    });
  }

  /** Reads all there is; what comes afterwards is said anew. */
  look(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#reader.rearm();
    this.read();
  }

  /** Reads what is left of a thread that is gone. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.read();
  }
}
