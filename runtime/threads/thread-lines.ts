import { type DroppedLines, type LineThread, RING_BYTES, ringMemoryBytes } from '../../workers/protocol/log-ring.js';
import type { Clock, Timer } from '../clock.js';
import { KeptLines } from '../logs/kept-lines.js';
import { OpenReader } from '../logs/open-reader.js';
import type { Lines, OpenEntries } from '../logs/read-line.js';
import { RingReader } from '../logs/ring-reader.js';
import { type LineTurns, lineTurns } from './line-turns.js';

/** Takes a thread's lines, and what of them was dropped. */
export type TakeLines = (lines: Lines, dropped: DroppedLines | undefined) => void;

/** A thread that has said that there are lines may go on printing; they are read together. */
const LATER_MS = 20;
/** So many bytes are read at a time, a thousand lines of usual length: what they become is written at the end of each part. */
const PART_BYTES = 128 * 1024;

/**
 * The supervisor's end of what one thread prints and logs. Outcomes are read only after the lines that came before them; a thread that has no
 * outcomes to tell is read a little after it has said that there are lines, part by part. Lines that have no newline yet are read when it is
 * gone; in a process whose own death would take them along, they are told before, each time they have changed.
 */
export class ThreadLines {
  readonly memory = new SharedArrayBuffer(ringMemoryBytes(RING_BYTES));
  readonly #reader = new RingReader(this.memory);
  readonly #clock: Clock;
  readonly #take: TakeLines;
  readonly #turns: LineTurns;
  readonly #open = new OpenReader(this.memory);
  /** Undefined where open lines are not told before the thread is gone. */
  readonly #follows: LineThread | undefined;
  /** The open lines that were told last. */
  #told: readonly string[] = [];
  #timer: Timer | undefined;
  #isClosed = false;

  /** `follows` is the thread, where its open lines are to be told while it lives. */
  constructor(clock: Clock, take: TakeLines, follows?: LineThread, turns = lineTurns) {
    this.#clock = clock;
    this.#take = take;
    this.#turns = turns;
    this.#follows = follows;
    if (follows !== undefined) this.#reader.follow();
  }

  /** Reads all there is. */
  read(): void {
    const dropped = this.#reader.takeDropped();
    if (dropped !== undefined || !this.#reader.isEmpty) this.#take(this.#reader, dropped);
  }

  /** The thread has said that there are lines. It says so again only once they have been looked for. */
  plan(): void {
    this.#timer ??= this.#clock.timer(LATER_MS, () => {
      this.hurry();
    });
  }

  /** Half of the ring is full. */
  hurry(): void {
    this.#cancel();
    this.#turns.add(this.#part);
  }

  /** Reads all there is, here and now; what comes afterwards is said anew. */
  look(): void {
    this.#cancel();
    this.#reader.rearm();
    this.read();
  }

  /** Reads what is left of a thread that is gone. Lines that have no newline will get none. */
  close(): void {
    this.#cancel();
    this.read();
    if (this.#isClosed) return;
    this.#isClosed = true;
    const last = new KeptLines(this.#open.read());
    const open = this.#changed([]);
    if (open !== undefined || last.size > 0) this.#take(withOpen(last, open), undefined);
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#turns.delete(this.#part);
  }

  readonly #part = (): boolean => {
    const dropped = this.#reader.takeDropped();
    // Before the lines: what of it is complete by then is among them.
    const open = this.#follows === undefined ? undefined : this.#changed(this.#open.read());
    if (dropped !== undefined || open !== undefined || !this.#reader.isEmpty)
      this.#take(withOpen(this.#reader.part(PART_BYTES), open), dropped);
    // Only who has read everything has it said anew: the thread would say it after each part.
    if (this.#reader.isEmpty) {
      this.#reader.rearm();
      // What was opened since may have been said before that, and so was not said at all.
      if (this.#follows !== undefined && this.#open.hasChanged) this.plan();
    }
    return !this.#reader.isEmpty;
  };

  /** What there is to be told of open lines; undefined for what was told. */
  #changed(entries: readonly string[]): OpenEntries | undefined {
    const told = this.#told;
    if (this.#follows === undefined) return undefined;
    if (entries.length === told.length && entries.every((entry, place) => entry === told[place])) return undefined;
    this.#told = entries;
    const { slot, generation } = this.#follows;
    return { slot, generation, entries };
  }
}

function withOpen(lines: Lines, open: OpenEntries | undefined): Lines {
  if (open === undefined) return lines;
  return {
    open,
    drain: (take, parting) => {
      lines.drain(take, parting);
    },
  };
}
