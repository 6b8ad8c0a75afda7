import type { FromThread } from '../../workers/protocol/messages.js';
import type { Clock } from '../clock.js';
import type { DeathRecord, RestartIntensityError } from '../errors.js';
import type { RestartEvent } from '../observe/events.js';
import type { Task } from '../task.js';
import { clear, takeBack } from './clear.js';
import { type Accident, accidentOfDeath, accidentOfUnsound, Deaths, whereOf } from './deaths.js';
import type { EndedThread } from './ends.js';
import type { RecycleLimits, RecycleRecord } from './recycle.js';
import { Recycler, type RecyclerListener } from './recycler.js';
import { type Recycling, usualRecycling } from './recycling.js';
import type { RestartLimits } from './restart.js';
import type { Slot } from './slot.js';
import { Succession } from './succession.js';
import type { Death, MakeThread, Thread } from './thread.js';
import type { SaidListener, Voices } from './voices.js';

/** What becomes of threads concerns whoever has tasks on them. */
export interface ThreadsListener extends RecyclerListener, SaidListener {
  /** A thread takes attempts now. */
  ready(slot: Slot): void;
  restarted(event: RestartEvent): void;
  /** Threads keep dying; there will be none any more. */
  gaveUp(error: RestartIntensityError): void;
}

/** What is decided about the threads of all slots: who has to go, and why, and whether the next may come. {@link Succession} carries it out. */
export class Threads {
  readonly slots: readonly Slot[];
  readonly recycler: Recycler;
  readonly #succession: Succession;
  readonly #clock: Clock;
  readonly #wallClock: () => string;
  readonly #deaths: Deaths;
  readonly #listener: ThreadsListener;
  /** Why retiring threads retire, where it was an accident. */
  readonly #accidents = new WeakMap<Thread, Accident>();

  constructor(parts: {
    slots: readonly Slot[];
    make: MakeThread;
    clock: Clock;
    wallClock: () => string;
    restart: RestartLimits;
    recycle: RecycleLimits;
    recycling?: Partial<Recycling>;
    listener: ThreadsListener;
  }) {
    const { slots, make, listener } = parts;
    this.slots = slots;
    this.#clock = parts.clock;
    this.#wallClock = parts.wallClock;
    this.#deaths = new Deaths(parts.restart);
    this.#listener = listener;
    const gone = (): void => {
      this.recycler.settle();
    };
    const succession = new Succession({ slots, make, voices: this.#voices(), listener, gone });
    this.#succession = succession;
    const host = {
      succeed: (slot: Slot) => succession.prepare(slot),
      withdraw: this.#withdraw,
      resume: this.#resume,
      leaving: () => succession.leaving,
    };
    const recycling = { ...parts, ...usualRecycling, ...parts.recycling, limits: parts.recycle };
    this.recycler = new Recycler(slots, recycling, host, listener);
    for (const slot of slots) {
      slot.freed = () => {
        this.relieved(slot);
      };
    }
  }

  /** Deaths nobody asked for, oldest first. */
  get deaths(): DeathRecord[] {
    return this.#deaths.records;
  }

  /** Planned replacements, oldest first. */
  get recycles(): readonly RecycleRecord[] {
    return this.recycler.records;
  }

  /** Brings up one more thread, if there is one to bring up. */
  startNext(): void {
    const cold = this.slots.find((slot) => slot.state === 'cold');
    if (cold !== undefined) this.#succession.fill(cold);
  }

  /** Work waits that nobody can take: brings up all threads, and sees to those that start nothing any more. */
  startAll(): void {
    for (const slot of this.slots) this.#succession.fill(slot);
    this.recycler.relieve();
  }

  /** An attempt went well in the slot. */
  worked(slot: Slot): void {
    this.#deaths.worked(slot.number);
  }

  /** Something ended in the slot's thread, or was found out about it: it may have come to a limit. */
  ended(slot: Slot): void {
    this.recycler.observe(slot);
  }

  /** Something of the slot's ended; a retiring thread that has nothing left goes. */
  relieved(slot: Slot): void {
    if (slot.state !== 'retiring' || slot.outstanding > 0) return;
    if (slot.visits === 0 || slot.isCondemned) this.#letGo(slot);
  }

  /** Takes back what a thread has not started. */
  takeBack(slot: Slot): void {
    takeBack(slot, this.#listener);
  }

  /** A thread handed a task back; it will not start the others either. */
  declined(slot: Slot, task: Task): void {
    this.recycler.lookAgain(slot);
    takeBack(slot, this.#listener, task);
  }

  /** No attempts for this thread any more, whatever comes; it is replaced when those it has have ended. */
  retire(slot: Slot): void {
    if (slot.state !== 'up' && slot.state !== 'retiring') return;
    slot.isCondemned = true;
    this.#withdraw(slot);
  }

  /** Ends a thread under whatever runs in it, and replaces it. `quiesceMs` is 0 for a thread that does not listen. */
  async kill(slot: Slot, quiesceMs: number): Promise<void> {
    if (slot.state !== 'up' && slot.state !== 'retiring') return;
    slot.state = 'ending';
    this.takeBack(slot);
    await this.#succession.end(slot, quiesceMs);
    this.#succession.vacate(slot);
    this.#succession.fill(slot);
  }

  /** Nothing is left that a thread would be needed for: those that go are not replaced any more. */
  windDown(): void {
    this.#succession.windDown();
    this.recycler.close();
  }

  /** Ends all threads for good. */
  close(): Promise<EndedThread[]> {
    this.recycler.close();
    return this.#succession.close();
  }

  #voices(): Omit<Voices, 'isLeaving'> {
    return {
      cameUp: this.#cameUp,
      successorUp: this.#successorUp,
      unsound: this.#unsound,
      died: this.#died,
      successorDied: this.#successorDied,
      // It may be said in the middle of reading outcomes; a thread is not replaced under that.
      found: (slot) => this.#clock.soon(() => this.ended(slot)),
    };
  }

  readonly #cameUp = (slot: Slot): void => {
    slot.state = 'up';
    this.recycler.cameUp(slot);
    this.#listener.ready(slot);
  };

  readonly #successorUp = (slot: Slot): void => {
    if (slot.successor !== undefined) slot.successor.isUp = true;
    this.recycler.successorUp(slot);
  };

  readonly #withdraw = (slot: Slot): void => {
    if (slot.state === 'up') {
      slot.state = 'retiring';
      this.takeBack(slot);
    }
    this.relieved(slot);
  };

  readonly #resume = (slot: Slot): void => {
    this.#succession.dismissSuccessor(slot);
    if (slot.state !== 'retiring' || slot.isCondemned) return;
    slot.state = 'up';
    this.#listener.roomier(slot);
  };

  /** The slot's thread has nothing left to do. If an accident made it retire, that is judged now; otherwise the next has the slot. */
  #letGo(slot: Slot): void {
    const { thread } = slot;
    if (thread === undefined) return;
    const accident = this.#accidents.get(thread);
    slot.state = 'ending';
    this.recycler.goes(slot);
    this.#succession.leave(slot, () => {
      if (accident === undefined) this.#succession.fill(slot);
      else this.#judge(slot, accident);
    });
  }

  readonly #died = (slot: Slot, death: Death): void => {
    const where = whereOf(slot, slot);
    // First of all it is not open any more: reading its last outcomes makes room, and nothing may be posted into the dead thread.
    slot.state = 'ending';
    const culprit = clear(slot, this.#listener, death);
    this.#succession.vacate(slot);
    this.#judge(slot, accidentOfDeath(where, death, culprit, this.#wallClock()));
  };

  readonly #successorDied = (slot: Slot, thread: Thread, death: Death): void => {
    slot.successor = undefined;
    this.#lostSuccessor(slot, accidentOfDeath(whereOf(slot, thread), death, undefined, this.#wallClock()));
  };

  /** A death like any other, but that the slot still has the thread it was to succeed. */
  #lostSuccessor(slot: Slot, accident: Accident): void {
    this.recycler.successorDied(slot);
    this.#judge(slot, accident);
    this.recycler.settle();
  }

  readonly #unsound = (slot: Slot, thread: Thread, message: Extract<FromThread, { type: 'unsound' }>): void => {
    const accident = accidentOfUnsound(whereOf(slot, thread), message, this.#wallClock());
    if (slot.thread !== thread) {
      this.#succession.dismissSuccessor(slot);
      this.#lostSuccessor(slot, accident);
      return;
    }
    // The first one is what made the thread unsound; what follows may be its consequence.
    if (!this.#accidents.has(thread)) this.#accidents.set(thread, accident);
    this.#listener.outcomes(slot);
    // With its last outcome it may have gone, and the slot has another.
    if (slot.thread === thread) this.retire(slot);
  };

  /** Enters an accident; unless it was one too many, the slot has its next thread, if it has none. */
  #judge(slot: Slot, { record, error }: Accident): void {
    this.#deaths.enter(record);
    if (this.#succession.isOver) return;
    const tooMany = this.#deaths.verdict(record, this.#clock.now());
    if (tooMany !== undefined) {
      // Whatever happens while the bad news is told, no thread is started any more.
      this.#succession.stop();
      this.recycler.close();
      this.#listener.gaveUp(tooMany);
      return;
    }
    this.#listener.restarted({ ...record, error });
    this.#succession.fill(slot);
  }
}
