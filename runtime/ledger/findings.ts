import type { HoldingNote } from '../../workers/protocol/ledger.js';
import type { FromThread } from '../../workers/protocol/messages.js';
import type { Announcer, GrowthEvent } from '../observe/events.js';
import type { TaskType } from '../task.js';
import type { RecycleReason } from '../threads/recycle.js';
import type { Slot } from '../threads/slot.js';
import type { Leaks } from './leaks.js';

/** What a thread has found out about the tasks it ran. */
export type Finding = Extract<FromThread, { type: 'left' | 'returned' | 'growth' }>;

/** Where a finding comes from. */
export type Finder = Pick<Slot, 'number' | 'generation' | 'tasks'>;

/** Takes in what threads find: enters leaks, puts them on the task's usage, tells listeners. */
export class Findings {
  readonly #leaks: Leaks;
  readonly #announcer: Announcer;
  readonly #growth = new Map<string, GrowthEvent>();
  readonly #typeOf: (number: number) => TaskType | undefined;

  constructor(parts: { leaks: Leaks; announcer: Announcer; typeOf: (number: number) => TaskType | undefined }) {
    this.#leaks = parts.leaks;
    this.#announcer = parts.announcer;
    this.#typeOf = parts.typeOf;
  }

  /** See {@link Finding}. */
  heard(slot: Finder, finding: Finding): void {
    switch (finding.type) {
      case 'left':
        for (const note of finding.notes) this.#left(slot, note);
        break;
      case 'returned': {
        const type = this.#typeOf(finding.note.handler ?? -1);
        if (type !== undefined) this.#leaks.returned(slot.number, type, finding.note);
        break;
      }
      case 'growth': {
        const { where, task, bytesPerTask, retainedBytes, tasks } = finding;
        const { number, generation } = slot;
        const event = { slot: number, generation, where, task, bytesPerTask, retainedBytes, tasks };
        this.#grows(event);
        this.#announcer.tell('growth', event);
        break;
      }
    }
  }

  /** What was last found about each slot's thread. */
  growth(): GrowthEvent[] {
    return [...this.#growth.values()];
  }

  /** The slot has a new thread, of which nothing is known. */
  cleared(slot: number): void {
    for (const [key, growth] of this.#growth) if (growth.slot === slot) this.#growth.delete(key);
    this.#leaks.cleared(slot);
  }

  /** The task that brought a slot's thread to a limit, as far as is known. */
  readonly culprit = ({ number }: Slot, reason: RecycleReason): string | null => {
    if (reason === 'descriptors') return this.#leaks.culprit(number)?.label ?? null;
    if (reason !== 'heapGrowth') return null;
    const found = this.growth().filter(({ slot }) => slot === number);
    return found.sort((a, b) => b.retainedBytes - a.retainedBytes)[0]?.task ?? null;
  };

  /** Several tasks may grow in one thread, in its heap and outside. Zero takes back what was told before, as of a cache that is full. */
  #grows(event: GrowthEvent): void {
    const { slot, where, task, bytesPerTask } = event;
    const keyOf = (label: string | null): string => JSON.stringify([slot, where, label]);
    if (bytesPerTask > 0) {
      this.#growth.set(keyOf(task), event);
      return;
    }
    this.#growth.delete(keyOf(task));
    this.#growth.delete(keyOf(null));
  }

  #left(slot: Finder, note: HoldingNote): void {
    const type = this.#typeOf(note.handler ?? -1);
    if (type === undefined) return;
    const row = this.#leaks.left(slot.number, type, note);
    if (note.standing !== 'leaked') return;
    const { taskId, resource, path, openedAt } = note;
    // Its attempt is ending, and its outcome follows; one that has ended already has been settled without.
    const task = slot.tasks().find(({ id }) => id === taskId);
    if (task !== undefined) (task.leaked ??= []).push({ resource, path, openedAt });
    this.#announcer.tell('leak', row);
  }
}
