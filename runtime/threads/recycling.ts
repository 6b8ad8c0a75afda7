import { readHeadroom } from './headroom.js';
import { DEFAULT_PACE } from './recycle.js';
import type { RecyclerParts } from './recycler.js';
import { systemReminder } from './reminder.js';

/** How recycling goes about it, limits apart. */
export type Recycling = Omit<RecyclerParts, 'limits' | 'clock' | 'wallClock'>;

/** As it does on a machine, with nobody to name a culprit. */
export const usualRecycling: Recycling = {
  pace: DEFAULT_PACE,
  remind: systemReminder,
  headroom: readHeadroom,
  culprit: () => null,
};
