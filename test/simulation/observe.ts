import type { Core } from '../../runtime/core.js';
import type { Books } from './books.js';
import type { VirtualClock } from './virtual-clock.js';

/**
 * Has the books see what no event tells of: acceptance, putting back, stopping, metering. And has the clock know when `drained` resolves,
 * which happens inside the core. Nothing is changed by it.
 */
export function observe(core: Core, books: Books, clock: VirtualClock): void {
  const { lanes, settle } = core;
  const push = lanes.push.bind(lanes);
  lanes.push = (task, now) => {
    const isNew = task.state === 'offered';
    push(task, now);
    books.pushedAt[task.type.plan.kind] = now;
    if (isNew) books.accepted(task);
  };
  const putBack = lanes.putBack.bind(lanes);
  lanes.putBack = (task) => {
    books.putBack(task);
    putBack(task);
  };
  // Histograms cost more than all the rest of a run, and nothing in the core reads them.
  core.metrics.settled = (task) => {
    books.metered(task);
  };
  core.metrics.ended = () => undefined;
  core.metrics.retried = () => {
    books.retries.retried();
  };
  const stop = core.stop.stop.bind(core.stop);
  core.stop.stop = (task, cause) => {
    books.asked(task, cause);
    stop(task, cause);
  };
  observeRecycling(core, books);
  let pending = 0;
  Object.defineProperty(settle, 'pending', {
    get: () => pending,
    set: (value: number) => {
      pending = value;
      if (value === 0) clock.promised = true;
    },
  });
}

/** Has the books see what comes between a thread and its successor. */
function observeRecycling({ threads, slots }: Core, { tally }: Books): void {
  const { recycler, deaths } = threads;
  const successorDied = recycler.successorDied.bind(recycler);
  recycler.successorDied = (slot) => {
    tally['successor lost']++;
    successorDied(slot);
  };
  const push = deaths.push.bind(deaths);
  deaths.push = (...records) => {
    for (const { slot, generation } of records) {
      if (slots[slot]?.successor !== undefined && slots[slot].generation === generation) tally['died meanwhile']++;
    }
    return push(...records);
  };
  const close = threads.close.bind(threads);
  threads.close = () => {
    if (slots.some(({ successor }) => successor !== undefined)) tally['closed meanwhile']++;
    return close();
  };
}
