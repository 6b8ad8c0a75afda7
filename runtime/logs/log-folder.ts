import { Buffer } from 'node:buffer';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { BadOptionError } from '../errors.js';
import type { Remind } from '../threads/reminder.js';
import type { LogFiles, LogFilesTerms } from './files/log-files.js';
import type { RecordBytes } from './files/record-page.js';
import { messageOf, type SinkNotice } from './files/sink-notice.js';
import type { IncidentRoom } from './incidents.js';
import { INCIDENT_LIMITS, type LogFileSettings } from './log-settings.js';
import type { RecordSink } from './records.js';

/** What files are written with. */
export interface FolderParts {
  readonly settings: LogFileSettings;
  readonly clock: Pick<Clock, 'now'>;
  readonly remind: Remind;
  readonly wallNow: () => number;
  /** Hears of faults of a sink, `app` or `incidents`. */
  readonly told: (sink: string, notice: SinkNotice) => void;
}

/** Of what the incidents may take, the hour's whole stories may take this part, */
const WHOLE_PART = 1 / 2;
/** and this its heads: what is only counted has to be said as well. */
const HEADS_PART = 7 / 8;
/** So many characters are held until the files are open; what is beyond is refused. */
const MOST_HELD = 4 * 2 ** 20;

/** Takes incidents, of which an hour may have so many. */
export interface IncidentSink extends RecordSink {
  readonly room: IncidentRoom;
}

/** The files of one kind of records, from the moment they are wanted: what comes before they are open waits. */
class Sink implements IncidentSink {
  readonly #maxBytes: number;
  #files: LogFiles | undefined;
  #held: string[] = [];
  #count = 0;
  #length = 0;
  #dropped = 0;

  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
  }

  get room(): IncidentRoom {
    const maxBytes = this.#maxBytes;
    const taken = this.#length + (this.#files?.bytes ?? 0);
    return { whole: maxBytes * WHOLE_PART - taken, heads: maxBytes * HEADS_PART - taken };
  }

  write(records: string, count: number): void {
    if (this.#files !== undefined) this.#files.write(records, count);
    else if (this.#length + records.length > MOST_HELD) this.#dropped += count;
    else {
      this.#held.push(records);
      this.#count += count;
      this.#length += records.length;
    }
  }

  put(record: RecordBytes): number {
    if (this.#files !== undefined) return this.#files.put(record);
    const { text } = record;
    this.write(text, 1);
    return Buffer.byteLength(text);
  }

  flush(): void {
    this.#files?.flush();
  }

  /** Its files are there; gives how many records had no room until then. */
  opened(files: LogFiles): number {
    this.#files = files;
    if (this.#count > 0) files.write(this.#held.join(''), this.#count);
    this.#held = [];
    this.#length = 0;
    return this.#dropped;
  }

  async close(): Promise<void> {
    await this.#files?.close();
  }
}

/** The directory of a supervisor's log files: `app/`, and `incidents/` where stories are kept. */
export class LogFolder {
  readonly app: RecordSink;
  readonly incidents: IncidentSink | undefined;
  /** Rejects with a `BadOptionError` where the files cannot be opened, or another process writes to them. */
  readonly opened: Promise<void>;
  readonly #sinks: Sink[];
  /** Resolves when none is being opened any more, however that went. */
  readonly #over: Promise<unknown>;

  constructor(parts: FolderParts) {
    const { dir, retentionMs, incidents } = parts.settings;
    const app = new Sink();
    const stories = incidents === undefined ? undefined : new Sink(incidents.bytes);
    this.app = app;
    this.incidents = stories;
    this.#sinks = [app];
    const opening = [open(parts, app, dir, { prefix: 'app', retentionMs })];
    // Incidents of a run that kept them have their time all the same.
    if (incidents !== undefined || isFolder(join(dir, 'incidents'))) {
      const { retentionMs: longer, bytes: maxBytes } = incidents ?? INCIDENT_LIMITS;
      const sink = stories ?? new Sink();
      this.#sinks.push(sink);
      opening.push(open(parts, sink, dir, { prefix: 'incidents', retentionMs: longer, maxBytes }));
    }
    this.#over = Promise.allSettled(opening);
    this.opened = Promise.all(opening).then(() => undefined);
    // Whoever loads a module is told; until then it is no rejection that nobody handles.
    this.opened.catch(() => undefined);
  }

  /** Writes what is held, and leaves the directory to others. */
  async close(): Promise<void> {
    // Where one could not be opened, the other may be about to be.
    await this.#over;
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

type OwnTerms = Pick<LogFilesTerms, 'prefix' | 'retentionMs' | 'maxBytes'>;

async function open({ clock, remind, wallNow, told }: FolderParts, sink: Sink, dir: string, own: OwnTerms) {
  const { LogFiles } = await import('./files/log-files.js');
  const terms: LogFilesTerms = {
    ...own,
    dir: join(dir, own.prefix),
    clock,
    remind,
    wallNow,
    told: (notice) => {
      told(own.prefix, notice);
    },
  };
  const opened = await LogFiles.open(terms).catch((error: unknown) => {
    throw new BadOptionError(
      'logs.dir',
      `Expected \`logs.dir\` to be a directory that can be written to, got ${JSON.stringify(dir)}: ${messageOf(error)}`,
    );
  });
  if ('busy' in opened) {
    const expected = 'Expected `logs.dir` to be a directory that nothing else writes logs to';
    throw new BadOptionError(
      'logs.dir',
      `${expected}, got ${JSON.stringify(dir)}, which process ${opened.busy.pid} has`,
    );
  }
  const dropped = sink.opened(opened);
  if (dropped > 0) told(own.prefix, { kind: 'recovered', dropped });
}
