import type { FromThread } from '../../workers/protocol/messages.js';
import type { Casualties } from '../attempts/casualties.js';
import type { Core } from '../core.js';
import type { CoreParts } from '../core-parts.js';
import { resultOf } from '../dependencies/gates.js';
import type { RestartIntensityError } from '../errors.js';
import type { Slot } from '../threads/slot.js';
import type { ThreadsListener } from '../threads/threads.js';

/** What of a core is nobody's business but its listeners'. */
export interface CoreInside {
  readonly parts: CoreParts;
  /** Asked for when it is needed: it is made after the threads. */
  casualties(): Casualties;
  /** Reads the outcomes of a slot. */
  read(slot: Slot): void;
  /** There will be no threads any more. */
  giveUp(error: RestartIntensityError): void;
}

/** What becomes of threads and of what runs in them, passed on to whom it concerns. */
export function threadsListener(core: Core, inside: CoreInside): ThreadsListener {
  const { parts } = inside;
  const { announcer } = parts;
  return {
    ready: (slot) => {
      core.findings.cleared(slot.number);
      parts.onReady(slot);
      core.dispatch.run();
      core.threads.startNext();
    },
    outcomes: (slot) => {
      inside.read(slot);
      core.dispatch.run();
      core.admission.roomMade();
    },
    said: (slot, message) => {
      if (message.type === 'progress') progressed(parts, slot, message);
      else if (message.type === 'circuit' || message.type === 'released') core.dependencies.heard(message);
      else {
        parts.found?.(slot, message);
        core.findings.heard(slot, message);
      }
    },
    lines: parts.lines,
    ...tasksListener(core, inside),
    restarted: (event) => {
      announcer.tell('restart', event);
    },
    recycled: (record) => {
      announcer.tell('recycle', record);
    },
    roomier: (slot) => {
      if (slot.open) parts.onReady(slot);
      core.dispatch.plan();
    },
    gaveUp: (error) => {
      inside.giveUp(error);
    },
  };
}

/** What becomes of tasks whose thread is gone, or takes nothing more. Where they stand is settled first: see `Outcomes.ok`. */
function tasksListener(core: Core, inside: CoreInside): Pick<ThreadsListener, 'unstarted' | 'lost'> {
  return {
    unstarted: (task) => {
      inside.casualties().unstarted(task);
      if (task.gated) core.gates.leave(task, 'neither');
    },
    lost: (task, why, group) => {
      const { stop } = task;
      if (task.gated) core.gates.started(task);
      inside.casualties().lost(task, why, group);
      if (!task.gated) return;
      // Who went down with a thread for the sake of another says nothing of what it uses.
      const isInnocent = why === 'ended' || group !== undefined;
      core.gates.giveUp(task, stop === undefined && isInnocent ? 'neither' : resultOf(stop?.outcome ?? 'lost'));
    },
  };
}

function progressed(
  { announcer }: CoreParts,
  slot: Slot,
  { entry, id, fraction, note }: Extract<FromThread, { type: 'progress' }>,
): void {
  const task = slot.at(entry);
  if (task?.id !== id) return;
  task.plan.onProgress?.(fraction, note);
  announcer.tell('progress', { task: task.type.label, taskId: id, fraction, note });
}
