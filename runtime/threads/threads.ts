import type { FromThread } from '../../workers/protocol/messages.js';
import type { Clock } from '../clock.js';
import type { DeathRecord, RestartIntensityError } from '../errors.js';
import type { RestartEvent } from '../observe/events.js';
import type { Task } from '../task.js';
import { clear, takeBack } from './clear.js';
import { type Accident, accidentOfDeath, accidentOfUnsound, Deaths, whereOf } from './deaths.js';
import { type EndedThread, Ends, QUIESCE_MS } from './ends.js';
import type { RecycleLimits, RecycleRecord } from './recycle.js';
import { Recycler, type RecyclerListener } from './recycler.js';
import { type Recycling, usualRecycling } from './recycling.js';
import type { RestartLimits } from './restart.js';
import type { Slot } from './slot.js';
import type { Death, MakeThread, Thread, ThreadEnd } from './thread.js';
import { listenTo, type SaidListener, type Voices } from './voices.js';

/** What becomes of threads concerns whoever has tasks on them. */
export interface ThreadsListener extends RecyclerListener, SaidListener {
  /** A thread takes attempts now. */
  ready(slot: Slot): void;
  restarted(event: RestartEvent): void;
  /** Threads keep dying; there will be none any more. */
  gaveUp(error: RestartIntensityError): void;
}

/** The threads of all slots: brings them up, replaces the dead, retires the unsound, recycles, ends them. */
export class Threads {
  readonly slots: readonly Slot[];
  readonly recycler: Recycler;
  readonly #make: MakeThread;
  readonly #clock: Clock;
  readonly #wallClock: () => string;
  readonly #deaths: Deaths;
  readonly #listener: ThreadsListener;
  readonly #voices: Voices;
  readonly #ends = new Ends(() => this.recycler.settle());
  /** Why retiring threads retire, where it was an accident. */
  readonly #accidents = new WeakMap<Thread, Accident>();
  #state: 'running' | 'winding down' | 'closed' = 'running';

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
    this.slots = parts.slots;
    this.#make = parts.make;
    this.#clock = parts.clock;
    this.#wallClock = parts.wallClock;
    this.#deaths = new Deaths(parts.restart);
    this.#listener = parts.listener;
    this.#voices = {
      cameUp: this.#cameUp,
      successorUp: this.#successorUp,
      unsound: this.#unsound,
      died: this.#died,
      successorDied: this.#successorDied,
      // It may be said in the middle of reading outcomes; a thread is not replaced under that.
      found: (slot) => this.#clock.soon(() => this.ended(slot)),
      isLeaving: (thread) => this.#ends.isLeaving(thread),
    };
    const leaving = (): number => this.#ends.leaving;
    const host = { succeed: this.#succeed, withdraw: this.#withdraw, resume: this.#resume, leaving };
    const recycling = { ...parts, ...usualRecycling, ...parts.recycling, limits: parts.recycle };
    this.recycler = new Recycler(parts.slots, recycling, host, parts.listener);
    for (const slot of parts.slots) {
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
    if (cold !== undefined) this.#fill(cold);
  }

  /** Work waits that nobody can take: brings up all threads, and sees to those that start nothing any more. */
  startAll(): void {
    for (const slot of this.slots) if (slot.state === 'cold') this.#fill(slot);
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
    if (slot.visits === 0 || slot.isCondemned) this.#vacate(slot);
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
    await this.#end(slot, quiesceMs);
    if (this.#isVacant(slot)) this.#fill(slot);
  }

  /** Nothing is left that a thread would be needed for: those that go are not replaced any more. */
  windDown(): void {
    if (this.#state === 'running') this.#state = 'winding down';
    this.#ends.keep();
    this.recycler.close();
  }

  /** Ends all threads for good. */
  async close(): Promise<EndedThread[]> {
    this.#state = 'closed';
    this.recycler.close();
    const kept = this.#ends.kept();
    const ends = this.slots.map(async (slot) => {
      const { thread, successor, state } = slot;
      slot.state = state === 'cold' || state === 'stopped' ? 'stopped' : 'ending';
      slot.successor = undefined;
      if (successor !== undefined) this.#ends.leaveBehind(slot, successor.thread);
      const end = await this.#end(slot, QUIESCE_MS);
      slot.state = 'stopped';
      return thread === undefined || end === undefined
        ? []
        : [{ slot: slot.number, generation: thread.generation, end }];
    });
    const left = this.#ends.allLeft();
    return [...kept, ...(await Promise.all(ends)).flat(), ...(await left)];
  }

  readonly #succeed = (slot: Slot): void => {
    const thread = this.#makeThread(slot);
    slot.successor = { thread, isUp: false };
    thread.start();
  };

  readonly #successorUp = (slot: Slot): void => {
    if (slot.successor !== undefined) slot.successor.isUp = true;
    this.recycler.successorUp(slot);
  };

  #makeThread(slot: Slot): Thread {
    const listener = listenTo(slot, () => thread, this.#voices, this.#listener);
    const thread = this.#make(slot.number, ++slot.made, listener);
    return thread;
  }

  readonly #cameUp = (slot: Slot): void => {
    slot.state = 'up';
    this.recycler.cameUp(slot);
    this.#listener.ready(slot);
  };

  readonly #died = (slot: Slot, death: Death): void => {
    const where = whereOf(slot, slot);
    // First of all it is not open any more: reading its last outcomes makes room, and nothing may be posted into the dead thread.
    slot.state = 'ending';
    const culprit = clear(slot, this.#listener, death);
    this.#isVacant(slot);
    this.#judge(slot, accidentOfDeath(where, death, culprit, this.#wallClock()));
  };

  readonly #successorDied = (slot: Slot, thread: Thread, death: Death): void => {
    this.#lostSuccessor(slot, accidentOfDeath(whereOf(slot, thread), death, undefined, this.#wallClock()));
  };

  /** A death like any other, but that the slot still has the thread it was to succeed. */
  #lostSuccessor(slot: Slot, accident: Accident): void {
    slot.successor = undefined;
    this.recycler.successorDied(slot);
    this.#judge(slot, accident);
    this.recycler.settle();
  }

  readonly #unsound = (slot: Slot, thread: Thread, message: Extract<FromThread, { type: 'unsound' }>): void => {
    const accident = accidentOfUnsound(whereOf(slot, thread), message, this.#wallClock());
    if (slot.thread !== thread) {
      this.#ends.leaveBehind(slot, thread);
      this.#lostSuccessor(slot, accident);
      return;
    }
    // The first one is what made the thread unsound; what follows may be its consequence.
    if (!this.#accidents.has(thread)) this.#accidents.set(thread, accident);
    this.#listener.outcomes(slot);
    // With its last outcome it may have gone, and the slot has another.
    if (slot.thread === thread) this.retire(slot);
  };

  readonly #withdraw = (slot: Slot): void => {
    if (slot.state === 'up') {
      slot.state = 'retiring';
      this.takeBack(slot);
    }
    this.relieved(slot);
  };

  readonly #resume = (slot: Slot): void => {
    const { successor } = slot;
    slot.successor = undefined;
    if (successor !== undefined) this.#ends.leaveBehind(slot, successor.thread);
    if (slot.state !== 'retiring' || slot.isCondemned) return;
    slot.state = 'up';
    this.#listener.roomier(slot);
  };

  /** The slot's thread has nothing left to do. A successor takes its place at once; without one it is ended first. */
  #vacate(slot: Slot): void {
    const { thread, successor } = slot;
    if (thread === undefined) return;
    const accident = this.#accidents.get(thread);
    slot.state = 'ending';
    this.recycler.goes(slot);
    const replace = (): void => {
      if (!this.#isVacant(slot)) return;
      if (accident === undefined) this.#fill(slot);
      else this.#judge(slot, accident);
    };
    if (successor === undefined) {
      void this.#end(slot, QUIESCE_MS).then(() => {
        if (slot.thread === thread) replace();
      });
      return;
    }
    slot.heldBehind = thread.gauges().descriptorsHeld ?? 0;
    this.#ends.leaveBehind(slot, thread);
    replace();
  }

  /** Ends the slot's thread, and clears up after it. */
  async #end(slot: Slot, quiesceMs: number): Promise<ThreadEnd | undefined> {
    const { thread } = slot;
    if (thread === undefined) return undefined;
    const end = await this.#ends.end(slot, thread, quiesceMs);
    if (slot.thread === thread) clear(slot, this.#listener, 'ended');
    return end;
  }

  /** The slot's thread is gone: whether it is to have another. */
  #isVacant(slot: Slot): boolean {
    slot.thread = undefined;
    slot.state = this.#state === 'running' ? 'cold' : 'stopped';
    return slot.state === 'cold';
  }

  /** Gives a slot without a thread its next one. */
  #fill(slot: Slot): void {
    const { successor } = slot;
    slot.successor = undefined;
    slot.state = 'starting';
    slot.assign(successor?.thread ?? this.#makeThread(slot));
    if (successor === undefined) slot.thread?.start();
    else if (successor.isUp) this.#cameUp(slot);
  }

  #judge(slot: Slot, { record, error }: Accident): void {
    this.#deaths.enter(record);
    if (this.#state !== 'running') return;
    const tooMany = this.#deaths.verdict(record, this.#clock.now());
    if (tooMany !== undefined) {
      // Whatever happens while the bad news is told, no thread is started any more.
      this.#state = 'closed';
      this.recycler.close();
      this.#listener.gaveUp(tooMany);
      return;
    }
    this.#listener.restarted({ ...record, error });
    if (slot.state === 'cold') this.#fill(slot);
  }
}
