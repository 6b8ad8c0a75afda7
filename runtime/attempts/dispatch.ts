import type { HandlerAddress } from '../../workers/protocol/messages.js';
import type { Clock } from '../clock.js';
import type { Gates } from '../dependencies/gates.js';
import type { Lanes } from '../lanes/lanes.js';
import type { PriorityQueue } from '../lanes/queue.js';
import { isMoved, type Task, type TaskType } from '../task.js';
import { type LanesInUse, mayTake, placeCpu, placeIo } from '../threads/placement.js';
import type { Slot } from '../threads/slot.js';
import { FULL_MS, parcelSize } from './parcel.js';
import { Solitude } from './solitude.js';

/** What dispatch tells of. */
export interface DispatchListener {
  /** The attempt is with a thread. */
  dispatched(task: Task, now: number): void;
  /** Its input could not be cloned; it was not posted. */
  refused(task: Task, error: unknown): void;
  /** A task has left its lane because it is held back. */
  withdrawn(task: Task): void;
  /** Work waits and no thread that is up can take it. */
  short(): void;
}

/** What keeps tasks from being dispatched though a thread is free. */
export interface Brake {
  /** Whether a task is to leave its lane again: results enough wait for their reader. */
  holdsBack(task: Task): boolean;
  /** Whether an io attempt, and all behind it, is to wait in its lane: descriptors are short. */
  ioWaits(task: Task): boolean;
}

/** Moves tasks from the lanes to the threads, in parcels. */
export class Dispatch {
  readonly #lanes: Lanes;
  readonly #slots: readonly Slot[];
  readonly #clock: Clock;
  readonly #gates: Pick<Gates, 'enter' | 'leave' | 'sooner' | 'usesOf'>;
  readonly #brake: Brake;
  readonly #ioConcurrency: number;
  readonly #wantsProgress: () => boolean;
  readonly #listener: DispatchListener;
  readonly #solitude: Solitude;
  #planned = false;
  #paused = false;

  constructor(parts: {
    lanes: Lanes;
    slots: readonly Slot[];
    clock: Clock;
    /** Who may be dispatched, of tasks that need more than a thread. */
    gates: Pick<Gates, 'enter' | 'leave' | 'sooner' | 'usesOf'>;
    brake: Brake;
    ioConcurrency: number;
    /** Whether somebody listens to everybody's progress. */
    wantsProgress: () => boolean;
    listener: DispatchListener;
  }) {
    this.#lanes = parts.lanes;
    this.#slots = parts.slots;
    this.#clock = parts.clock;
    this.#gates = parts.gates;
    this.#brake = parts.brake;
    this.#ioConcurrency = parts.ioConcurrency;
    this.#wantsProgress = parts.wantsProgress;
    this.#listener = parts.listener;
    this.#solitude = new Solitude({
      ...parts,
      enter: (slot, task, now) => this.#enters(task, slot, now),
      post: (slot, task, now) => {
        const { expectedMs, descriptors } = task.type.estimate;
        this.#post(slot, task, task.type.plan.kind === 'io' ? descriptors : expectedMs, now);
      },
      opened: () => {
        this.plan();
      },
    });
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
    this.#solitude.run(now, inUse);
    const isCpuFirst = this.#gates.sooner === 'cpu';
    if (isCpuFirst && this.#lanes.cpu.size > 0) this.#runCpu(now, inUse);
    if (this.#lanes.io.size > 0) this.#runIo(now, inUse);
    if (!isCpuFirst && this.#lanes.cpu.size > 0) this.#runCpu(now, inUse);
    if (this.#lanes.size > 0) this.#listener.short();
  }

  /** Which lanes are in use now. */
  inUse(): LanesInUse {
    return this.#lanes.inUse(this.#clock.now(), this.#running());
  }

  #runCpu(now: number, inUse: LanesInUse): void {
    const lane = this.#lanes.cpu;
    const threads = this.#slots.filter((_, slot) => mayTake('cpu', slot, this.#slots, inUse)).length;
    for (let head = this.#head(lane, now); head !== undefined; head = this.#head(lane, now)) {
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
    let count = 0;
    while (count < size) {
      const next = this.#head(lane, now);
      if (next === undefined) break;
      const { expectedMs } = next.type.estimate;
      if (count > 0 && (isMoved(next) || !(full + expectedMs <= FULL_MS))) break;
      // Out of the lane before its gates are asked: whoever is called by that may have its turn before it.
      lane.take(now);
      if (!this.#enters(next, slot, now)) {
        // The slot was chosen for this one; for another it may be the wrong one.
        if (count === 0) return;
        continue;
      }
      full += expectedMs;
      this.#post(slot, next, expectedMs, now);
      count++;
    }
    slot.thread?.wake();
  }

  #runIo(now: number, inUse: LanesInUse): void {
    const lane = this.#lanes.io;
    const posted = new Set<Slot>();
    while (lane.size > 0) {
      const slot = this.#slots[placeIo(this.#slots, inUse, this.#ioConcurrency)];
      if (slot === undefined || slot.room === 0) break;
      const task = this.#head(lane, now);
      if (task === undefined || this.#brake.ioWaits(task)) break;
      lane.take(now);
      if (!this.#enters(task, slot, now)) continue;
      this.#post(slot, task, task.type.estimate.descriptors, now);
      posted.add(slot);
    }
    for (const slot of posted) slot.thread?.wake();
  }

  /** The one of a lane whose turn it is; who is held back leaves the lane on the way to it. */
  #head(lane: PriorityQueue<Task>, now: number): Task | undefined {
    let head = lane.peek(now);
    while (head !== undefined && this.#brake.holdsBack(head)) {
      lane.remove(head);
      this.#listener.withdrawn(head);
      head = lane.peek(now);
    }
    return head;
  }

  /** Whether a task that was taken out of its lane has what it needs beside a thread. Most need nothing. */
  #enters(task: Task, slot: Slot, now: number): boolean {
    return !task.gated || this.#gates.enter(task, slot, now);
  }

  #post(slot: Slot, task: Task, expected: number, now: number): void {
    task.state = 'dispatched';
    try {
      slot.post(task, expected, this.#noteFor(slot, task));
    } catch (error) {
      this.#listener.refused(task, error);
      if (task.gated) this.#gates.leave(task, 'neither');
      return;
    }
    this.#listener.dispatched(task, now);
  }

  #noteFor(slot: Slot, task: Task): Parameters<Slot['post']>[2] {
    const { type, plan, attempt } = task;
    const known = slot.introduced.has(type.number);
    const progress = plan.onProgress !== undefined || this.#wantsProgress();
    if (known && attempt === 1 && plan.args === undefined && plan.trace === undefined && !progress) return undefined;
    return {
      attempt,
      args: plan.args,
      trace: plan.trace,
      progress,
      introduce: known ? undefined : this.#addressOf(type),
    };
  }

  #addressOf(type: TaskType): HandlerAddress {
    const { number, href, name, label, plan } = type;
    const uses = this.#gates.usesOf(type);
    return { task: number, href, name, label, kind: plan.kind, ...(uses.length === 0 ? {} : { uses }) };
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
