import type { Timer } from '../clock.js';
import type { Remind } from '../threads/reminder.js';
import type { Anomalies, Occurrence } from './anomalies.js';
import { type EndedTask, levelOf } from './ended-task.js';
import { eventWords } from './event-words.js';
import type { RecordBytes } from './files/record-page.js';
import type { GateNote } from './gate-note.js';
import type { Incidents } from './incidents.js';
import { LineBytes } from './line-bytes.js';
import type { LogEvent } from './log-events.js';
import { type LogLine, loggerFields } from './log-line.js';
import type { LogSink } from './log-options.js';
import type { NoiseGate } from './noise-gate.js';
import { occurrenceOf } from './occurrences.js';
import type { ReadLine } from './read-line.js';
import { eventRecord, type LineMarks, lineLength, taskEndedRecord } from './record.js';
import { detailsOf, type EndSaid, type OwnSaid, type Said } from './said.js';
import type { Stories } from './stories.js';
import { ToldTasks } from './told-tasks.js';
import { type Standing, Totals } from './totals.js';

/** Where records go. */
export interface RecordSink {
  /** Takes complete records, each with its newline. */
  write(records: string, count: number): void;
  /** Takes one record, and gives its length. */
  put(record: RecordBytes): number;
  /** Hands on what it has taken: it is safe from the end of the process then. */
  flush(): void;
}

/** What records are made with. */
export interface RecordsParts {
  /** Which supervisor it is. */
  readonly instance: string;
  readonly wallNow: () => number;
  readonly remind: Remind;
  /** Undefined where nothing is dropped. */
  readonly gate: NoiseGate<Said> | undefined;
  readonly app: RecordSink | undefined;
  readonly logger: LogSink | undefined;
  /** Undefined where no stories are kept. */
  readonly incidents: IncidentParts | undefined;
}

/** What stories are kept with. */
export interface IncidentParts {
  readonly sink: RecordSink;
  readonly stories: Stories;
  readonly anomalies: Anomalies;
  readonly incidents: Incidents;
}

/** Incidents that were only counted are said at the latest so long after. */
const INCIDENT_MS = 60_000;

/**
 * Makes records of what is said, and hands them on: what the gate keeps to the app log, or a logger; whole stories of what went wrong to
 * the incidents.
 */
export class Records {
  readonly #parts: RecordsParts;
  readonly #totals: Totals;
  readonly #lineBytes: LineBytes;
  readonly #told = new ToldTasks();
  /** How long the last record of an end was, by the task's name: how long those would be that are not made. */
  readonly #endLengths = new Map<string, number>();
  #timer: Timer | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(parts: RecordsParts) {
    this.#parts = parts;
    this.#totals = new Totals(parts.wallNow());
    this.#lineBytes = new LineBytes(parts.instance);
  }

  /** A task has printed or logged something. `now` is asked once for all that came together: it may cost as much as a record. */
  line(line: ReadLine, now = this.#parts.wallNow()): void {
    if (!line.isLate) this.#parts.incidents?.stories.add(line);
    this.#offer(line, now);
  }

  /** What came together has been told. */
  flush(): void {
    this.#parts.app?.flush();
    this.#parts.incidents?.sink.flush();
  }

  /** Something has happened. */
  event(event: LogEvent, details: Record<string, unknown> = {}): void {
    const occurrence = occurrenceOf(event);
    if (event.event === 'task.retried') this.#parts.gate?.ended(event.retried.taskId);
    if (event.event === 'log.dropped') this.#totals.dropped(event.dropped.count);
    this.#offer(this.#saidOf(event, details));
    if (occurrence !== undefined) this.#occurred(occurrence);
  }

  /** A task is settled, and its last line is told. */
  settled(ended: EndedTask): void {
    const { incidents, gate } = this.#parts;
    const { task: taskName, taskId, outcome } = ended;
    gate?.ended(taskId);
    const level = levelOf(outcome);
    const said: EndSaid = { source: 'end', level, taskName, text: `${taskName} ${outcome}`, ended };
    if (this.#told.take(taskId)) {
      this.#sum(ended.at, false);
      this.#keep(said, 'new');
    } else this.#offer(said);
    if (incidents === undefined) return;
    const { stories } = incidents;
    // An attempt that ended by itself prints nothing that is not late; of any other nobody knows.
    if (outcome !== 'ok' || ended.usage.attempts > 1) stories.refuse(taskId);
    const findings = incidents.anomalies.settled(ended);
    if (findings.length === 0 && level !== 'error') {
      stories.drop(taskId);
      return;
    }
    const story = stories.take(taskId);
    this.#keepIncident(incidents.incidents.ofTask(ended, story));
    for (const finding of findings) {
      this.#offer(this.#saidOf({ event: 'anomaly', at: ended.at, finding }, {}));
      this.#keepIncident(incidents.incidents.ofFinding(finding, story, ended));
    }
  }

  /** Says what is counted and not said. */
  close(): void {
    const { gate, incidents, wallNow } = this.#parts;
    this.#timer?.cancel();
    // From here on nobody comes back for what would only be counted.
    this.#isClosed = true;
    const now = wallNow();
    if (gate !== undefined) this.#tell(gate.close(now));
    if (incidents !== undefined) this.#write(incidents.sink, incidents.incidents.due(now, true));
    this.#sum(now, true);
  }

  #offer(said: Said, now = this.#parts.wallNow()): void {
    const { gate } = this.#parts;
    // Before it is counted: the first of a day is none of the day before.
    this.#sum(now, false);
    if (gate === undefined || this.#isClosed) {
      this.#keep(said, 'new');
      return;
    }
    const verdict = gate.judge(said, now);
    if (verdict.keep) this.#keep(said, 'new', verdict);
    else this.#totals.suppressed(this.#lengthOf(said));
    this.#wakeAt(gate.nextDue());
  }

  #recordOf(said: OwnSaid | EndSaid): string {
    if (said.source === 'supervisor') return said.record;
    const record = taskEndedRecord(said.ended, this.#parts.instance);
    this.#endLengths.set(said.taskName, record.length);
    return record;
  }

  #lengthOf(said: Said): number {
    if (said.source === 'supervisor') return said.record.length;
    if (said.source !== 'end') return lineLength(said, this.#parts.instance);
    return this.#endLengths.get(said.taskName) ?? this.#recordOf(said).length;
  }

  #keep(said: Said, standing: Standing, marks?: LineMarks): void {
    const isLine = said.source !== 'supervisor' && said.source !== 'end';
    this.#totals.kept(isLine ? this.#putLine(said, marks) : this.#put(this.#recordOf(said)), standing);
    if (isLine && said.taskId !== undefined && !said.isLate) this.#told.add(said.taskId);
    this.#parts.logger?.[said.level](said.text, isLine ? loggerFields(said) : detailsOf(said));
  }

  #putLine(line: LogLine, marks?: LineMarks): number {
    const record = this.#lineBytes.of(line, marks);
    return this.#parts.app?.put(record) ?? record.text.length;
  }

  #put(record: string): number {
    this.#parts.app?.write(record, 1);
    return record.length;
  }

  #tell(notes: readonly GateNote<Said>[]): void {
    for (const note of notes) {
      if (note.type === 'line') this.#keep(note.line, 'counted', note);
      else this.#tellNote(note);
    }
  }

  #tellNote(note: Exclude<GateNote<Said>, { type: 'line' }>): void {
    const at = this.#parts.wallNow();
    if (note.type === 'suppressed') {
      this.#keep(this.#saidOf({ event: 'log.suppressed', at, note }, {}), 'summary');
      return;
    }
    const { type: _, ...details } = note;
    if (note.type === 'jump') this.event({ event: 'log.rule_jump', at, note }, details);
    else this.event({ event: 'log.rule_silent', at, note }, details);
  }

  #occurred(occurrence: Occurrence): void {
    const { incidents } = this.#parts;
    const finding = incidents?.anomalies.report(occurrence);
    if (incidents === undefined || finding === undefined) return;
    const { taskId } = finding;
    const story = taskId === undefined ? undefined : incidents.stories.read(taskId);
    this.#keepIncident(incidents.incidents.ofFinding(finding, story));
  }

  #keepIncident(records: readonly string[]): void {
    const { incidents, wallNow } = this.#parts;
    if (incidents === undefined) return;
    this.#write(incidents.sink, records);
    // Also where nothing is written: it may be the first that is only counted, and no timer left of those before it.
    if (incidents.incidents.isCounting) this.#wakeAt(wallNow() + INCIDENT_MS);
  }

  #write(sink: RecordSink, records: readonly string[]): void {
    if (records.length > 0) sink.write(records.join(''), records.length);
  }

  #saidOf(event: LogEvent, details: Record<string, unknown>): OwnSaid {
    const { level, text } = eventWords(event);
    const record = eventRecord(event, this.#parts.instance);
    return { source: 'supervisor', level, taskName: undefined, text, record, details };
  }

  /** Once a day, and at the end, the figures. */
  #sum(now: number, isEnd: boolean): void {
    const summary = isEnd ? this.#totals.end(now) : this.#totals.due(now);
    if (summary !== undefined)
      this.#keep(this.#saidOf({ event: 'log.summary', at: now, summary }, { ...summary }), 'summary');
  }

  #wakeAt(at: number | undefined): void {
    if (at === undefined || at >= this.#dueAt || this.#isClosed) return;
    this.#timer?.cancel();
    this.#dueAt = at;
    this.#timer = this.#parts.remind(Math.max(0, at - this.#parts.wallNow()), this.#due);
  }

  readonly #due = (): void => {
    this.#dueAt = Number.POSITIVE_INFINITY;
    const { gate, incidents, wallNow } = this.#parts;
    const now = wallNow();
    if (incidents !== undefined) {
      this.#write(incidents.sink, incidents.incidents.due(now));
      if (incidents.incidents.isCounting) this.#wakeAt(now + INCIDENT_MS);
    }
    if (gate === undefined) return;
    this.#tell(gate.due(now));
    this.#wakeAt(gate.nextDue());
  };
}
