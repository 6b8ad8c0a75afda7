import type { GroupDeath } from '../blame.js';
import type { Task } from '../task.js';
import type { Slot } from './slot.js';
import type { Death } from './thread.js';

/** Who has tasks in a slot, and hears what becomes of them. */
export interface TaskHolder {
  /** A thread may have outcomes to read. */
  outcomes(slot: Slot): void;
  /** A task's thread is gone, or takes nothing more; the task had not started there. */
  unstarted(task: Task): void;
  /** A task's thread is gone while its attempt ran; `group` where it may have been the doing of another. */
  lost(task: Task, why: Death | 'ended', group: GroupDeath | undefined): void;
}

/**
 * Takes back what a thread has not started. `declined` is a task it has just handed back: it goes among the others, so that all of them
 * wait again in their old order.
 */
export function takeBack(slot: Slot, holder: TaskHolder, declined?: Task): void {
  const tasks = slot.tasks();
  if (declined !== undefined) tasks.push(declined);
  for (const task of tasks.sort(latestFirst)) {
    // What was moved to the thread cannot be had back: such a task starts there, or is lost with it.
    const wasMoved = (task.plan.transfer?.length ?? 0) > 0;
    if (task === declined || (!wasMoved && slot.revoke(task))) holder.unstarted(task);
  }
}

/** Reads the last outcomes of a thread that is gone, and parts what had started from what had not. Names the one that ran, if it was one. */
export function clear(
  slot: Slot,
  holder: TaskHolder,
  why: Death | 'ended',
): { readonly task: string; readonly taskId: number } | undefined {
  holder.outcomes(slot);
  const running: Task[] = [];
  for (const task of slot.tasks().sort(latestFirst)) {
    // Telling one may make callers stop others, which are no longer here then.
    if (slot.at(task.entry) !== task) continue;
    if (slot.thread?.startedAt(task.entry) !== undefined) {
      running.push(task);
      continue;
    }
    slot.abandon(task);
    holder.unstarted(task);
  }
  // In a condemned thread there may be more than is in the books: an attempt that was given up, or the doings of one that has ended.
  const group = running.length > 1 || slot.isCondemned ? { charged: false } : undefined;
  for (const task of running) {
    if (slot.at(task.entry) !== task) continue;
    slot.abandon(task);
    holder.lost(task, why, group);
  }
  const culprit = running.length === 1 ? running[0] : undefined;
  return culprit === undefined ? undefined : { task: culprit.type.label, taskId: culprit.id };
}

function latestFirst(a: Task, b: Task): number {
  return b.id - a.id;
}
