import type { SupervisorEvents } from '../observe/events.js';
import type { Remind } from '../threads/reminder.js';
import { eventWords } from './event-words.js';
import { atExit } from './files/at-exit.js';
import type { SinkNotice } from './files/sink-notice.js';
import { logEventOf } from './log-event-of.js';
import type { LogEvent } from './log-events.js';
import type { LogFolder } from './log-folder.js';
import { loggerFields } from './log-line.js';
import type { LogSink } from './log-options.js';
import { Losses } from './losses.js';
import type { Lines, LostLines } from './read-line.js';
import type { Records } from './records.js';
import type { SinkAlert } from './sink-alert.js';

/** What a journal is made of. */
export interface JournalParts {
  /** Gets everything, as it comes. */
  readonly raw: LogSink | undefined;
  /** Undefined where nobody else does. */
  readonly records: Records | undefined;
  /** The files that records go to, if any. */
  readonly folder: LogFolder | undefined;
  /** Who says that they fail; undefined where a logger does. */
  readonly alert: SinkAlert | undefined;
  readonly wallNow: () => number;
  readonly remind: Remind;
  /** What tasks of a handler of such a number are called. */
  readonly nameOf: (handler: number) => string | undefined;
  /** What the supervisor is called, and how many threads it has. */
  readonly name: string;
  readonly threads: number;
}

const { pid } = process;

/** What is done with everything that is said: by tasks, of tasks, and of threads. */
export class Journal {
  readonly #parts: JournalParts;
  readonly #losses: Losses;
  readonly #takeBack: () => void;
  /** Called for lines of which some may be wanted, and are about to be written over. */
  readonly #parting: (() => void) | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    const { records, wallNow, remind, name, threads } = parts;
    this.#losses = new Losses(remind, (dropped) => {
      this.#say({ event: 'log.dropped', at: wallNow(), dropped }, { ...dropped });
    });
    this.#parting = records && (() => records.keepRun());
    // Whatever ends the process without a close: what was counted is said before files write the last they have, since those come later.
    this.#takeBack = atExit(() => {
      this.#losses.close();
      records?.close();
    });
    records?.event({ event: 'supervisor.started', at: wallNow(), name, threads, pid }, { name, threads, pid });
  }

  /** Whether it has to hear of a task's end. */
  get wantsSettled(): boolean {
    return this.#parts.records !== undefined;
  }

  /** Resolves when files are open. Rejects with a `BadOptionError` where they cannot be. */
  async opened(): Promise<void> {
    await this.#parts.folder?.opened;
  }

  /** Lines came from a thread, and some may have found no room there. */
  lines(lines: Lines, lost: LostLines | undefined): void {
    const { raw, records, wallNow, nameOf } = this.#parts;
    const now = wallNow();
    // Lines come in runs of one task.
    let handler: number | undefined;
    let name: string | undefined;
    lines.drain((line) => {
      if (line.taskId !== undefined) {
        if (line.handler !== handler) name = nameOf((handler = line.handler));
        line.taskName = name;
      }
      raw?.[line.level](line.text, loggerFields(line));
      records?.line(line, now);
    }, this.#parting);
    records?.flush();
    if (lost !== undefined) this.#losses.add(lost);
  }

  /** Something has happened. */
  event<Name extends keyof SupervisorEvents>(name: Name, ...args: SupervisorEvents[Name]): void {
    const { records, wallNow } = this.#parts;
    if (name === 'settled') {
      const [settled] = args as SupervisorEvents['settled'];
      if (records === undefined) return;
      const { task, taskId, outcome, error, usage, trace } = settled;
      // Named one by one: a copy of the whole would cost a quarter of what a task's record does.
      records.settled({ at: wallNow(), task, taskId, outcome, error, usage, trace });
      return;
    }
    const said = logEventOf(name, args, wallNow());
    // Whoever wants leaks as they come listens to them; the raw logger is for what is said, and for accidents.
    if (said?.event.event === 'task.leaked') records?.event(said.event, said.fields);
    else if (said !== undefined) this.#say(said.event, said.fields);
  }

  /** Log files have something to say about themselves. */
  sink(sink: string, notice: SinkNotice): void {
    const event = sinkEvent(sink, notice, this.#parts.wallNow());
    const isLoss = (notice.kind === 'lost' || notice.kind === 'recovered') && notice.dropped > 0;
    if (notice.kind !== 'recovered' || isLoss) this.#parts.alert?.say(sink, eventWords(event).text, isLoss);
    this.#say(event, { sink, ...notice });
  }

  /** Writes what is left to be said, and lets go of the files. */
  async close(): Promise<void> {
    const { records, folder, wallNow, name } = this.#parts;
    this.#losses.close();
    records?.event({ event: 'supervisor.closed', at: wallNow(), name, pid }, { name, pid });
    records?.close();
    this.#takeBack();
    await folder?.close();
    this.#parts.alert?.close();
  }

  #say(event: LogEvent, fields: Record<string, unknown>): void {
    const { raw, records } = this.#parts;
    if (raw !== undefined) {
      const { level, text } = eventWords(event);
      raw[level](text, fields);
    }
    records?.event(event, fields);
  }
}

function sinkEvent(sink: string, notice: SinkNotice, at: number): LogEvent {
  if (notice.kind === 'recovered') return { event: 'sink.recovered', at, sink, dropped: notice.dropped };
  return { event: 'sink.fault', at, sink, notice };
}
