import { type AttemptRecords, attemptsOf, noteOf, thrownOf } from './attempts.js';
import { identityOf, type LogRecord, numberOf, textOf } from './record.js';
import type { Anomaly, Story } from './story.js';

/** A story, and what its attempts will be made of when all of it is there. */
interface Draft {
  readonly story: Story;
  readonly records: AttemptRecords;
}

/** Puts the records of a task together. Several tasks may have its id: each supervisor has one. */
export class Stories {
  readonly #drafts = new Map<string, Draft>();
  /** The app log and the incidents hold the same record twice. */
  readonly #known = new Set<string>();

  /** Takes a record of the task, in any order. */
  add(record: LogRecord): void {
    const identity = identityOf(record);
    if (identity !== undefined && this.#known.has(identity)) return;
    if (identity !== undefined) this.#known.add(identity);
    const taskId = numberOf(record, 'task.id');
    if (taskId === undefined) return;
    const draft = this.#draftOf(taskId, record);
    const { story } = draft;
    story.first = Math.min(story.first, record.at);
    story.last = Math.max(story.last, record.at);
    story.name ??= textOf(record, 'task.name');
    story.pid ??= numberOf(record, 'process.pid');
    story.traceId ??= textOf(record, 'trace_id');
    story.spanId ??= textOf(record, 'span_id');
    tell(draft, record);
  }

  /** The stories, the newest last. */
  get all(): Story[] {
    return [...this.#drafts.values()]
      .map(({ story, records }) => ({
        ...story,
        attempts: attemptsOf(records),
        anomalies: story.anomalies.toSorted((a, b) => a.at - b.at),
      }))
      .sort((a, b) => a.first - b.first);
  }

  #draftOf(taskId: number, record: LogRecord): Draft {
    const instance = textOf(record, 'service.instance.id');
    const key = JSON.stringify([instance, taskId]);
    const known = this.#drafts.get(key);
    if (known) return known;
    const story: Story = {
      taskId,
      instance,
      name: undefined,
      pid: undefined,
      traceId: undefined,
      spanId: undefined,
      first: record.at,
      last: record.at,
      attempts: [],
      anomalies: [],
      incidents: [],
      ended: undefined,
      missing: [],
    };
    const draft = { story, records: { lines: [], ends: [], notes: [] } };
    this.#drafts.set(key, draft);
    return draft;
  }
}

/** What a record adds to its story. */
function tell({ story, records }: Draft, record: LogRecord): void {
  switch (textOf(record, 'event_name')) {
    case undefined:
      records.lines.push(record);
      break;
    case 'task.ended':
      records.ends.push(record);
      tellEnd(story, record);
      break;
    case 'task.retried':
      records.ends.push(record);
      break;
    case 'anomaly':
      story.anomalies.push(anomalyOf(record));
      break;
    case 'incident':
      story.incidents.push({ id: textOf(record, 'incident.id') ?? 'unnamed', kind: textOf(record, 'incident.kind') });
      break;
    default:
      records.notes.push(record);
  }
}

function tellEnd(story: Story, record: LogRecord): void {
  story.ended = {
    at: record.at,
    outcome: textOf(record, 'task.outcome') ?? 'ended',
    attempts: numberOf(record, 'task.attempts'),
    waitMs: numberOf(record, 'task.wait_ms'),
    runMs: numberOf(record, 'task.run_ms'),
    cpuMs: numberOf(record, 'task.cpu_ms'),
    heapDeltaBytes: numberOf(record, 'task.heap_delta_bytes'),
    descriptorsOpened: numberOf(record, 'task.descriptors_opened'),
    descriptorsLeaked: numberOf(record, 'task.descriptors_leaked'),
    thrown: thrownOf(record),
  };
}

function anomalyOf(record: LogRecord): Anomaly {
  return {
    ...noteOf(record),
    type: textOf(record, 'anomaly.type') ?? 'anomaly',
    value: numberOf(record, 'anomaly.value'),
    threshold: numberOf(record, 'anomaly.threshold'),
    baseline: numberOf(record, 'anomaly.baseline'),
  };
}
