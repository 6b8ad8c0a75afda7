import type { Kind } from '../../workers/protocol/outcome.js';
import type { Clock } from '../clock.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Task } from '../task.js';
import { type LanesInUse, placeAlone } from '../threads/placement.js';
import type { Slot } from '../threads/slot.js';

/** So long a suspect runs alone at first. */
export const PROBATION_MS = 10_000;
/** It is never alone for longer than about three hours. */
const MOST_DOUBLINGS = 10;

const KINDS: readonly Kind[] = ['cpu', 'io'];

/**
 * Gives tasks that are suspected of killing threads a thread each to themselves, so that it shows who does it and costs nobody else.
 *
 * They come before everything else. An empty slot is taken at once; where there is none the one with the fewest attempts is kept from new
 * ones until those have ended. Meanwhile the slot whose thread died has a new one, which is empty: so suspects do not wait for attempts that
 * never end. They are not kept alone for ever either, or a few that run for hours would take all threads from everybody: whoever has been
 * for ten seconds gets neighbours again; the next time it is twice as long.
 */
export class Solitude {
  readonly #lanes: Lanes;
  readonly #slots: readonly Slot[];
  readonly #clock: Clock;
  readonly #enter: (slot: Slot, task: Task, now: number) => boolean;
  readonly #post: (slot: Slot, task: Task, now: number) => void;
  readonly #opened: () => void;
  /** The slot that is being emptied for each kind. */
  readonly #wanted: Record<Kind, Slot | undefined> = { cpu: undefined, io: undefined };

  constructor(parts: {
    lanes: Lanes;
    slots: readonly Slot[];
    clock: Clock;
    /** Whether it has what it needs beside a thread; if not, it waits elsewhere now. */
    enter: (slot: Slot, task: Task, now: number) => boolean;
    post: (slot: Slot, task: Task, now: number) => void;
    /** A slot takes other attempts again. */
    opened: () => void;
  }) {
    this.#lanes = parts.lanes;
    this.#slots = parts.slots;
    this.#clock = parts.clock;
    this.#enter = parts.enter;
    this.#post = parts.post;
    this.#opened = parts.opened;
  }

  /** Dispatches the suspects there is a place for. */
  run(now: number, inUse: LanesInUse): void {
    for (const kind of KINDS) {
      const lane = this.#lanes.alone[kind];
      while (lane.size > 0) {
        const slot = this.#place(kind, inUse);
        const task = slot === undefined ? undefined : lane.take(now);
        if (slot === undefined || task === undefined) break;
        if (!this.#enter(slot, task, now)) continue;
        this.#start(slot, task, now);
      }
      if (lane.size === 0) this.#letGo(kind);
    }
  }

  /** An empty slot; undefined while there is none, and then one is being emptied. */
  #place(kind: Kind, inUse: LanesInUse): Slot | undefined {
    const wanted = this.#wanted[kind];
    if (wanted?.solitude === 'wanted' && wanted.open) {
      if (wanted.outstanding === 0) return wanted;
    } else this.#letGo(kind);
    const slot = this.#slots[placeAlone(kind, this.#slots, inUse)];
    if (slot === undefined || slot.outstanding === 0) return slot;
    if (this.#wanted[kind] === undefined) {
      slot.solitude = 'wanted';
      this.#wanted[kind] = slot;
    }
    return undefined;
  }

  #letGo(kind: Kind): void {
    const wanted = this.#wanted[kind];
    if (wanted?.solitude === 'wanted') wanted.solitude = 'none';
    this.#wanted[kind] = undefined;
  }

  #start(slot: Slot, task: Task, now: number): void {
    slot.solitude = 'given';
    this.#post(slot, task, now);
    if (slot.at(task.entry) !== task) {
      // It was not posted after all.
      slot.solitude = 'none';
      return;
    }
    this.#watch(slot, task);
    slot.thread?.wake();
  }

  #watch(slot: Slot, task: Task): void {
    const { blame, timers } = task.needExtras();
    const times = (blame?.cutShort ?? 0) + (blame?.deaths ?? 0) - 1;
    const timer = this.#clock.timer(PROBATION_MS * 2 ** Math.min(times, MOST_DOUBLINGS), () => {
      timers.delete(timer);
      if (slot.solitude !== 'given' || slot.at(task.entry) !== task) return;
      slot.solitude = 'none';
      this.#opened();
    });
    timers.add(timer);
  }
}
