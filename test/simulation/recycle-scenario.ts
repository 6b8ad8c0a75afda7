import type { Clock } from '../../runtime/clock.js';
import type { Headroom, RecycleLimits, RecyclePace } from '../../runtime/threads/recycle.js';
import type { Faults } from './behaviour.js';
import type { Chance } from './seeded.js';

const OFF = Number.POSITIVE_INFINITY;

/** Threads come of age until then. One after another they would keep the run from its end for ever. */
const LAST_AGE_MS = 600;

/** Draws when threads are recycled in one run: for one or two reasons, or never. */
export function drawLimits(chance: Chance, clock: Clock): RecycleLimits {
  const age = chance.pick([OFF, OFF, OFF, 20, 100]);
  return {
    descriptors: chance.pick([OFF, 1, 3, 8, 12, 20]),
    heapGrowth: chance.pick([OFF, OFF, 200, 1_000]),
    tasks: chance.pick([OFF, OFF, OFF, 3]),
    get age() {
      return clock.now() < LAST_AGE_MS ? age : OFF;
    },
  };
}

/** Draws how often they are at most. */
export function drawPace(chance: Chance): RecyclePace {
  return {
    minimumLife: chance.pick([0, 10, 50]),
    patience: chance.pick([2, 30, 500]),
    pause: chance.pick([2, 30]),
    longestPause: 100,
  };
}

/** Draws what the process has left. */
export function drawHeadroom(chance: Chance, faults: Faults): Headroom {
  const enough = { bytes: 2 ** 40, descriptors: 1_000 };
  if (!chance.happens(faults.shortage)) return enough;
  return chance.pick([
    { ...enough, bytes: 1_000 },
    { ...enough, descriptors: 3 },
  ]);
}
