import type { AdmissionListener } from '../admission/admission.js';
import type { Core } from '../core.js';
import type { CoreParts } from '../core-parts.js';
import { ClosedError, QueueFullError } from '../errors.js';

/** What becomes of tasks that are offered, and of the queue as a whole. */
export function admissionListener(core: Core, { announcer, clock, maxQueue }: CoreParts): AdmissionListener {
  return {
    waiting: () => core.waiting(),
    queued: () => core.queued(),
    accepted: (task) => {
      core.settle.pending++;
      core.lanes.push(task, clock.now());
      core.dispatch.plan();
    },
    rejected: (task, why) => {
      if (why === 'full') core.settle.refuse(task, 'failed', new QueueFullError(maxQueue));
      else if (core.broken === undefined) core.settle.refuse(task, 'cancelled', new ClosedError(false));
      else core.settle.refuse(task, 'lost', core.broken);
    },
    saturated: () => {
      announcer.tell('saturated', { queued: core.waiting(), maxQueue });
    },
    unsaturated: () => {
      announcer.tell('unsaturated', { queued: core.waiting(), maxQueue });
    },
  };
}
