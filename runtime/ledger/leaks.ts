import type { HoldingNote, ResourceKind } from '../../workers/protocol/ledger.js';
import type { TaskType } from '../task.js';

/** What one task left behind at one line, however often. */
export interface LedgerRow {
  /** The task's name. */
  readonly task: string;
  /** Number of the last task that did it. */
  readonly taskId: number;
  /** What was left. */
  readonly resource: ResourceKind;
  /** Descriptor of the last one; null for what has none. It may have been closed since, with its thread. */
  readonly descriptor: number | null;
  /** Path or address of the last one; null for what has none. */
  readonly path: string | null;
  /** `file:line:column` of the user's code that opened it; null when it was not noted. */
  readonly openedAt: string | null;
  /** How often. */
  readonly count: number;
}

interface Entry {
  readonly type: TaskType;
  last: HoldingNote;
  count: number;
}

/** What ended attempts left behind, since the supervisor was made: also of threads that are gone. */
export class Leaks {
  readonly #leaked = new Map<string, Entry>();
  readonly #retained = new Map<string, Entry>();
  /** How much of what each slot holds is whose, by slot. */
  readonly #holders = new Map<number, Map<TaskType, number>>();

  /** Something was left behind in a slot. The row it now stands in. */
  left(slot: number, type: TaskType, note: HoldingNote): LedgerRow {
    const book = note.standing === 'leaked' ? this.#leaked : this.#retained;
    const key = keyOf(type, note);
    const entry = book.get(key) ?? { type, last: note, count: 0 };
    entry.last = note;
    entry.count++;
    book.set(key, entry);
    const holders = this.#holders.get(slot) ?? new Map<TaskType, number>();
    this.#holders.set(slot, holders.set(type, (holders.get(type) ?? 0) + 1));
    return rowOf(entry);
  }

  /** A leak was closed by its own task after all, and is none. */
  returned(slot: number, type: TaskType, note: HoldingNote): void {
    const key = keyOf(type, note);
    const entry = this.#leaked.get(key);
    if (entry === undefined) return;
    entry.count--;
    if (entry.count === 0) this.#leaked.delete(key);
    const holders = this.#holders.get(slot);
    holders?.set(type, (holders.get(type) ?? 1) - 1);
  }

  /** The slot has a new thread, which holds nothing yet. */
  cleared(slot: number): void {
    this.#holders.delete(slot);
  }

  /** The task that left most behind in a slot's thread; null when none did. */
  culprit(slot: number): TaskType | null {
    const holders = [...(this.#holders.get(slot) ?? [])].sort(([, a], [, b]) => b - a);
    return holders[0]?.[0] ?? null;
  }

  /** How many leaks a task has. */
  leakedBy(type: TaskType): number {
    let leaked = 0;
    for (const entry of this.#leaked.values()) if (entry.type === type) leaked += entry.count;
    return leaked;
  }

  /** Files and directories that attempts left open, most first. */
  leaks(): LedgerRow[] {
    return rows(this.#leaked);
  }

  /** Everything else that outlived its attempt, most first. */
  retained(): LedgerRow[] {
    return rows(this.#retained);
  }
}

/** What cannot be part of a name or a line parts the key. */
function keyOf(type: TaskType, { resource, openedAt }: HoldingNote): string {
  return `${type.number}\0${resource}\0${openedAt ?? ''}`;
}

function rows(book: ReadonlyMap<string, Entry>): LedgerRow[] {
  return [...book.values()].sort((a, b) => b.count - a.count).map(rowOf);
}

function rowOf({ type, last, count }: Entry): LedgerRow {
  const { taskId, resource, descriptor, path, openedAt } = last;
  return { task: type.label, taskId: taskId ?? 0, resource, descriptor, path, openedAt, count };
}
