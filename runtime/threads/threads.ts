import type { Culprit, FromThread, Unsound } from '../../workers/protocol/messages.js';
import { fromWireError } from '../../workers/protocol/wire-error.js';
import type { Clock } from '../clock.js';
import { type DeathRecord, RestartIntensityError } from '../errors.js';
import type { RestartEvent } from '../observe/events.js';
import type { Task } from '../task.js';
import { reasonOf, textOf } from './death.js';
import { RestartIntensity, type RestartLimits } from './restart.js';
import type { Slot } from './slot.js';
import type { Death, MakeThread, Thread, ThreadEnd, ThreadListener } from './thread.js';

/** How long teardowns and resource closings may take before a thread is terminated all the same; OTP gives its workers as long. */
export const QUIESCE_MS = 5_000;
/** How long a terminated thread may take to exit before it is left behind and reported: it sits in a native call then. */
export const EXIT_MS = 5_000;
/** The snapshot tells of so many deaths. */
const MAX_RECORDS = 100;

/** What becomes of threads concerns whoever has tasks on them. */
export interface ThreadsListener {
  /** A thread takes attempts now. */
  ready(slot: Slot): void;
  /** A thread may have outcomes to read. */
  outcomes(slot: Slot): void;
  said(slot: Slot, message: Exclude<FromThread, { type: 'ring' | 'unsound' }>): void;
  /** A task's thread is gone, or takes nothing more; the task had not started there. */
  unstarted(task: Task): void;
  /** A task's thread is gone while its attempt ran. */
  lost(task: Task, why: Death | 'ended'): void;
  restarted(event: RestartEvent): void;
  /** Threads keep dying; there will be none any more. */
  gaveUp(error: RestartIntensityError): void;
}

/** The threads of all slots: brings them up, replaces the dead, retires the unsound, ends them. */
export class Threads {
  readonly slots: readonly Slot[];
  readonly #make: MakeThread;
  readonly #clock: Clock;
  readonly #wallClock: () => string;
  readonly #intensity: RestartIntensity;
  readonly #listener: ThreadsListener;
  /** Why retiring threads retire, where it was an accident. */
  readonly #accidents = new WeakMap<Thread, { readonly record: DeathRecord; readonly error: unknown }>();
  readonly #ends = new WeakMap<Thread, Promise<ThreadEnd>>();
  #state: 'running' | 'closed' = 'running';
  /** Deaths nobody asked for, oldest first. */
  readonly deaths: DeathRecord[] = [];

  constructor(parts: {
    slots: readonly Slot[];
    make: MakeThread;
    clock: Clock;
    wallClock: () => string;
    restart: RestartLimits;
    listener: ThreadsListener;
  }) {
    this.slots = parts.slots;
    this.#make = parts.make;
    this.#clock = parts.clock;
    this.#wallClock = parts.wallClock;
    this.#intensity = new RestartIntensity(parts.restart);
    this.#listener = parts.listener;
  }

  /** Brings up one more thread, if there is one to bring up. */
  startNext(): void {
    const cold = this.slots.find((slot) => slot.state === 'cold');
    if (cold !== undefined) this.#start(cold);
  }

  /** Brings up all threads. */
  startAll(): void {
    for (const slot of this.slots) if (slot.state === 'cold') this.#start(slot);
  }

  /** An attempt went well in the slot. */
  worked(slot: Slot): void {
    this.#intensity.worked(slot.number);
  }

  /** Something of the slot's ended; a retiring thread that has nothing left is ended. */
  relieved(slot: Slot): void {
    if (slot.state === 'retiring' && slot.outstanding === 0) this.#endRetired(slot);
  }

  /** Takes back what a thread has not started. */
  takeBack(slot: Slot): void {
    const tasks = slot.tasks().sort((a, b) => b.id - a.id);
    for (const task of tasks) {
      // What was moved to the thread cannot be had back: such a task starts there, or is lost with it.
      const wasMoved = (task.plan.transfer?.length ?? 0) > 0;
      if (!wasMoved && slot.revoke(task)) this.#listener.unstarted(task);
    }
  }

  /** No attempts for this thread any more; it is replaced when those it has have ended. */
  retire(slot: Slot): void {
    if (slot.state !== 'up') return;
    slot.state = 'retiring';
    this.takeBack(slot);
    this.relieved(slot);
  }

  /** Ends a thread under whatever runs in it, and replaces it. `quiesceMs` is 0 for a thread that does not listen. */
  async kill(slot: Slot, quiesceMs: number): Promise<void> {
    if (slot.state !== 'up' && slot.state !== 'retiring') return;
    slot.state = 'ending';
    this.takeBack(slot);
    await this.#end(slot, quiesceMs);
    this.#replace(slot);
  }

  /** Ends all threads for good. */
  async close(): Promise<{ slot: number; generation: number; end: ThreadEnd }[]> {
    this.#state = 'closed';
    const ends = this.slots.map(async (slot) => {
      const { thread, state } = slot;
      slot.state = state === 'cold' || state === 'stopped' ? 'stopped' : 'ending';
      const end = await this.#end(slot, QUIESCE_MS);
      slot.state = 'stopped';
      return thread === undefined || end === undefined
        ? []
        : [{ slot: slot.number, generation: thread.generation, end }];
    });
    return (await Promise.all(ends)).flat();
  }

  #start(slot: Slot): void {
    const thread: Thread = this.#make(
      slot.number,
      slot.generation + 1,
      this.#listenTo(slot, () => thread),
    );
    slot.assign(thread);
    slot.state = 'starting';
    thread.start();
  }

  /** Whatever a thread says after its slot has gone on to another is dropped. */
  #listenTo(slot: Slot, self: () => Thread): ThreadListener {
    const current = (): boolean => slot.thread === self();
    return {
      ready: () => {
        if (!current() || slot.state !== 'starting') return;
        slot.state = 'up';
        this.#listener.ready(slot);
      },
      outcomes: () => {
        if (current()) this.#listener.outcomes(slot);
      },
      said: (message) => {
        if (!current()) return;
        if (message.type === 'unsound') this.#unsound(slot, message.cause, message.culprit);
        else this.#listener.said(slot, message);
      },
      died: (death) => {
        if (current()) this.#died(slot, death);
      },
    };
  }

  #died(slot: Slot, death: Death): void {
    // First of all it is not open any more: reading its last outcomes makes room, and nothing may be posted into the dead thread.
    slot.state = 'ending';
    const record = this.#recordOf(slot, reasonOf(death), this.#clear(slot, death));
    slot.thread = undefined;
    slot.state = 'cold';
    this.#judge(slot, record, 'error' in death ? death.error : undefined);
  }

  #unsound(slot: Slot, cause: Unsound, culprit: Culprit | undefined): void {
    const error = cause.kind === 'uncaught' ? fromWireError(cause.error) : undefined;
    const reason = cause.kind === 'uncaught' ? `uncaught ${textOf(error)}` : `exit code ${cause.exitCode}`;
    const late = culprit?.running === false ? ' after its attempt had ended' : '';
    const record = this.#recordOf(
      slot,
      reason + late,
      culprit === undefined ? undefined : { task: culprit.task, taskId: culprit.id },
    );
    // The first one is what made the thread unsound; what follows may be its consequence.
    if (slot.thread !== undefined && !this.#accidents.has(slot.thread))
      this.#accidents.set(slot.thread, { record, error });
    this.#listener.outcomes(slot);
    this.retire(slot);
  }

  #endRetired(slot: Slot): void {
    const { thread } = slot;
    const accident = thread === undefined ? undefined : this.#accidents.get(thread);
    slot.state = 'ending';
    void this.#end(slot, QUIESCE_MS).then(() => {
      if (slot.thread !== thread) return;
      slot.thread = undefined;
      if (this.#state === 'closed') return;
      slot.state = 'cold';
      if (accident === undefined) this.#start(slot);
      else this.#judge(slot, accident.record, accident.error);
    });
  }

  /** Ends the slot's thread; an end that is under way is awaited instead of cut short by a second one. */
  #end(slot: Slot, quiesceMs: number): Promise<ThreadEnd | undefined> {
    const { thread } = slot;
    if (thread === undefined) return Promise.resolve(undefined);
    let end = this.#ends.get(thread);
    if (end === undefined) {
      end = thread.end(quiesceMs, EXIT_MS).then((how) => {
        if (slot.thread === thread) this.#clear(slot, 'ended');
        return how;
      });
      this.#ends.set(thread, end);
    }
    return end;
  }

  /** Reads the last outcomes of a thread that is gone, and parts what had started from what had not. Names the one that ran, if it was one. */
  #clear(slot: Slot, why: Death | 'ended'): { task: string; taskId: number } | undefined {
    this.#listener.outcomes(slot);
    const running: Task[] = [];
    for (const task of slot.tasks().sort((a, b) => b.id - a.id)) {
      // Telling one may make callers stop others, which are no longer here then.
      if (slot.at(task.entry) !== task) continue;
      if (slot.thread?.startedAt(task.entry) !== undefined) {
        running.push(task);
        continue;
      }
      slot.abandon(task);
      this.#listener.unstarted(task);
    }
    for (const task of running) {
      if (slot.at(task.entry) !== task) continue;
      slot.abandon(task);
      this.#listener.lost(task, why);
    }
    const culprit = running.length === 1 ? running[0] : undefined;
    return culprit === undefined ? undefined : { task: culprit.type.label, taskId: culprit.id };
  }

  #replace(slot: Slot): void {
    slot.thread = undefined;
    if (this.#state === 'closed') return;
    slot.state = 'cold';
    this.#start(slot);
  }

  #judge(slot: Slot, record: DeathRecord, error: unknown): void {
    this.deaths.push(record);
    if (this.deaths.length > MAX_RECORDS) this.deaths.shift();
    if (this.#state === 'closed') return;
    const verdict = this.#intensity.died(slot.number, this.#clock.now());
    if (verdict.next === 'give-up') {
      this.#listener.gaveUp(new RestartIntensityError(verdict.why, this.#deathsBehind(verdict)));
      return;
    }
    this.#listener.restarted({ ...record, error });
    this.#start(slot);
  }

  #deathsBehind({ slot, deaths }: { readonly slot: number | undefined; readonly deaths: number }): DeathRecord[] {
    return this.deaths.filter((death) => slot === undefined || death.slot === slot).slice(-deaths);
  }

  #recordOf(slot: Slot, reason: string, culprit: { task: string; taskId: number } | undefined): DeathRecord {
    const { number, generation } = slot;
    return {
      slot: number,
      generation,
      reason,
      task: culprit?.task ?? null,
      taskId: culprit?.taskId ?? null,
      at: this.#wallClock(),
    };
  }
}
