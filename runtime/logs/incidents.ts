import type { LogLevel } from '../../workers/protocol/messages.js';
import type { Outcome } from '../../workers/protocol/outcome.js';
import type { AnomalyType, Finding } from './anomalies.js';
import { type EndedTask, endedValues } from './ended-task.js';
import { IncidentPace, type Unwritten } from './incident-pace.js';
import { findingBody, findingValues } from './occurrences.js';
import { lineRecord, taskEndedRecord } from './record.js';
import type { RecordValues } from './record-fields.js';
import { recordText, SEVERITIES, timeText } from './record-text.js';
import type { Story } from './stories.js';
import { counted, seconds } from './wording.js';

/** Why a story is kept. */
export type IncidentKind = Exclude<Outcome, 'ok' | 'cancelled'> | AnomalyType;

const NOTHING: readonly string[] = [];
const NO_STORY: Story = { lines: [], missing: 0 };

/** What an incident is made of. */
interface Matter {
  readonly at: number;
  readonly kind: IncidentKind;
  readonly about: string;
  readonly level: LogLevel;
  readonly body: string;
  readonly values: RecordValues;
  readonly ended: EndedTask | undefined;
  readonly story: Story;
}

/**
 * Makes the records of incidents: a head that says what happened, the lines of the task's story, and the task's end, all with the same
 * `incident.id`. See {@link IncidentPace} for how many are whole.
 */
export class Incidents {
  readonly #instance: string;
  readonly #pace = new IncidentPace();
  #last = 0;

  constructor(instance: string) {
    this.#instance = instance;
  }

  /** Of a task that ended badly; nothing of one that is ok or was cancelled, which its caller wanted. */
  ofTask(ended: EndedTask, story: Story = NO_STORY): readonly string[] {
    const { at, task, outcome } = ended;
    if (outcome === 'ok' || outcome === 'cancelled') return NOTHING;
    const values = endedValues(ended, this.#instance);
    const body = `${task} ${outcome}`;
    return this.#make({ at, kind: outcome, about: task, level: 'error', body, values, ended, story });
  }

  /** Of something unusual; with the end and the lines of its task where it has one. */
  ofFinding(finding: Finding, story: Story = NO_STORY, ended?: EndedTask): readonly string[] {
    const { at, type, about } = finding;
    const values = { ...(ended && endedValues(ended, this.#instance)), ...present(findingValues(finding)) };
    return this.#make({ at, kind: type, about, level: 'warn', body: findingBody(finding), values, ended, story });
  }

  /** Whether `due` will have something to say. */
  get isCounting(): boolean {
    return this.#pace.isCounting;
  }

  /** Records that say what was only counted in the minutes that are over; with `all`, up to now. */
  due(at: number, all = false): readonly string[] {
    return this.#pace.due(at, all).map((unwritten) => this.#countRecord(unwritten, at));
  }

  #make(matter: Matter): readonly string[] {
    const { at, kind, about } = matter;
    const { share, past } = this.#pace.next(kind, about, at);
    const before = past === undefined ? NOTHING : [this.#countRecord(past, at)];
    if (share === 'counted') return before;
    const id = `${this.#instance}-${++this.#last}`;
    if (share === 'head') return [...before, this.#head(matter, id, false)];
    const records = this.#whole(matter, id);
    this.#pace.wrote(
      kind,
      about,
      records.reduce((sum, record) => sum + record.length, 0),
    );
    return [...before, ...records];
  }

  #whole(matter: Matter, id: string): string[] {
    const { ended, story } = matter;
    const records = [this.#head(matter, id, true)];
    for (const line of story.lines) records.push(lineRecord(line, this.#instance, { incident: id }));
    if (ended !== undefined) records.push(taskEndedRecord(ended, this.#instance, id));
    return records;
  }

  /** A head alone is one of many that are alike, so it goes without the stack. */
  #head({ at, kind, level, body, values, story }: Matter, id: string, isWhole: boolean): string {
    const { lines, missing } = story;
    const { text, number } = SEVERITIES[level];
    return recordText({
      ...values,
      timestamp: timeText(at),
      severity_text: text,
      severity_number: number,
      body: isWhole ? body : `${body}; its story is left out, as there are too many`,
      event_name: 'incident',
      'service.instance.id': this.#instance,
      'dropped.count': missing || undefined,
      'exception.stacktrace': isWhole ? values['exception.stacktrace'] : undefined,
      'incident.id': id,
      'incident.kind': kind,
      attributes: { ...values.attributes, lines: isWhole ? lines.length : 0 },
    });
  }

  #countRecord({ kind, about, count, windowMs }: Unwritten, at: number): string {
    return recordText({
      timestamp: timeText(at),
      severity_text: SEVERITIES.warn.text,
      severity_number: SEVERITIES.warn.number,
      body: `${counted(count, 'incident')} more in ${seconds(windowMs)}, not written: ${kind}, ${about}`,
      event_name: 'incident',
      'service.instance.id': this.#instance,
      'suppressed.count': count,
      'suppressed.window_ms': windowMs,
      'incident.kind': kind,
      attributes: { about },
    });
  }
}

/** What is known better elsewhere must not be hidden by what is unknown here. */
function present(values: RecordValues): RecordValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
