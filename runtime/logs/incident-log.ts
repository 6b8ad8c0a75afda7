import type { Timer } from '../clock.js';
import type { Remind } from '../threads/reminder.js';
import type { Anomalies, Finding } from './anomalies.js';
import { type EndedTask, levelOf } from './ended-task.js';
import type { Incidents } from './incidents.js';
import { LineRun } from './line-run.js';
import type { LogEvent } from './log-events.js';
import { occurrenceOf } from './occurrences.js';
import type { ReadLine } from './read-line.js';
import type { RecordSink } from './records.js';
import type { Stories, Story } from './stories.js';
import { StoryEvent } from './story-event.js';

/** What stories are kept with. */
export interface IncidentLogParts {
  /** Which supervisor it is. */
  readonly instance: string;
  readonly wallNow: () => number;
  readonly remind: Remind;
  readonly sink: RecordSink;
  readonly stories: Stories;
  readonly anomalies: Anomalies;
  readonly incidents: Incidents;
}

/** Incidents that were only counted are said at the latest so long after. */
const COUNTED_MS = 60_000;
/** What a task left open is heard before its end. So long it is waited for that. */
const END_MS = 1_000;
/** That its thread died is heard after its end. So many bad ends are remembered for that. */
const LAST_ENDS = 8;

const NOTHING: readonly Finding[] = [];

/** A task that ended badly, and its story. */
interface BadEnd {
  readonly ended: EndedTask;
  readonly story: Story | undefined;
}

/** Keeps the stories of tasks, and writes those of which something went wrong to the incidents. */
export class IncidentLog {
  readonly #parts: IncidentLogParts;
  /** The last lines, which no story has yet. */
  readonly #run = new LineRun();
  /** What was found about tasks that are not settled, or were long before. */
  readonly #awaiting = new Map<number, Finding[]>();
  /** By the task; the oldest first. */
  readonly #lastEnds = new Map<number, BadEnd>();
  #timer: Timer | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  /** Nobody comes back for what would only be counted, or wait. */
  #isClosed = false;

  constructor(parts: IncidentLogParts) {
    this.#parts = parts;
  }

  /** A task has printed or logged something. */
  line(line: ReadLine): void {
    const { taskId, isLate } = line;
    if (taskId === undefined) return;
    // What an attempt has left running prints on while the task goes on to the next. Of one that is settled nobody would come for it.
    if (isLate && !this.#run.isOf(taskId) && !this.#parts.stories.has(taskId)) return;
    if (this.#run.extend(line)) return;
    this.keepRun();
    this.#run.begin(line, taskId);
  }

  /** Lines that were told are about to be written over, or their story is wanted. */
  keepRun(): void {
    const run = this.#run.take();
    if (run !== undefined) this.#parts.stories.add(run);
  }

  /** What came together has been told. */
  flush(): void {
    this.#parts.sink.flush();
  }

  /** Something has happened. */
  event(event: LogEvent): void {
    this.keepRun();
    this.#note(event);
    const { anomalies, wallNow } = this.#parts;
    const occurrence = occurrenceOf(event);
    if (occurrence === undefined) return;
    const finding = anomalies.report(occurrence);
    if (finding === undefined) this.#wakeAt(wallNow() + COUNTED_MS);
    else this.#found(finding);
  }

  /** A task is settled, and its last line is told. Gives what was unusual about it, of that what is news. */
  settled(ended: EndedTask): readonly Finding[] {
    this.keepRun();
    const { stories, anomalies, incidents } = this.#parts;
    const { taskId, outcome, usage } = ended;
    // An attempt that ended by itself prints nothing that is not late; of any other nobody knows.
    if (outcome !== 'ok' || usage.attempts > 1) stories.refuse(taskId);
    const unusual = anomalies.settled(ended);
    const awaiting = this.#takeAwaiting(taskId);
    if (unusual.length === 0 && awaiting === undefined && levelOf(outcome) !== 'error') {
      stories.drop(taskId);
      return NOTHING;
    }
    const story = stories.take(taskId);
    if (outcome !== 'ok') this.#remember({ ended, story });
    this.#keep(incidents.ofTask(ended, story));
    for (const finding of [...(awaiting ?? NOTHING), ...unusual])
      this.#keep(incidents.ofFinding(finding, story, ended));
    return unusual.filter(({ isNews }) => isNews);
  }

  /** Writes what waits, and says what is counted. */
  close(): void {
    this.#timer?.cancel();
    this.#isClosed = true;
    this.#say();
  }

  /** What belongs between the lines of a task. Who ended a thread may be settled by then, and nobody would come for its story. */
  #note(event: LogEvent): void {
    const { stories, instance } = this.#parts;
    if (event.event === 'task.retried') {
      const { taskId, task } = event.retried;
      stories.note(taskId, task, new StoryEvent(event, instance));
    } else if (event.event === 'thread.restarted') {
      const { taskId, task } = event.death;
      if (taskId === null || task === null || !stories.has(taskId)) return;
      stories.note(taskId, task, new StoryEvent(event, instance));
    }
  }

  #found(finding: Finding): void {
    const { taskId } = finding;
    const { incidents } = this.#parts;
    const end = taskId === undefined ? undefined : this.#lastEnds.get(taskId);
    if (taskId === undefined || end !== undefined || this.#isClosed)
      this.#keep(incidents.ofFinding(finding, end?.story, end?.ended));
    else this.#await(taskId, finding);
  }

  #remember(end: BadEnd): void {
    this.#lastEnds.set(end.ended.taskId, end);
    const [oldest] = this.#lastEnds.keys();
    if (this.#lastEnds.size > LAST_ENDS && oldest !== undefined) this.#lastEnds.delete(oldest);
  }

  #await(taskId: number, finding: Finding): void {
    const awaiting = this.#awaiting.get(taskId);
    if (awaiting === undefined) this.#awaiting.set(taskId, [finding]);
    else awaiting.push(finding);
    this.#wakeAt(finding.at + END_MS);
  }

  #takeAwaiting(taskId: number): readonly Finding[] | undefined {
    if (this.#awaiting.size === 0) return undefined;
    const awaiting = this.#awaiting.get(taskId);
    this.#awaiting.delete(taskId);
    return awaiting;
  }

  #keep(records: readonly string[]): void {
    const { incidents, wallNow } = this.#parts;
    this.#write(records);
    // Also where nothing is written: it may be the first that is only counted, and no timer left of those before it.
    if (incidents.isCounting) this.#wakeAt(wallNow() + COUNTED_MS);
  }

  #write(records: readonly string[]): void {
    if (records.length > 0) this.#parts.sink.write(records.join(''), records.length);
  }

  #wakeAt(at: number): void {
    if (at >= this.#dueAt || this.#isClosed) return;
    const { remind, wallNow } = this.#parts;
    this.#timer?.cancel();
    this.#dueAt = at;
    this.#timer = remind(Math.max(0, at - wallNow()), this.#due);
  }

  readonly #due = (): void => {
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#say();
    const { incidents, anomalies, wallNow } = this.#parts;
    if (incidents.isCounting || anomalies.isCounting) this.#wakeAt(wallNow() + COUNTED_MS);
  };

  #say(): void {
    this.keepRun();
    const { incidents, anomalies, stories, wallNow } = this.#parts;
    const now = wallNow();
    const isEnd = this.#isClosed;
    for (const [taskId, findings] of this.#awaiting) {
      const [first] = findings;
      if (first !== undefined && !isEnd && now >= first.at && now < first.at + END_MS) {
        this.#wakeAt(first.at + END_MS);
        continue;
      }
      this.#awaiting.delete(taskId);
      for (const finding of findings) this.#keep(incidents.ofFinding(finding, stories.read(taskId)));
    }
    this.#write(incidents.due(now, isEnd));
    this.#write(incidents.counts(anomalies.due(now, isEnd), now));
  }
}
