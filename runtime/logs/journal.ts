import type { TraceContext } from '../../workers/protocol/task-options.js';
import type { SupervisorEvents } from '../observe/events.js';
import type { SinkNotice } from './files/sink-notice.js';
import { logEventOf } from './log-event-of.js';
import { eventWords, type LogEvent } from './log-events.js';
import type { LogFolder } from './log-folder.js';
import { type LogLine, loggerFields } from './log-line.js';
import type { LogSink } from './log-options.js';
import type { Records } from './records.js';

/** Lines for which a thread's ring had no room. */
export interface LostLines {
  readonly slot: number;
  readonly generation: number;
  readonly count: number;
  readonly bytes: number;
}

/** What a journal is made of. */
export interface JournalParts {
  /** Gets everything, as it comes. */
  readonly raw: LogSink | undefined;
  /** Undefined where nobody else does. */
  readonly records: Records | undefined;
  /** The files that records go to, if any. */
  readonly folder: LogFolder | undefined;
  readonly wallNow: () => number;
}

/** What is done with everything that is said: by tasks, of tasks, and of threads. */
export class Journal {
  readonly #parts: JournalParts;
  /** Of tasks that are not settled and whose callers have one. */
  readonly #traces = new Map<number, TraceContext>();

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Whether it has to hear of a task's end. */
  get wantsSettled(): boolean {
    return this.#parts.records !== undefined;
  }

  /** Resolves when files are open. Rejects with a `BadOptionError` where they cannot be. */
  async opened(): Promise<void> {
    await this.#parts.folder?.opened;
  }

  /** A task with a trace was submitted. */
  traced(taskId: number, trace: TraceContext): void {
    if (this.wantsSettled) this.#traces.set(taskId, trace);
  }

  /** Lines came from a thread, and some may have found no room there. */
  lines(lines: readonly LogLine[], lost: LostLines | undefined): void {
    const { raw, records, wallNow } = this.#parts;
    for (const line of lines) {
      raw?.[line.level](line.text, loggerFields(line));
      const trace = line.taskId === undefined ? undefined : this.#traces.get(line.taskId);
      records?.line(trace === undefined ? line : { ...line, ...trace });
    }
    if (lost !== undefined) this.#say({ event: 'log.dropped', at: wallNow(), dropped: lost }, { ...lost });
  }

  /** Something has happened. */
  event<Name extends keyof SupervisorEvents>(name: Name, ...args: SupervisorEvents[Name]): void {
    const { records, wallNow } = this.#parts;
    if (name === 'settled') {
      const [settled] = args as SupervisorEvents['settled'];
      const trace = this.#traces.get(settled.taskId);
      this.#traces.delete(settled.taskId);
      records?.settled({ ...settled, at: wallNow(), trace });
      return;
    }
    const said = logEventOf(name, args, wallNow());
    if (said !== undefined) this.#say(said.event, said.fields);
  }

  /** Log files have something to say about themselves. */
  sink(sink: string, notice: SinkNotice): void {
    const at = this.#parts.wallNow();
    if (notice.kind === 'recovered') this.#say({ event: 'sink.recovered', at, sink, dropped: notice.dropped }, { sink, ...notice });
    else this.#say({ event: 'sink.fault', at, sink, notice }, { sink, ...notice });
  }

  /** Writes what is left to be said, and lets go of the files. */
  async close(): Promise<void> {
    const { records, folder } = this.#parts;
    records?.close();
    await folder?.close();
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
