import { identityOf, type LogRecord, numberOf, textOf } from './record.js';
import type { Anomaly, Attempt, Note, Story, StoryLine, Thrown } from './story.js';

/** Puts the records of a task together. Several tasks may have its id: each supervisor has one. */
export class Stories {
  readonly #stories = new Map<string, Story>();
  /** The app log and the incidents hold the same record twice. */
  readonly #known = new Set<string>();

  /** Takes a record of the task, in any order. */
  add(record: LogRecord): void {
    const identity = identityOf(record);
    if (identity !== undefined && this.#known.has(identity)) return;
    if (identity !== undefined) this.#known.add(identity);
    const taskId = numberOf(record, 'task.id');
    if (taskId === undefined) return;
    const story = this.#storyOf(taskId, record);
    story.first = Math.min(story.first, record.at);
    story.last = Math.max(story.last, record.at);
    story.name ??= textOf(record, 'task.name');
    story.pid ??= numberOf(record, 'process.pid');
    story.traceId ??= textOf(record, 'trace_id');
    story.spanId ??= textOf(record, 'span_id');
    tell(story, record);
  }

  /** The stories, the newest last. */
  get all(): Story[] {
    const stories = [...this.#stories.values()].sort((a, b) => a.first - b.first);
    for (const { attempts, anomalies } of stories) {
      attempts.sort((a, b) => a.number - b.number);
      for (const { lines, notes } of attempts) {
        lines.sort((a, b) => a.seq - b.seq);
        notes.sort((a, b) => a.at - b.at);
      }
      anomalies.sort((a, b) => a.at - b.at);
    }
    return stories;
  }

  #storyOf(taskId: number, record: LogRecord): Story {
    const instance = textOf(record, 'service.instance.id');
    const key = JSON.stringify([instance, taskId]);
    const known = this.#stories.get(key);
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
    this.#stories.set(key, story);
    return story;
  }
}

/** What a record adds to its story. */
function tell(story: Story, record: LogRecord): void {
  switch (textOf(record, 'event_name')) {
    case undefined:
      tellLine(story, record);
      break;
    case 'task.ended':
      tellEnd(story, record);
      break;
    case 'task.retried':
      tellAttemptEnd(attemptOf(story, record), record);
      break;
    case 'anomaly':
      story.anomalies.push(anomalyOf(record));
      break;
    case 'incident':
      story.incidents.push({ id: textOf(record, 'incident.id') ?? 'unnamed', kind: textOf(record, 'incident.kind') });
      break;
    default:
      attemptOf(story, record).notes.push(noteOf(record));
  }
}

function tellLine(story: Story, record: LogRecord): void {
  const attempt = attemptOf(story, record);
  attempt.slot ??= numberOf(record, 'thread.slot');
  attempt.generation ??= numberOf(record, 'thread.generation');
  attempt.lines.push(lineOf(record, attempt.lines.length));
}

function lineOf(record: LogRecord, place: number): StoryLine {
  const stream = textOf(record, 'log.iostream');
  const { attributes } = record.fields;
  return {
    at: record.at,
    seq: numberOf(record, 'log.seq') ?? place,
    source: stream === 'stdout' ? 'out' : stream === 'stderr' ? 'err' : 'log',
    level: (textOf(record, 'severity_text') ?? '').toLowerCase(),
    text: textOf(record, 'body') ?? '',
    attributes: typeof attributes === 'object' && attributes !== null ? attributes : undefined,
    isPartial: record.fields['log.partial'] === true,
    isBinary: record.fields['log.binary'] === true,
  };
}

function tellEnd(story: Story, record: LogRecord): void {
  tellAttemptEnd(attemptOf(story, record), record);
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

function tellAttemptEnd(attempt: Attempt, record: LogRecord): void {
  attempt.ended = noteOf(record);
  attempt.runMs = numberOf(record, 'task.run_ms');
  attempt.waitMs = numberOf(record, 'task.wait_ms');
  attempt.thrown = thrownOf(record);
  attempt.slot ??= numberOf(record, 'thread.slot');
  attempt.generation ??= numberOf(record, 'thread.generation');
}

function thrownOf(record: LogRecord): Thrown | undefined {
  const thrown = {
    type: textOf(record, 'exception.type'),
    message: textOf(record, 'exception.message'),
    stack: textOf(record, 'exception.stacktrace'),
  };
  return thrown.type === undefined && thrown.message === undefined && thrown.stack === undefined ? undefined : thrown;
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

function noteOf(record: LogRecord): Note {
  return { at: record.at, text: textOf(record, 'body') ?? textOf(record, 'event_name') ?? '' };
}

function attemptOf(story: Story, record: LogRecord): Attempt {
  const number = numberOf(record, 'task.attempt') ?? numberOf(record, 'task.attempts') ?? 1;
  const known = story.attempts.find((attempt) => attempt.number === number);
  if (known) return known;
  const attempt: Attempt = {
    number,
    slot: undefined,
    generation: undefined,
    lines: [],
    notes: [],
    ended: undefined,
    runMs: undefined,
    waitMs: undefined,
    thrown: undefined,
  };
  story.attempts.push(attempt);
  return attempt;
}
