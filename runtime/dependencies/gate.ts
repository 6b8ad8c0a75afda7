import type { DependencyTable } from '../../workers/protocol/dependencies.js';
import type { Kind } from '../../workers/protocol/outcome.js';
import type { Timer } from '../clock.js';
import { PriorityQueue } from '../lanes/queue.js';
import type { Task } from '../task.js';
import { type Line, linesFor } from './line.js';

/**
 * Something that only so many attempts may have at once, and the lines that stand before it: those of each kind by themselves, so that tasks
 * whose lane does not move cannot hold up the other's.
 */
export abstract class Gate {
  readonly lines: Readonly<Record<Kind, PriorityQueue<Line>>> = { cpu: new PriorityQueue(), io: new PriorityQueue() };
  /** How many tasks are in them. */
  size = 0;
  /** Tasks that were called one by one, because all at once would be too many; until they have tried and ended. */
  readonly trials = new Map<Kind, Task>();

  /** Whether it is worth calling somebody: there may be room. */
  abstract hasRoom(now: number): boolean;
  /** Whether only one of each kind may try at a time. */
  abstract isCareful(now: number): boolean;
  /** The lines have grown or shrunk. */
  abstract resized(): void;
}

/** The `limit` of one task type. */
export class LimitGate extends Gate {
  readonly limit: number;
  /** Attempts with threads, those included that were given up and whose threads are not gone yet. */
  running = 0;

  constructor(limit: number) {
    super();
    this.limit = limit;
  }

  hasRoom(): boolean {
    return this.running < this.limit;
  }

  isCareful(): boolean {
    return false;
  }

  resized(): void {
    // Nobody but the supervisor counts these.
  }
}

/** One dependency: its permits and its circuit. */
export class DependencyGate extends Gate {
  readonly index: number;
  readonly #table: DependencyTable;
  /** Tasks that have not tried since an attempt of theirs was told that it is down. What else they need is no matter here. */
  readonly turnedBack = linesFor([this]);
  /** Waits for the end of the break, while somebody is parked. */
  timer: Timer | undefined;

  constructor(index: number, table: DependencyTable) {
    super();
    this.index = index;
    this.#table = table;
  }

  get name(): string {
    return this.#table.terms[this.index]?.name ?? '';
  }

  /** How long no attempt may go for the sake of its circuit; 0 when one may. */
  shutMs(now: number): number {
    return this.#table.circuit(this.index, now).retryAfterMs;
  }

  /** How long its circuit stays open; 0 when the break is over, or none is. */
  breakLeftMs(now: number): number {
    const { state, retryAfterMs } = this.#table.circuit(this.index, now);
    return state === 'open' ? retryAfterMs : 0;
  }

  /** Whether there is a permit is found out by taking it: threads take them as well. */
  hasRoom(now: number): boolean {
    return this.shutMs(now) === 0;
  }

  /** A crowd sent at a circuit that is not closed would come back as a crowd: one of them is its probe. */
  isCareful(now: number): boolean {
    return this.#table.circuit(this.index, now).state !== 'closed';
  }

  resized(): void {
    this.#table.setParked(this.index, this.size);
    if (this.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }
}
