import { Buffer } from 'node:buffer';
import type { Timer } from '../clock.js';
import type { Remind } from '../threads/reminder.js';
import { type EndedTask, levelOf } from './ended-task.js';
import { eventWords } from './event-words.js';
import type { RecordBytes } from './files/record-page.js';
import type { GateNote } from './gate-note.js';
import type { IncidentLog } from './incident-log.js';
import { LineBytes } from './line-bytes.js';
import type { LogEvent } from './log-events.js';
import { type LogLine, loggerFields } from './log-line.js';
import type { LogSink } from './log-options.js';
import type { NoiseGate } from './noise-gate.js';
import type { ReadLine } from './read-line.js';
import { eventRecord, type LineMarks, lineLength, taskEndedRecord } from './record.js';
import { detailsOf, type EndSaid, type OwnSaid, type Said } from './said.js';
import { ToldTasks } from './told-tasks.js';
import { type Standing, Totals } from './totals.js';

/** Where records go. */
export interface RecordSink {
  /** Takes complete records, each with its newline. */
  write(records: string, count: number): void;
  /** Takes one record, and gives its length in bytes. */
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
  readonly incidents: IncidentLog | undefined;
}

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
    this.#parts.incidents?.line(line);
    this.#offer(line, now);
  }

  /** Lines that were told are about to be written over. */
  keepRun(): void {
    this.#parts.incidents?.keepRun();
  }

  /** What came together has been told. */
  flush(): void {
    this.#parts.app?.flush();
    this.#parts.incidents?.flush();
  }

  /** Something has happened. */
  event(event: LogEvent, details: Record<string, unknown> = {}): void {
    if (event.event === 'task.retried') this.#parts.gate?.ended(event.retried.taskId);
    if (event.event === 'log.dropped') this.#totals.dropped(event.dropped.count);
    this.#offer(this.#saidOf(event, details));
    this.#parts.incidents?.event(event);
  }

  /** A task is settled, and its last line is told. */
  settled(ended: EndedTask): void {
    const { incidents, gate } = this.#parts;
    const { task: taskName, taskId, outcome } = ended;
    gate?.ended(taskId);
    const level = levelOf(outcome);
    const said: EndSaid = { source: 'end', level, taskName, text: `${taskName} ${outcome}`, ended };
    if (this.#told.take(taskId)) {
      this.#endDay(ended.at);
      this.#keep(said, 'new');
    } else this.#offer(said);
    for (const finding of incidents?.settled(ended) ?? [])
      this.#offer(this.#saidOf({ event: 'anomaly', at: ended.at, finding }, {}));
  }

  /** Says what is counted and not said. */
  close(): void {
    const { gate, incidents, wallNow } = this.#parts;
    this.#timer?.cancel();
    // From here on nobody comes back for what would only be counted.
    this.#isClosed = true;
    const now = wallNow();
    if (gate !== undefined) this.#tell(gate.close(now));
    incidents?.close();
    this.#sum(now);
  }

  #offer(said: Said, now = this.#parts.wallNow()): void {
    const { gate } = this.#parts;
    // Before it is counted: the first of a day is none of the day before.
    this.#endDay(now);
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
    this.#endLengths.set(said.taskName, Buffer.byteLength(record));
    return record;
  }

  #lengthOf(said: Said): number {
    if (said.source === 'supervisor') return Buffer.byteLength(said.record);
    if (said.source !== 'end') return lineLength(said, this.#parts.instance);
    return this.#endLengths.get(said.taskName) ?? Buffer.byteLength(this.#recordOf(said));
  }

  #keep(said: Said, standing: Standing, marks?: LineMarks): void {
    const isLine = said.source !== 'supervisor' && said.source !== 'end';
    this.#totals.kept(isLine ? this.#putLine(said, marks) : this.#put(this.#recordOf(said)), standing);
    if (isLine && said.taskId !== undefined && !said.isLate) this.#told.add(said.taskId);
    this.#parts.logger?.[said.level](said.text, isLine ? loggerFields(said) : detailsOf(said));
  }

  #putLine(line: LogLine, marks?: LineMarks): number {
    const record = this.#lineBytes.of(line, marks);
    return this.#parts.app?.put(record) ?? Buffer.byteLength(record.text);
  }

  #put(record: string): number {
    this.#parts.app?.write(record, 1);
    return Buffer.byteLength(record);
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
      const { count, rule, kind, taskName: task, windowMs } = note;
      this.#keep(this.#saidOf({ event: 'log.suppressed', at, note }, { count, rule, kind, task, windowMs }), 'summary');
      return;
    }
    const { type: _, ...details } = note;
    if (note.type === 'jump') this.event({ event: 'log.rule_jump', at, note }, details);
    else this.event({ event: 'log.rule_silent', at, note }, details);
  }

  #saidOf(event: LogEvent, details: Record<string, unknown>): OwnSaid {
    const { level, text } = eventWords(event);
    const record = eventRecord(event, this.#parts.instance);
    return { source: 'supervisor', level, taskName: undefined, text, record, details };
  }

  /** Once a day the figures, with what was counted of that day. */
  #endDay(now: number): void {
    if (!this.#totals.isOver(now)) return;
    if (!this.#isClosed) this.#tell(this.#parts.gate?.counted(now) ?? []);
    this.#sum(now);
  }

  #sum(now: number): void {
    const summary = this.#totals.end(now);
    if (summary !== undefined)
      this.#keep(this.#saidOf({ event: 'log.summary', at: now, summary }, { ...summary }), 'figures');
  }

  #wakeAt(at: number | undefined): void {
    if (at === undefined || at >= this.#dueAt || this.#isClosed) return;
    this.#timer?.cancel();
    this.#dueAt = at;
    this.#timer = this.#parts.remind(Math.max(0, at - this.#parts.wallNow()), this.#due);
  }

  readonly #due = (): void => {
    this.#dueAt = Number.POSITIVE_INFINITY;
    const { gate, wallNow } = this.#parts;
    if (gate === undefined) return;
    this.#tell(gate.due(wallNow()));
    this.#wakeAt(gate.nextDue());
  };
}
