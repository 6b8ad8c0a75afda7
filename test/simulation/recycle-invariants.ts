import type { Core } from '../../runtime/core.js';
import type { Slot } from '../../runtime/threads/slot.js';
import type { Books } from './books.js';
import type { FakeThread } from './fake-thread.js';
import type { VirtualClock } from './virtual-clock.js';

/** A full thread has its turn by now, if nobody else has, and if nothing that came to nothing makes it wait. */
const SOON_MS = 500;

/** What has to hold of planned replacement after every step. */
export class RecycleInvariants {
  readonly #books: Books;
  readonly #core: Core;
  readonly #clock: VirtualClock;
  /** What no thread may hold more of; undefined where that cannot be promised. */
  readonly #mostHeld: number | undefined;
  #checked = 0;
  /** By slot: since when its thread has been full, idle and alone while work waits. */
  readonly #stuckSince: (number | undefined)[] = [];

  constructor(books: Books, core: Core, clock: VirtualClock, mostHeld: number | undefined) {
    this.#books = books;
    this.#core = core;
    this.#clock = clock;
    this.#mostHeld = mostHeld;
  }

  afterStep(): void {
    const alive = this.#books.alive();
    this.#oneAtATime(alive);
    this.#heldIsBounded(alive);
    for (const slot of this.#core.slots) {
      this.#goesOverAtOnce(slot);
      this.#isNotStuck(slot, alive);
    }
    this.#recordsAreTrue();
  }

  /** At most one slot has a second thread, and it has only one. */
  #oneAtATime(alive: readonly FakeThread[]): void {
    const { slots } = this.#core;
    if (alive.length > slots.length + 1)
      this.#books.violated(`${alive.length} threads are alive, ${slots.length + 1} may be`);
    const doubled = slots.filter(({ number }) => alive.filter(({ slot }) => slot === number).length > 1);
    if (doubled.length > 1)
      this.#books.violated(`slots ${doubled.map(({ number }) => number).join(' and ')} are recycled at a time`);
  }

  /** What ended attempts hold never exceeds the limit, by thread and in all. */
  #heldIsBounded(alive: readonly FakeThread[]): void {
    const most = this.#mostHeld;
    if (most === undefined) return;
    let all = 0;
    for (const { slot, generation, runner } of alive) {
      all += runner.held;
      if (runner.held > most)
        this.#books.violated(`thread ${slot}/${generation} holds ${runner.held} descriptors, ${most} are allowed`);
    }
    const mostOfAll = most * this.#core.slots.length;
    if (all > mostOfAll) this.#books.violated(`${all} descriptors are held in all, ${mostOfAll} are allowed`);
  }

  /** A successor that is up does not wait for a thread that has nothing left to do. */
  #goesOverAtOnce(slot: Slot): void {
    if (slot.successor?.isUp === true && slot.state === 'retiring' && slot.outstanding === 0)
      this.#books.violated(`the successor in slot ${slot.number} waits for a thread that does nothing`);
  }

  /** A thread that starts nothing any more is replaced, or it would sit there for ever. */
  #isNotStuck(slot: Slot, alive: readonly FakeThread[]): void {
    const { slots, lanes } = this.#core;
    const now = this.#clock.now();
    const isFull = slot.state === 'up' && slot.held >= slot.mostHeld && slot.outstanding === 0;
    const isAlone = alive.length === slots.length && slots.every(({ state }) => state === 'up');
    if (!isFull || !isAlone || lanes.size === 0) {
      this.#stuckSince[slot.number] = undefined;
      return;
    }
    const since = (this.#stuckSince[slot.number] ??= now);
    if (now <= Math.max(since, this.#clock.heldUpUntil) + SOON_MS) return;
    this.#books.violated(`slot ${slot.number} is full since ${since.toFixed(1)} and nobody replaces its thread`);
  }

  /** What is told of recycles took place: the thread was there, had no accident, and is on its way out. */
  #recordsAreTrue(): void {
    const { recycles } = this.#core.threads;
    for (; this.#checked < recycles.length; this.#checked++) {
      const record = recycles[this.#checked];
      const thread = this.#books.threads.find(
        (made) => made.slot === record?.slot && made.generation === record.generation,
      );
      const { thread: present } = this.#core.slots[record?.slot ?? -1] ?? {};
      if (record === undefined || thread === undefined || thread.state !== 'ending') {
        this.#books.violated(`a recycle is told of that did not take place: slot ${record?.slot ?? -1}`);
      } else if (record.overlap !== (present !== undefined && present !== thread)) {
        this.#books.violated(`slot ${record.slot} was recycled with overlap: ${record.overlap}, which is not true`);
      }
    }
  }
}
