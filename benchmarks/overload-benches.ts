import type { Bench } from './harness/bench.js';
import { TROUBLES } from './lanes/trouble.js';
import { lanes } from './lanes.bench.js';
import { LOADS, overload } from './overload.bench.js';

/** How long the benches of overload go on. */
export interface OverloadLengths {
  /** Of each load. */
  readonly seconds: number;
  /** Of each side of a pair, in lanes. */
  readonly laneSeconds: number;
  readonly pairs: number;
}

/** What a regular run has time for, five times over. */
export const SHORT_OVERLOAD: OverloadLengths = { seconds: 2, laneSeconds: 1, pairs: 2 };

export function overloadBenches({ seconds, laneSeconds, pairs }: OverloadLengths): Bench[] {
  return [
    ...LOADS.map((times) => overload(times, { seconds })),
    ...TROUBLES.map((trouble) => lanes(trouble, { seconds: laneSeconds, pairs })),
  ];
}
