import type { LogSink } from '../supervisor-options.js';
import type { SupervisorEvents } from './events.js';

/** Writes what the supervisor finds out about its threads into the caller's log, if there is one. */
export function logEvent<Name extends keyof SupervisorEvents>(
  logs: LogSink | undefined,
  event: Name,
  ...args: SupervisorEvents[Name]
): void {
  if (logs === undefined) return;
  switch (event) {
    case 'growth': {
      const [growth] = args as SupervisorEvents['growth'];
      const { task, slot, bytesPerTask } = growth;
      const who = task === null ? 'its tasks' : `task ${task}`;
      const what = bytesPerTask === 0 ? 'grows no more' : `grows with ${who}: ${Math.round(bytesPerTask)} bytes each`;
      logs.warn(`memory of slot ${slot} ${what}`, { ...growth });
      break;
    }
    case 'recycle': {
      const [recycle] = args as SupervisorEvents['recycle'];
      const { slot, reason, task, helped } = recycle;
      const who = task === null ? '' : `, brought there by task ${task}`;
      const what = helped === false ? 'recycling did not help' : 'thread recycled';
      logs.warn(`${what}: slot ${slot}, for its ${reason}${who}`, { ...recycle });
      break;
    }
    case 'circuit': {
      const [circuit] = args as SupervisorEvents['circuit'];
      const { dependency, state, calls, failures } = circuit;
      logs.warn(`circuit of ${dependency} is ${state}: ${failures} of ${calls} calls failed`, { ...circuit });
      break;
    }
    case 'leak':
    case 'restart':
    case 'settled':
    case 'progress':
    case 'saturated':
    case 'unsaturated':
      // Too many, or told to who asked for them.
      break;
  }
}
