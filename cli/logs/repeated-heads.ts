import { isHead } from './precedence.js';
import { type LogRecord, textOf } from './record.js';
import type { Found } from './search.js';

/** Far more than are told between a record and its incident. */
const remembered = 10_000;

/** What anomalies are made of, other than those that are an event themselves. */
const kinds: Readonly<Record<string, string>> = {
  'memory.growth': 'growth',
  'task.leaked': 'leak',
  'thread.restarted': 'restart',
  'thread.recycled': 'recycle',
  'circuit.changed': 'circuit',
  'sink.fault': 'sink',
  'log.dropped': 'lines-dropped',
  'log.rule_silent': 'rule-silent',
  'log.rule_jump': 'rule-jump',
};

/**
 * Leaves out the heads of incidents that would say a second time what was just told: that a task ended badly, or that something happened
 * that is an anomaly. One that also says how many others there were stays, and so does one whose record was not asked for, or is gone.
 */
export class RepeatedHeads {
  readonly #told = new Set<string>();

  /** Those that tell something new. */
  passNew(found: readonly Found[]): Found[] {
    return found.filter((one) => {
      if (one.kind !== 'record') return true;
      const { record } = one;
      if (isHead(record)) return saysMore(record) || !this.#told.has(keyOf(record, textOf(record, 'incident.kind')));
      const kind = kindOf(record);
      if (kind !== undefined) this.#remember(keyOf(record, kind));
      return true;
    });
  }

  #remember(what: string): void {
    this.#told.add(what);
    // A Set keeps the order in which it was filled.
    const [oldest = what] = this.#told;
    if (this.#told.size > remembered) this.#told.delete(oldest);
  }
}

/** The kind of incident that an event is a reason for. */
function kindOf(record: LogRecord): string | undefined {
  const event = textOf(record, 'event_name') ?? '';
  if (event === 'task.ended') return textOf(record, 'task.outcome');
  return event === 'anomaly' ? textOf(record, 'anomaly.type') : kinds[event];
}

/** An incident has the time of what it is about. */
function keyOf({ at, fields }: LogRecord, kind: string | undefined): string {
  return JSON.stringify([fields['service.instance.id'], at, kind, isOfTask(kind) ? fields['task.id'] : null]);
}

/** Of other kinds it depends on who tells it whether a task is named. */
function isOfTask(kind = ''): boolean {
  return ['failed', 'timed-out', 'lost', 'duration', 'wait'].includes(kind);
}

function saysMore({ fields: { attributes } }: LogRecord): boolean {
  return typeof attributes === 'object' && attributes !== null && 'untold' in attributes;
}
