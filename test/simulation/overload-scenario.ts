import type { Core, CoreParts } from '../../runtime/core.js';
import type { SupervisorEvents } from '../../runtime/observe/events.js';
import type { Task } from '../../runtime/task.js';
import type { Faults } from './behaviour.js';
import type { Books } from './books.js';
import { Chance } from './seeded.js';
import type { VirtualClock } from './virtual-clock.js';

/** Keeps what is drawn here apart from the rest of a run: where nothing is scarce it is the same run. */
const OWN = 0x10ad;
const LIMIT = 40;
/** While all threads are busy for long, a task could be held back and offered for ever. */
const MOST_HOLDS = 5;

/** What is scarce in one run beside threads, descriptors and room for results; and whether what is told of a full queue is true. */
export class OverloadScenario {
  readonly #chance: Chance;
  readonly #clock: VirtualClock;
  readonly #books: Books;
  readonly #faults: Faults;
  /** How often a task whose turn has come waits for readers instead. */
  readonly #holds: number;
  readonly #held = new Map<number, number>();
  readonly parts: Pick<CoreParts, 'maxResultBytes' | 'descriptorReserve' | 'countDescriptors'>;
  #told: 'saturated' | 'unsaturated' = 'unsaturated';

  constructor(seed: number, { clock, books, faults }: { clock: VirtualClock; books: Books; faults: Faults }) {
    const chance = new Chance(seed ^ OWN);
    this.#chance = chance;
    this.#clock = clock;
    this.#books = books;
    this.#faults = faults;
    this.#holds = chance.pick([0, 0, 0.2, 0.8]);
    const isShort = chance.happens(0.3);
    this.parts = {
      // Full from the beginning: who holds tasks back says when they go on.
      maxResultBytes: this.#holds > 0 ? 0 : Number.POSITIVE_INFINITY,
      descriptorReserve: 8,
      countDescriptors: () => (isShort ? { limit: LIMIT, open: chance.whole(0, LIMIT), tasks: 0 } : null),
    };
  }

  /** What a `map` would do with a task whose turn has come. */
  holdsBack(task: Task): boolean {
    const holds = this.#held.get(task.id) ?? 0;
    if (holds === MOST_HOLDS || !this.#chance.happens(this.#holds)) return false;
    this.#held.set(task.id, holds + 1);
    this.#books.heldBack(task);
    this.#clock.at(this.#chance.between(0, 20), () => {
      if (task.state === 'offered') this.#books.core.admission.readmit(task);
    });
    return true;
  }

  tell(event: keyof SupervisorEvents, core: Core): void {
    if (event !== 'saturated' && event !== 'unsaturated') return;
    if (event === this.#told) this.#books.violated(`${event} was told twice in a row`);
    this.#told = event;
    const { admission, maxQueue } = core;
    const waiting = core.waiting();
    // Where threads overtake the core, some that waited may have been started since it looked.
    const isFull = waiting >= maxQueue || this.#faults.overtake > 0;
    const isTrue = event === 'saturated' ? isFull : waiting < maxQueue && admission.standing === 0;
    if (!isTrue) this.#books.violated(`${event} was told with ${waiting} of ${maxQueue} waiting`);
  }

  /** Nothing is going to happen any more. */
  atRest({ admission }: Core): void {
    if (this.#told === 'saturated') this.#books.violated('lost wake-up: at rest, and saturated by what was told');
    if (admission.held > 0) this.#books.violated(`lost wake-up: at rest with ${admission.held} tasks held back`);
  }
}
