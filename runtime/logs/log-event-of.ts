import type { SupervisorEvents } from '../observe/events.js';
import { errorFields } from './exception.js';
import type { LogEvent } from './log-events.js';

/** What an event of the supervisor is in the log, and its fields for a logger; undefined for those that come too often, or are told to who asked for them. */
export function logEventOf<Name extends keyof SupervisorEvents>(
  name: Name,
  args: SupervisorEvents[Name],
  at: number,
): { readonly event: LogEvent; readonly fields: Record<string, unknown> } | undefined {
  switch (name) {
    case 'retry':
      return ofRetry(args as SupervisorEvents['retry'], at);
    case 'restart': {
      const [{ error, ...death }] = args as SupervisorEvents['restart'];
      return { event: { event: 'thread.restarted', at, death, error }, fields: death };
    }
    case 'growth': {
      const [growth] = args as SupervisorEvents['growth'];
      return { event: { event: 'memory.growth', at, growth }, fields: { ...growth } };
    }
    case 'recycle': {
      const [recycle] = args as SupervisorEvents['recycle'];
      return { event: { event: 'thread.recycled', at, recycle }, fields: { ...recycle } };
    }
    case 'circuit': {
      const [circuit] = args as SupervisorEvents['circuit'];
      return { event: { event: 'circuit.changed', at, circuit }, fields: { ...circuit } };
    }
    case 'leak': {
      const [leak] = args as SupervisorEvents['leak'];
      return { event: { event: 'task.leaked', at, leak }, fields: { ...leak } };
    }
    case 'settled':
    case 'progress':
    case 'saturated':
    case 'unsaturated':
      return undefined;
    default:
      return undefined;
  }
}

function ofRetry([retried]: SupervisorEvents['retry'], at: number) {
  const fields = { ...retried, error: errorFields(retried.error) };
  return { event: { event: 'task.retried' as const, at, retried }, fields };
}
