import type { Timer } from '../clock.js';
import { type TaskHolder, takeBack } from './clear.js';
import { type Candidate, Lives, type LivesParts } from './lives.js';
import { allowsOverlap, type Headroom, patienceOf, type RecycleReason, type RecycleRecord } from './recycle.js';
import type { Remind } from './reminder.js';
import type { Slot } from './slot.js';
import { isThrough, recordOf, type Turn } from './turn.js';

/** The snapshot tells of so many recycles. */
const MAX_RECORDS = 100;

/** What recycling has done to threads. */
export interface RecyclerHost {
  /** Starts a second thread in the slot, which is to take the place of the first. */
  succeed(slot: Slot): void;
  /** Gives the slot's thread nothing any more, and has it go when what runs there has ended. */
  withdraw(slot: Slot): void;
  /** Gives it work again after all; a successor is ended. */
  resume(slot: Slot): void;
  /** Threads that are ending in the background. */
  leaving(): number;
}

/** Who hears of it. */
export interface RecyclerListener extends TaskHolder {
  /** A thread was replaced as planned; told once more where that turns out not to have helped. */
  recycled(record: RecycleRecord): void;
  /** A slot takes more than it did a moment ago. */
  roomier(slot: Slot): void;
}

/** What recycling is made with. */
export interface RecyclerParts extends LivesParts {
  readonly remind: Remind;
  readonly wallClock: () => string;
  /** What the process has left; asked once per recycle. */
  readonly headroom: () => Headroom;
  /** The task that brought a slot's thread to a limit; null when none stands out. */
  readonly culprit: (slot: Slot, reason: RecycleReason) => string | null;
}

/** Decides which thread is recycled when, one at a time, and how far it is with it. */
export class Recycler {
  readonly #slots: readonly Slot[];
  readonly #parts: RecyclerParts;
  readonly #host: RecyclerHost;
  readonly #listener: RecyclerListener;
  readonly #lives: Lives;
  readonly #isOff: boolean;
  #turn: Turn | undefined;
  #reminder: Timer | undefined;
  #isClosed = false;
  /** Recycles, oldest first. */
  readonly records: RecycleRecord[] = [];

  constructor(slots: readonly Slot[], parts: RecyclerParts, host: RecyclerHost, listener: RecyclerListener) {
    this.#slots = slots;
    this.#parts = parts;
    this.#host = host;
    this.#listener = listener;
    this.#lives = new Lives(slots, parts, this.#cameOut);
    this.#isOff = Object.values(parts.limits).every((limit) => limit === Number.POSITIVE_INFINITY);
    for (const slot of slots) slot.mostHeld = parts.limits.descriptors;
  }

  /** A slot's thread takes attempts from now on. */
  cameUp(slot: Slot): void {
    const { thread } = slot;
    if (this.#isOff || thread === undefined) return;
    this.#lives.began(slot, thread, this.#turn?.slot === slot ? this.#turn.record : undefined);
    this.settle();
    this.#remindOfAge();
  }

  /** Something ended in the slot's thread: looks whether it is at a limit. */
  observe(slot: Slot): void {
    if (this.#isOff || this.#isClosed || !this.#lives.isToBeSeen(slot)) return;
    const figures = this.#lives.look(slot);
    if (figures === undefined || this.#turn !== undefined) return;
    const wish = this.#lives.wish(slot, figures);
    if (wish !== undefined) this.#begin({ slot, wish, figures });
  }

  /** Its thread declined something, so it is worth looking again at once. */
  lookAgain(slot: Slot): void {
    this.#lives.lookAgain(slot);
  }

  /** Work waits: looks whether that is because threads start nothing any more. */
  relieve(): void {
    if (this.#turn === undefined && this.#slots.some(({ held, mostHeld }) => held >= mostHeld)) this.#next();
  }

  /** The slot's successor is up. */
  successorUp(slot: Slot): void {
    const turn = this.#turn;
    if (turn?.slot === slot && turn.stage === 'succeeding') this.#withdraw(turn);
  }

  /** The slot's successor died before its time. To be followed by {@link settle}. */
  successorDied(slot: Slot): void {
    const turn = this.#turn;
    if (turn?.slot !== slot) return;
    const history = this.#lives.historyOf(slot);
    // One that starts nothing any more cannot wait; if there was not enough for two, there may be for one.
    if (turn.wish.urgent) history.endsFirst = true;
    else history.cameToNothing(this.#parts.clock.now());
    this.#giveUp(turn);
  }

  /** Whether the slot's thread goes because it is being recycled, and for no other reason. */
  isGoing(slot: Slot): boolean {
    return this.#turn?.slot === slot && this.#turn.thread === slot.thread && !slot.isCondemned;
  }

  /** The slot's thread has nothing left to do and goes. */
  goes(slot: Slot): void {
    const turn = this.#turn;
    if (turn === undefined || !this.isGoing(slot)) return;
    turn.stage = 'going';
    turn.patience?.cancel();
    const record = recordOf(turn, this.#parts.wallClock());
    turn.record = record;
    this.records.push(record);
    if (this.records.length > MAX_RECORDS) this.records.shift();
    this.#listener.recycled(record);
  }

  /** Something has come to its end that the present turn may have waited for. */
  settle(): void {
    const turn = this.#turn;
    if (turn === undefined || this.#isClosed) return;
    const { slot } = turn;
    if (!isThrough(turn, this.#host.leaving())) return;
    turn.patience?.cancel();
    this.#turn = undefined;
    slot.isDouble = false;
    slot.heldBehind = 0;
    this.#listener.roomier(slot);
    this.#next();
  }

  /** Recycles no more. */
  close(): void {
    this.#isClosed = true;
    this.#turn?.patience?.cancel();
    // Whoever was about to go is closed like everybody else, and that is no recycle.
    this.#turn = undefined;
    this.#reminder?.cancel();
  }

  /** It is known now whether a recycle helped. */
  readonly #cameOut = (record: RecycleRecord, helped: boolean): void => {
    const known = { ...record, helped };
    const at = this.records.indexOf(record);
    if (at >= 0) this.records[at] = known;
    if (!helped) this.#listener.recycled(known);
  };

  /** Gives the next one its turn. */
  #next(): void {
    if (this.#isOff || this.#isClosed || this.#turn !== undefined) return;
    const best = this.#lives.next();
    if (best !== undefined) this.#begin(best);
    this.#remindOfAge();
  }

  #begin({ slot, wish, figures }: Candidate): void {
    const { thread } = slot;
    // Who listens to what was just told may have closed everything.
    if (thread === undefined || slot.state !== 'up' || this.#isClosed || this.#turn !== undefined) return;
    const { limits, headroom, culprit } = this.#parts;
    const overlap =
      !this.#lives.historyOf(slot).endsFirst &&
      allowsOverlap(headroom(), { held: slot.held, running: slot.outstanding - slot.unstarted }, limits);
    const turn: Turn = {
      slot,
      thread,
      wish,
      figures,
      task: culprit(slot, wish.reason),
      overlap,
      stage: 'succeeding',
      patience: undefined,
      record: undefined,
    };
    this.#turn = turn;
    if (!overlap) {
      this.#withdraw(turn);
      return;
    }
    slot.isDouble = true;
    // What it was given before it had to share its limit with a successor is more than it may have now.
    if (slot.outstanding > slot.allowance) takeBack(slot, this.#listener);
    this.#host.succeed(slot);
  }

  #withdraw(turn: Turn): void {
    const { clock, pace } = this.#parts;
    turn.stage = 'withdrawn';
    const isLone = !this.#slots.some((slot) => slot !== turn.slot && slot.open);
    turn.patience = clock.timer(patienceOf(pace, isLone), () => {
      // One that is condemned meanwhile goes on its own; the others need not wait for that.
      if (this.#turn !== turn || turn.stage !== 'withdrawn' || turn.slot.state !== 'retiring') return;
      this.#lives.historyOf(turn.slot).cameToNothing(clock.now());
      this.#giveUp(turn);
      this.settle();
    });
    this.#host.withdraw(turn.slot);
  }

  #giveUp(turn: Turn): void {
    turn.stage = 'given up';
    turn.patience?.cancel();
    this.#host.resume(turn.slot);
  }

  /** Sets the one reminder that an age needs, to the next thread that comes of age; there is none without that limit, or while it waits its turn. */
  #remindOfAge(): void {
    const { limits, clock, remind } = this.#parts;
    if (limits.age === Number.POSITIVE_INFINITY) return;
    this.#reminder?.cancel();
    this.#reminder = undefined;
    if (this.#turn !== undefined || this.#isClosed) return;
    const due = this.#lives.nextOfAge();
    if (due === Number.POSITIVE_INFINITY) return;
    this.#reminder = remind(Math.max(0, due - clock.now()), () => {
      this.#reminder = undefined;
      this.#next();
    });
  }
}
