import type { Clock } from '../clock.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Task } from '../task.js';
import { type LanesInUse, mayTake, placeCpu, placeIo } from '../threads/placement.js';
import type { Slot } from '../threads/slot.js';
import { FULL_MS, parcelSize } from './parcel.js';

/** What dispatch tells of. */
export interface DispatchListener {
  /** The attempt is with a thread. */
  dispatched(task: Task, now: number): void;
  /** Its input could not be cloned; it was not posted. */
  refused(task: Task, error: unknown): void;
  /** Work waits and no thread that is up can take it. */
  short(): void;
}

/** Moves tasks from the lanes to the threads, in parcels. */
export class Dispatch {
  readonly #lanes: Lanes;
  readonly #slots: readonly Slot[];
  readonly #clock: Clock;
  readonly #ioConcurrency: number;
  readonly #wantsProgress: () => boolean;
  readonly #listener: DispatchListener;
  #planned = false;
  #paused = false;

  constructor(parts: {
    lanes: Lanes;
    slots: readonly Slot[];
    clock: Clock;
    ioConcurrency: number;
    /** Whether somebody listens to everybody's progress. */
    wantsProgress: () => boolean;
    listener: DispatchListener;
  }) {
    this.#lanes = parts.lanes;
    this.#slots = parts.slots;
    this.#clock = parts.clock;
    this.#ioConcurrency = parts.ioConcurrency;
    this.#wantsProgress = parts.wantsProgress;
    this.#listener = parts.listener;
  }

  /** Dispatches once the code that runs now is through, so that what it submits in a row travels together. */
  plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#clock.soon(() => {
      this.#planned = false;
      this.run();
    });
  }

  /** Dispatches nothing any more. */
  stop(): void {
    this.#paused = true;
  }

  /** Dispatches what there is room for. */
  run(): void {
    if (this.#paused || this.#lanes.size === 0) return;
    const now = this.#clock.now();
    const inUse = this.#lanes.inUse(now, this.#running());
    if (this.#lanes.io.size > 0) this.#runIo(now, inUse);
    if (this.#lanes.cpu.size > 0) this.#runCpu(now, inUse);
    if (this.#lanes.size > 0) this.#listener.short();
  }

  /** Which lanes are in use now. */
  inUse(): LanesInUse {
    return this.#lanes.inUse(this.#clock.now(), this.#running());
  }

  #runCpu(now: number, inUse: LanesInUse): void {
    const lane = this.#lanes.cpu;
    const threads = this.#slots.filter((_, slot) => mayTake('cpu', slot, this.#slots, inUse)).length;
    for (let head = lane.peek(now); head !== undefined; head = lane.peek(now)) {
      const expectedMs = isMoved(head) ? Number.POSITIVE_INFINITY : head.type.estimate.expectedMs;
      const place = placeCpu(
        this.#slots,
        inUse,
        expectedMs,
        (slot) => this.#slots[slot]?.takesCpu(expectedMs) === true,
      );
      const slot = this.#slots[place];
      if (slot === undefined) return;
      const size = parcelSize({
        backlog: lane.size,
        threads,
        outstanding: slot.cpu,
        outstandingMs: slot.expectedMs,
        expectedMs,
        room: slot.room,
      });
      if (size === 0) return;
      this.#sendParcel(slot, size, now);
    }
  }

  #sendParcel(slot: Slot, size: number, now: number): void {
    const lane = this.#lanes.cpu;
    let full = slot.expectedMs;
    for (let count = 0; count < size; count++) {
      const next = lane.peek(now);
      if (next === undefined) break;
      const { expectedMs } = next.type.estimate;
      if (count > 0 && (isMoved(next) || !(full + expectedMs <= FULL_MS))) break;
      full += expectedMs;
      lane.take(now);
      this.#post(slot, next, expectedMs, now);
    }
    slot.thread?.wake();
  }

  #runIo(now: number, inUse: LanesInUse): void {
    const lane = this.#lanes.io;
    const posted = new Set<Slot>();
    while (lane.size > 0) {
      const slot = this.#slots[placeIo(this.#slots, inUse, this.#ioConcurrency)];
      if (slot === undefined || slot.room === 0) break;
      const task = lane.take(now);
      if (task === undefined) break;
      this.#post(slot, task, 0, now);
      posted.add(slot);
    }
    for (const slot of posted) slot.thread?.wake();
  }

  #post(slot: Slot, task: Task, expectedMs: number, now: number): void {
    task.state = 'dispatched';
    try {
      slot.post(task, expectedMs, this.#noteFor(slot, task));
    } catch (error) {
      this.#listener.refused(task, error);
      return;
    }
    this.#listener.dispatched(task, now);
  }

  #noteFor(slot: Slot, task: Task): Parameters<Slot['post']>[2] {
    const { type, plan, attempt } = task;
    const known = slot.introduced.has(type.number);
    const progress = plan.onProgress !== undefined || this.#wantsProgress();
    if (known && attempt === 1 && plan.args === undefined && !progress) return undefined;
    const { number, href, name, label } = type;
    return {
      attempt,
      args: plan.args,
      progress,
      introduce: known ? undefined : { task: number, href, name, label, kind: type.plan.kind },
    };
  }

  #running(): { cpu: number; io: number } {
    let cpu = 0;
    let io = 0;
    for (const slot of this.#slots) {
      cpu += slot.cpu;
      io += slot.io;
    }
    return { cpu, io };
  }
}

/** A transferred input cannot be taken back from a thread, so such an attempt goes only where it starts at once. */
function isMoved(task: Task): boolean {
  return task.plan.transfer !== undefined && task.plan.transfer.length > 0;
}
