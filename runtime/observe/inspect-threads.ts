import type { HoldingNote } from '../../workers/protocol/ledger.js';
import type { Core } from '../core.js';
import { openDescriptors } from '../ledger/descriptors.js';
import type { KernelView } from '../ledger/kernel-view.js';
import { owners } from '../ledger/owners-table.js';
import type { Slot } from '../threads/slot.js';
import { within } from '../threads/within.js';
import type { Inspection, ThreadInspection } from './inspection.js';

/** A thread that has not answered by then is blocked; what is told of it comes from the kernel. */
const ANSWER_MS = 1_000;

/** Asks all threads what they have open. */
export async function inspectThreads(
  core: Core,
  kernel: KernelView,
  frame: Pick<Inspection, 'name' | 'state'>,
): Promise<Inspection> {
  const threads = await Promise.all(core.slots.filter(({ thread }) => thread !== undefined).map(inspectSlot));
  return { v: 1, ...frame, threads, unattributed: kernel.unattributed() };
}

async function inspectSlot(slot: Slot): Promise<ThreadInspection> {
  const { thread, number, generation, state } = slot;
  const isUp = state === 'up' || state === 'retiring';
  const answer = isUp && thread !== undefined ? await within(ANSWER_MS, thread.inspect()) : undefined;
  return {
    slot: number,
    generation,
    threadId: thread?.gauges().threadId ?? null,
    answered: answer !== undefined,
    holdings: answer ?? (slot.thread === thread ? fromTable(slot) : []),
  };
}

/** What the table of owners and the kernel know of a thread's descriptors: number, link and task, but not the line. */
function fromTable(slot: Slot): HoldingNote[] {
  const stamp = slot.thread?.gauges().stamp;
  const running = slot.tasks();
  const notes: HoldingNote[] = [];
  for (const [descriptor, link] of openDescriptors() ?? []) {
    const owner = owners.ownerOf(descriptor);
    if (owner?.slot !== slot.number || owner.stamp !== stamp) continue;
    const task = running.find(({ id }) => id === owner.task);
    notes.push({
      resource: link.startsWith('socket:') ? 'socket' : 'file',
      descriptor,
      path: link,
      openedAt: null,
      handler: task?.type.number ?? null,
      task: task?.type.label ?? null,
      taskId: owner.task === 0 ? null : owner.task,
      standing: 'open',
    });
  }
  return notes;
}
