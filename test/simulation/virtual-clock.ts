import type { Clock, Timer } from '../../runtime/clock.js';
import type { Chance } from './seeded.js';

/** Something that is going to happen. */
interface Happening {
  at: number;
  readonly order: number;
  readonly run: () => void;
  /** Whether it happens in the host's own thread, which may be held up. */
  readonly inHost: boolean;
  /** Nobody waits for it: when nothing else is going to happen, everything is at rest. */
  readonly isReminder: boolean;
  cancelled: boolean;
}

/** How unruly the host's own thread is. */
export interface HostManners {
  /** Times are multiples of this, ms; 0 for none. Coarse times make things coincide. */
  readonly grain: number;
  /** How late a timer may fire, ms. */
  readonly lateness: number;
}

/**
 * Time that passes from one happening to the next, and never by itself. What the core plans with `soon` is run after each happening, and so
 * are the reactions of promises, in an order that the seed chooses: both are microtasks in reality, in turns that depend on how each was made.
 */
export class VirtualClock implements Clock {
  readonly #chance: Chance;
  readonly #manners: HostManners;
  readonly #heap: Happening[] = [];
  #now = 0;
  #made = 0;
  #heldUpUntil = 0;
  #soon: (() => void)[] = [];
  /** Promises were settled, or code that awaits was called: their reactions have to be waited for. */
  promised = false;
  /** Timers the core has set and that are neither fired nor taken back. */
  timers = 0;
  /** Reminders in the heap that are not taken back. */
  #reminders = 0;
  /** Everything in the heap that is not taken back. */
  #happenings = 0;

  constructor(chance: Chance, manners: HostManners) {
    this.#chance = chance;
    this.#manners = manners;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.#chance.next();
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  timer(ms: number, fire: () => void): Timer {
    if (!(ms >= 0)) throw new RangeError(`Expected a timer of 0 ms or more, got ${ms}`);
    this.timers++;
    let live = true;
    const over = (): boolean => {
      if (!live) return false;
      live = false;
      this.timers--;
      return true;
    };
    const late = this.#manners.lateness === 0 ? 0 : this.#manners.lateness * this.#chance.next();
    const cancel = this.at(ms + late, () => {
      if (over()) fire();
    });
    return {
      cancel: () => {
        if (over()) cancel();
      },
    };
  }

  /** A timer that keeps nothing alive. */
  readonly remind = (ms: number, fire: () => void): Timer => {
    if (!(ms >= 0)) throw new RangeError(`Expected a reminder in 0 ms or more, got ${ms}`);
    return { cancel: this.#plan(this.#now + ms, fire, true, true) };
  };

  /** Has something happen in the host; the returned function takes it back. */
  at(ms: number, run: () => void): () => void {
    return this.#plan(this.#now + ms, run, true);
  }

  /** Has something happen in the host at a time. */
  when(at: number, run: () => void): () => void {
    return this.#plan(at, run, true);
  }

  /** Has something happen in a thread of its own, whatever holds up the host. */
  elsewhere(ms: number, run: () => void): () => void {
    return this.#plan(this.#now + ms, run, false);
  }

  /** The host's own code keeps its thread busy for so long; what was to happen there happens afterwards. */
  holdUp(ms: number): void {
    this.#heldUpUntil = Math.max(this.#heldUpUntil, this.#now + ms);
  }

  /** When the host was held up last, or will have been. */
  get heldUpUntil(): number {
    return this.#heldUpUntil;
  }

  /** Lets the next thing happen; false when nothing is left but reminders. */
  step(): boolean {
    if (this.#happenings === this.#reminders) return false;
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      if (next.cancelled) continue;
      if (next.inHost && next.at < this.#heldUpUntil) {
        next.at = this.#heldUpUntil;
        this.#push(next);
        continue;
      }
      this.#now = next.at;
      this.#forget(next);
      next.run();
      return true;
    }
    return false;
  }

  /** Runs what was planned for the end of the step; undefined when no promise has to be waited for. */
  settle(): Promise<void> | undefined {
    if (!this.promised || this.#chance.happens(0.5)) this.#runSoon();
    return this.promised ? this.#settleAsync() : undefined;
  }

  async #settleAsync(): Promise<void> {
    while (this.promised) {
      this.promised = false;
      // All microtasks are through when the next turn of the real event loop begins.
      await new Promise(setImmediate);
      this.#runSoon();
    }
  }

  #runSoon(): void {
    while (this.#soon.length > 0) {
      const planned = this.#soon;
      this.#soon = [];
      for (const run of planned) run();
    }
  }

  #plan(due: number, run: () => void, inHost: boolean, isReminder = false): () => void {
    const { grain } = this.#manners;
    const at = grain === 0 ? due : Math.ceil(due / grain) * grain;
    const happening: Happening = { at, order: this.#made++, run, inHost, isReminder, cancelled: false };
    this.#push(happening);
    this.#happenings++;
    if (isReminder) this.#reminders++;
    return () => {
      this.#forget(happening);
    };
  }

  /** It has happened, or is not going to. */
  #forget(happening: Happening): void {
    if (happening.cancelled) return;
    happening.cancelled = true;
    this.#happenings--;
    if (happening.isReminder) this.#reminders--;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, happening)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let child = heap[below];
      if (child === undefined) break;
      const other = heap[below + 1];
      if (other !== undefined && isBefore(other, child)) {
        child = other;
        below++;
      }
      if (isBefore(last, child)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
