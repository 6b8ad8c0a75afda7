import { Buffer } from 'node:buffer';
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
/** Why an incident has only its head. */
const MANY = 'its story is left out, as there are too many';
const LARGE = 'its story is left out, as those of this hour are large enough';
const ANY_ROOM: IncidentRoom = { whole: Number.POSITIVE_INFINITY, heads: Number.POSITIVE_INFINITY };
const NO_STORY: Story = { lines: [], missing: 0 };

/** How many bytes more the hour may have. */
export interface IncidentRoom {
  /** With another whole story, */
  readonly whole: number;
  /** with another head. */
  readonly heads: number;
}

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
  /** Any number of bytes unless said otherwise. */
  readonly #room: () => IncidentRoom;
  readonly #pace = new IncidentPace();
  #last = 0;

  constructor(instance: string, room: () => IncidentRoom = () => ANY_ROOM) {
    this.#instance = instance;
    this.#room = room;
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
    return this.counts(this.#pace.due(at, all), at);
  }

  /** Records that say what was only counted. */
  counts(unwritten: readonly Unwritten[], at: number): readonly string[] {
    return unwritten.map((each) => this.#countRecord(each, at));
  }

  #make(matter: Matter): readonly string[] {
    const { at, kind, about } = matter;
    const room = this.#room();
    const { share, past } = this.#pace.next(kind, about, at, room.heads <= 0);
    const before = past === undefined ? NOTHING : [this.#countRecord(past, at)];
    if (share === 'counted') return before;
    const id = `${this.#instance}-${++this.#last}`;
    if (share === 'head') return [...before, this.#head(matter, id, MANY)];
    const records = this.#whole(matter, id);
    const bytes = records.reduce((sum, record) => sum + Buffer.byteLength(record), 0);
    if (bytes > room.whole) return [...before, this.#head(matter, id, LARGE)];
    this.#pace.wrote(kind, about, bytes);
    return [...before, ...records];
  }

  #whole(matter: Matter, id: string): string[] {
    const { ended, story } = matter;
    const records = [this.#head(matter, id)];
    const { lines, events = [] } = story;
    for (let after = 0, next = 0; after <= lines.length; after++) {
      for (; events[next]?.after === after; next++) records.push(events[next]?.event.record(id) ?? '');
      const line = lines[after];
      if (line !== undefined) records.push(lineRecord(line, this.#instance, { incident: id }));
    }
    if (ended !== undefined) records.push(taskEndedRecord(ended, this.#instance, id));
    return records;
  }

  /** One of many that are alike goes without the stack as well. */
  #head({ at, kind, level, body, values, story }: Matter, id: string, alone?: string): string {
    const { lines, missing } = story;
    const { text, number } = SEVERITIES[level];
    return recordText({
      ...values,
      timestamp: timeText(at),
      severity_text: text,
      severity_number: number,
      body: alone === undefined ? body : `${body}; ${alone}`,
      event_name: 'incident',
      'service.instance.id': this.#instance,
      'dropped.count': missing || undefined,
      'exception.stacktrace': alone === MANY ? undefined : values['exception.stacktrace'],
      'incident.id': id,
      'incident.kind': kind,
      attributes: { ...values.attributes, lines: alone === undefined ? lines.length : 0 },
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
