import type { CircuitEvent } from '../../runtime/index.js';
import { formatCount, formatWait, plural } from './units.js';
import { visible } from './visible.js';

/** What happened to a dependency, as a line of the log. */
export function circuitLine({ dependency, state, calls, failures, retryAfterMs }: CircuitEvent): string {
  const name = visible(dependency);
  switch (state) {
    case 'open': {
      const again = retryAfterMs === null ? '' : `; trying again in ${formatWait(retryAfterMs)}`;
      return `warn ${name} is down: ${formatCount(failures)} of ${plural(calls, 'call')} failed${again}`;
    }
    case 'half-open':
      return `info ${name} is being tried with one call`;
    case 'closed':
      return `info ${name} is back`;
  }
}
