import type { DispatchListener } from '../attempts/dispatch.js';
import { notCloneable } from '../attempts/verdict.js';
import type { Watch } from '../attempts/watch.js';
import { canClone } from '../clone.js';
import type { Core } from '../core.js';

/** What becomes of tasks whose turn in their lane has come. The watch is asked for when it is needed: it is made after the dispatch. */
export function dispatchListener(core: Core, watch: () => Watch): DispatchListener {
  return {
    dispatched: (task) => {
      watch().arm();
      if (task.plan.timeout !== undefined) core.stop.watchTimeout(task);
    },
    refused: (task, error) => {
      core.settle.bad(task, 'failed', canClone(task.input) ? error : notCloneable(task.input));
    },
    withdrawn: (task) => {
      if (task.gated) core.gates.remove(task);
      core.settle.withdraw(task);
      core.admission.hold(task);
    },
    short: () => {
      // A thread more would take descriptors, and give none.
      const isEnough = core.descriptors.isShort && core.lanes.cpu.size === 0 && core.slots.some(({ open }) => open);
      if (isEnough) core.threads.recycler.relieve();
      else core.threads.startAll();
      watch().arm();
    },
  };
}
