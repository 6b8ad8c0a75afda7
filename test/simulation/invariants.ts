import type { Core } from '../../runtime/core.js';
import { IN_USE_MS } from '../../runtime/lanes/lanes.js';
import { EXIT_MS, QUIESCE_MS } from '../../runtime/threads/ends.js';
import { keptForIo } from '../../runtime/threads/placement.js';
import type { Slot } from '../../runtime/threads/slot.js';
import { Claim } from '../../workers/protocol/recorder.js';
import type { Account, Books } from './books.js';
import type { FakeThread } from './fake-thread.js';
import type { RecycleInvariants } from './recycle-invariants.js';
import type { VirtualClock } from './virtual-clock.js';

/** Nothing that is due may be overdue by more than this: latencies, late timers, hold-ups and a look of the watch together are less. */
const SLACK_MS = 250;

/** What a slot without a thread has. */
const NOTHING: { readonly claims: readonly number[]; readonly endedAt: readonly number[] } = {
  claims: [],
  endedAt: [],
};

/** What has to hold after every step, and what at the end. Everything found wrong goes to the books. */
export class Invariants {
  readonly #books: Books;
  readonly #core: Core;
  readonly #clock: VirtualClock;
  readonly #ioConcurrency: number;
  readonly #total = { cpu: 0, io: 0, offered: 0, delayed: 0, parked: 0 };
  /** By slot: since when its thread has had attempts and done nothing. */
  readonly #dozingSince: (number | undefined)[] = [];
  /** By slot: since when it has been idle while work it may take waits. */
  readonly #idleSince: (number | undefined)[];
  /** When each kind was last seen to have work; longer ago than any time is never. */
  readonly #lastUse = { cpu: Number.NEGATIVE_INFINITY, io: Number.NEGATIVE_INFINITY };
  readonly #recycling: RecycleInvariants;
  #deaths = 0;

  constructor(books: Books, core: Core, clock: VirtualClock, ioConcurrency: number, recycling: RecycleInvariants) {
    this.#recycling = recycling;
    this.#books = books;
    this.#core = core;
    this.#clock = clock;
    this.#ioConcurrency = ioConcurrency;
    this.#idleSince = core.slots.map(() => undefined);
  }

  afterStep(): void {
    this.#books.comparing = true;
    this.#noteUse();
    this.#countTasks();
    for (const slot of this.#core.slots) {
      this.#slotBalances(slot);
      this.#nothingWaitsInVain(slot);
    }
    this.#deathsAreReal();
    this.#recycling.afterStep();
    this.#books.comparing = false;
  }

  /** Nothing is going to happen any more, and nobody has closed anything. */
  atRest(): void {
    const { settle, admission } = this.#core;
    if (settle.pending > 0)
      this.#books.violated(`lost wake-up: at rest with ${settle.pending} tasks pending: ${this.#openTasks()}`);
    if (admission.standing > 0)
      this.#books.violated(`lost wake-up: at rest with ${admission.standing} tasks before the gate`);
    this.#books.gates?.atRest();
    for (const slot of this.#core.slots) {
      const { thread } = slot;
      if (thread === undefined || slot.state !== 'up') continue;
      if (slot.free !== thread.entries)
        this.#books.violated(`slot ${slot.number} is at rest with ${slot.free} of ${thread.entries} entries free`);
    }
    if (this.#clock.timers > 0) this.#books.violated(`P7: at rest with ${this.#clock.timers} timers set`);
  }

  /** Everything is closed, and nothing is going to happen any more. */
  atEnd(): void {
    const core = this.#core;
    const books = this.#books;
    if (books.open.size > 0) books.violated(`P1: closed with tasks that never settled: ${this.#openTasks()}`);
    if (core.settle.pending !== 0) books.violated(`closed with ${core.settle.pending} pending in the books`);
    books.gates?.atRest();
    if (core.lanes.size > 0 || core.settle.delayed.size > 0) books.violated('closed with tasks in lanes');
    if (this.#clock.timers > 0) books.violated(`closed with ${this.#clock.timers} timers set`);
    for (const { slot, generation, left, ended } of books.threads) {
      if (!left && ended === undefined) books.violated(`P3: thread ${slot}/${generation} was left behind by close`);
    }
    for (const slot of core.slots) {
      if (slot.state !== 'stopped') books.violated(`slot ${slot.number} is ${slot.state} after close`);
      if (slot.outstanding !== 0) books.violated(`slot ${slot.number} has ${slot.outstanding} attempts after close`);
    }
  }

  #openTasks(): string {
    return [...this.#books.open]
      .map(({ task }) => `${task.id} ${task.state}`)
      .slice(0, 5)
      .join(', ');
  }

  #countTasks(): void {
    const total = this.#total;
    total.cpu = total.io = total.offered = total.delayed = total.parked = 0;
    const books = this.#books;
    let accepted = 0;
    for (const account of books.open) {
      const { task } = account;
      if (task.state === 'offered') total.offered++;
      else accepted++;
      if (task.state === 'queued') total[task.type.plan.kind]++;
      if (task.state === 'delayed') total.delayed++;
      if (task.state === 'parked') total.parked++;
      if (task.state === 'dispatched' && this.#core.slots[task.slot]?.at(task.entry) !== task) {
        books.violated(`task ${task.id} is dispatched and in no slot`);
      }
      if (task.attempt > task.plan.retry.attempts)
        books.violated(`task ${task.id} is at attempt ${task.attempt} of ${task.plan.retry.attempts}`);
      this.#limitsHold(account);
    }
    this.#compare('pending', this.#core.settle.pending, accepted);
    this.#compare('cpu lane', this.#core.lanes.waiting('cpu').size, total.cpu);
    this.#compare('io lane', this.#core.lanes.waiting('io').size, total.io);
    this.#compare('delayed', this.#core.settle.delayed.size, total.delayed);
    this.#compare('parked', this.#core.gates.size, total.parked);
    const { standing, held } = this.#core.admission;
    this.#compare('standing', standing + held, total.offered);
    this.#compare('waiting', this.#core.waiting(), books.waiting());
  }

  /** Signal, timeout, deadline and grace are kept, whatever happens. */
  #limitsHold({ task, asked }: Account): void {
    const books = this.#books;
    const now = this.#clock.now();
    const { signal, deadline, timeout, grace } = task.plan;
    if (task.stop === undefined) {
      if (signal?.aborted === true)
        books.violated(`task ${task.id} (${task.state}) goes on though its signal is aborted`);
      if (deadline !== undefined && now > task.submittedAt + deadline + SLACK_MS)
        books.violated(`the deadline of task ${task.id} (${task.state}) is not kept`);
      if (timeout === undefined || task.state !== 'dispatched') return;
      const thread = this.#core.slots[task.slot]?.thread as FakeThread | undefined;
      const claim = thread?.memory.claims[task.entry];
      if (claim === Claim.started && now > (thread?.memory.startedAt[task.entry] ?? 0) + timeout + SLACK_MS)
        books.violated(`the timeout of task ${task.id} is not kept`);
    } else if (asked?.attempt === task.attempt && now > asked.at + 2 * grace + EXIT_MS + QUIESCE_MS + SLACK_MS) {
      books.violated(`task ${task.id} was stopped at ${asked.at.toFixed(1)} and is still ${task.state}`);
    }
  }

  /** A slot's counters, its entries and its thread's memory say the same. */
  #slotBalances(slot: Slot): void {
    const thread = slot.thread as FakeThread | undefined;
    if (slot.cpu === 0 && slot.expectedMs !== 0)
      this.#books.violated(`slot ${slot.number} expects ${slot.expectedMs} ms of nothing`);
    if (slot.io > this.#ioConcurrency)
      this.#books.violated(`slot ${slot.number} has ${slot.io} io attempts, ${this.#ioConcurrency} are allowed`);
    const { claims, endedAt } = thread?.memory ?? NOTHING;
    let free = 0;
    let unstarted = 0;
    let cpu = 0;
    let io = 0;
    for (let entry = 0; entry < claims.length; entry++) {
      const kind = slot.at(entry)?.type.plan.kind;
      const isOurs = kind !== undefined;
      if (kind === 'cpu') cpu++;
      else if (isOurs) io++;
      if (claims[entry] === Claim.free) free++;
      if (isOurs && (claims[entry] === Claim.waiting || thread?.memory.isDeclined(entry) === true)) unstarted++;
      if (claims[entry] === Claim.done && isOurs) this.#isRead(slot, entry, endedAt[entry] ?? 0);
    }
    if (slot.cpu !== cpu) this.#differ(`cpu attempts of slot ${slot.number}`, slot.cpu, cpu);
    if (slot.io !== io) this.#differ(`io attempts of slot ${slot.number}`, slot.io, io);
    if (thread === undefined) return;
    if (slot.free !== free) this.#differ(`free entries of slot ${slot.number}`, slot.free, free);
    if (slot.unstarted !== unstarted)
      this.#differ(`unstarted attempts of slot ${slot.number}`, slot.unstarted, unstarted);
    this.#isAwake(thread, unstarted);
  }

  /** A thread with nothing to do looks soon at what it was given. */
  #isAwake({ slot, state, loop, runner }: FakeThread, unstarted: number): void {
    const now = this.#clock.now();
    const dozes = unstarted > 0 && state === 'up' && runner.running === 0 && !loop.blocked && !loop.stopped;
    const since = (this.#dozingSince[slot] = dozes ? (this.#dozingSince[slot] ?? now) : undefined);
    if (since === undefined || now <= Math.max(since, this.#clock.heldUpUntil) + SLACK_MS) return;
    this.#books.violated(
      `lost wake-up: slot ${slot} has ${unstarted} attempts and nothing to do since ${since.toFixed(1)}`,
    );
  }

  /** What has ended is read soon, whatever else keeps its thread busy. */
  #isRead(slot: Slot, entry: number, endedAt: number): void {
    if (this.#clock.now() <= Math.max(endedAt, this.#clock.heldUpUntil) + SLACK_MS) return;
    this.#books.violated(
      `lost wake-up: the outcome of task ${slot.at(entry)?.id ?? -1} has lain unread in slot ${slot.number} since ${endedAt.toFixed(1)}`,
    );
  }

  /** No thread idles for long while work waits that it may take. */
  #nothingWaitsInVain(slot: Slot): void {
    const now = this.#clock.now();
    if (!slot.open || slot.outstanding > 0 || slot.room === 0 || !this.#mayWork(slot.number, now)) {
      this.#idleSince[slot.number] = undefined;
      return;
    }
    const since = (this.#idleSince[slot.number] ??= now);
    if (now <= Math.max(since, this.#clock.heldUpUntil) + SLACK_MS) return;
    this.#books.violated(`lost wake-up: slot ${slot.number} idles since ${since.toFixed(1)} while work waits`);
  }

  /** Whether work waits that an idle slot may take: of its own side, or of the other while its own has not been in use for long. */
  #mayWork(slot: number, now: number): boolean {
    const { cpu, io: waiting } = this.#core.lanes;
    const io = this.#core.descriptors.isShort ? { size: 0 } : waiting;
    const { length } = this.#core.slots;
    if (length === 1) return cpu.size + io.size > 0;
    const isKept = slot >= length - keptForIo(length);
    const [own, other] = isKept ? ([io, cpu] as const) : ([cpu, io] as const);
    const kind = isKept ? 'io' : 'cpu';
    const lastUse = Math.max(this.#lastUse[kind], this.#books.pushedAt[kind]);
    return own.size > 0 || (other.size > 0 && now - lastUse > IN_USE_MS);
  }

  #noteUse(): void {
    const { lanes, slots } = this.#core;
    const now = this.#clock.now();
    if (lanes.cpu.size > 0 || slots.some((slot) => slot.cpu > 0)) this.#lastUse.cpu = now;
    if (lanes.io.size > 0 || slots.some((slot) => slot.io > 0)) this.#lastUse.io = now;
  }

  /** P5: only accidents are counted, each once, and as they happen. */
  #deathsAreReal(): void {
    const { deaths } = this.#core.threads;
    for (; this.#deaths < deaths.length; this.#deaths++) {
      const record = deaths[this.#deaths];
      const thread = this.#books.threads.find(
        (made) => made.slot === record?.slot && made.generation === record.generation,
      );
      if (thread === undefined || !this.#books.accidents.has(thread))
        this.#books.violated(`P5: a death was counted that nobody died: ${record?.reason ?? ''}`);
      const twice =
        deaths.findIndex((other) => other.slot === record?.slot && other.generation === record.generation) <
        this.#deaths;
      if (twice) this.#books.violated(`P5: a death was counted twice: ${record?.reason ?? ''}`);
    }
  }

  #compare(what: string, counted: number, truth: number): void {
    if (counted !== truth) this.#differ(what, counted, truth);
  }

  #differ(what: string, counted: number, truth: number): void {
    this.#books.violated(`${what}: ${counted} in the core's books, ${truth} in truth`);
  }
}
