import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { Anomalies } from '../../runtime/logs/anomalies.js';
import type { RecordBytes } from '../../runtime/logs/files/record-page.js';
import { HOUR_MS as HOUR, named } from '../../runtime/logs/files/retention.js';
import { IncidentLog } from '../../runtime/logs/incident-log.js';
import { Incidents } from '../../runtime/logs/incidents.js';
import { Journal } from '../../runtime/logs/journal.js';
import { LogFolder } from '../../runtime/logs/log-folder.js';
import type { LogLine } from '../../runtime/logs/log-line.js';
import { GATE_TERMS, NoiseGate } from '../../runtime/logs/noise-gate.js';
import type { Lines } from '../../runtime/logs/read-line.js';
import { type RecordSink, Records } from '../../runtime/logs/records.js';
import { RingReader } from '../../runtime/logs/ring-reader.js';
import { heldSaid, type Said } from '../../runtime/logs/said.js';
import { Stories } from '../../runtime/logs/stories.js';
import { LogRing } from '../../workers/log-ring.js';
import { ringMemoryBytes } from '../../workers/protocol/log-ring.js';
import { DAY_MS, type Fate, type Happening, HOUR_MS, happeningsOf, type Shape, START, TASK_NAME } from './days.js';
import { SimulatedTime } from './simulated-time.js';

/** What came of it. */
export interface Simulated {
  readonly lines: number;
  readonly bytes: { readonly app: number; readonly incidents: number; readonly ungated: number };
  /** The longest that a line's hour had been over, of all that were looked at each hour. */
  readonly oldestMs: number;
  /** What files had to say about themselves. */
  readonly notices: readonly string[];
}

const INSTANCE = 'simulate';
const NAMED = { name: 'importer', threads: 4, nameOf: () => TASK_NAME } as const;
const RETENTION_MS = 7 * DAY_MS;
const INCIDENT_RETENTION_MS = 90 * DAY_MS;
const INCIDENT_BYTES = 256 * 2 ** 20;
/** How long the system may take to pack and remove what an hour has left. */
const PATIENCE_MS = 30_000;

const NO_ROOM = { whole: 0, heads: 0 };

/** Counts what goes to another. */
class CountingSink implements RecordSink {
  readonly #next: RecordSink | undefined;
  bytes = 0;

  constructor(next: RecordSink | undefined) {
    this.#next = next;
  }

  write(records: string, count: number): void {
    this.bytes += Buffer.byteLength(records);
    this.#next?.write(records, count);
  }

  put(record: RecordBytes): number {
    this.bytes += Buffer.byteLength(record.text);
    return this.#next?.put(record) ?? record.text.length;
  }

  flush(): void {
    this.#next?.flush();
  }
}

/** Lives through all days: the journal of a supervisor with log files as it is by default, and beside it one without a gate. */
export async function simulate(dir: string, shape: Shape, fates: ReadonlyMap<number, Fate>): Promise<Simulated> {
  const time = new SimulatedTime(START);
  const notices: string[] = [];
  const folder = openFolder(dir, time, (sink, notice) => notices.push(`${sink}: ${notice}`));
  const app = new CountingSink(folder.app);
  const incidents = new CountingSink(folder.incidents);
  const ungated = new CountingSink(undefined);
  const journals = [
    new Journal({
      raw: undefined,
      alert: undefined,
      records: gatedRecords(time, app, incidents, folder),
      folder,
      wallNow: time.now,
      remind: time.remind,
      ...NAMED,
    }),
    new Journal({
      raw: undefined,
      alert: undefined,
      records: ungatedRecords(time, ungated),
      folder: undefined,
      wallNow: time.now,
      remind: time.remind,
      ...NAMED,
    }),
  ];
  await folder.opened;
  let lines = 0;
  let oldestMs = 0;
  for (let day = 0; day < shape.days; day++) {
    const happenings = happeningsOf(day, shape, fates);
    let next = 0;
    for (let hour = START + day * DAY_MS + HOUR_MS; hour <= START + (day + 1) * DAY_MS; hour += HOUR_MS) {
      for (let what = happenings[next]; what !== undefined && what.at < hour; what = happenings[++next]) {
        await time.passTo(what.at);
        for (const journal of journals) tell(journal, what);
        if ('line' in what) lines++;
      }
      await turn();
      await time.passTo(hour);
      await tidied(dir, hour);
      oldestMs = Math.max(oldestMs, hour - oldestHour(dir));
    }
    if (next !== happenings.length) throw new Error(`day ${String(day)} has more than fits into it`);
  }
  for (const journal of journals) await journal.close();
  return { lines, bytes: { app: app.bytes, incidents: incidents.bytes, ungated: ungated.bytes }, oldestMs, notices };
}

function openFolder(dir: string, time: SimulatedTime, told: (sink: string, notice: string) => void): LogFolder {
  return new LogFolder({
    settings: {
      dir,
      retentionMs: RETENTION_MS,
      incidents: { retentionMs: INCIDENT_RETENTION_MS, bytes: INCIDENT_BYTES },
    },
    clock: time,
    remind: time.remind,
    wallNow: time.now,
    told: (sink, notice) => {
      told(sink, JSON.stringify(notice));
    },
  });
}

function gatedRecords(time: SimulatedTime, app: RecordSink, sink: RecordSink, folder: LogFolder): Records {
  return new Records({
    instance: INSTANCE,
    wallNow: time.now,
    remind: time.remind,
    gate: new NoiseGate<Said>(GATE_TERMS, heldSaid),
    app,
    logger: undefined,
    incidents: new IncidentLog({
      instance: INSTANCE,
      wallNow: time.now,
      remind: time.remind,
      sink,
      stories: new Stories(),
      anomalies: new Anomalies(),
      incidents: new Incidents(INSTANCE, () => folder.incidents?.room ?? NO_ROOM),
    }),
  });
}

function ungatedRecords(time: SimulatedTime, app: RecordSink): Records {
  const { now: wallNow, remind } = time;
  return new Records({
    instance: INSTANCE,
    wallNow,
    remind,
    gate: undefined,
    app,
    logger: undefined,
    incidents: undefined,
  });
}

function tell(journal: Journal, what: Happening): void {
  if ('line' in what) journal.lines(read(what.line), undefined);
  else journal.event('settled', what.settled);
}

const ring = new SharedArrayBuffer(ringMemoryBytes(2 ** 12));
const writer = new LogRing(ring, { slot: 0, generation: 1 }, () => undefined);
const reader = new RingReader(ring);

/** A line on its way from its thread. */
function read(line: LogLine): Lines {
  if (!writer.write({ ...line, handler: 0, trace: undefined })) throw new Error('A line has no room in the ring');
  return reader;
}

/** Resolves when hours that are over are packed and what is overdue is gone. */
async function tidied(dir: string, hour: number): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  const isTidy = (): boolean =>
    filesOf(dir, 'incidents').every((file) => file.suffix === '.gz' || file.hour === hour) &&
    filesOf(dir, 'app').every(
      (file) => (file.suffix === '.gz' || file.hour === hour) && file.hour + HOUR + RETENTION_MS > hour,
    );
  while (!isTidy()) {
    if (performance.now() > giveUpAt)
      throw new Error(
        `${dir} is not tidy at ${new Date(hour).toISOString()}: ${readdirSync(join(dir, 'app')).join(' ')}`,
      );
    await wait(1);
  }
}

function filesOf(dir: string, prefix: string) {
  return readdirSync(join(dir, prefix)).flatMap((name) => named(name, prefix) ?? []);
}

function oldestHour(dir: string): number {
  return Math.min(...filesOf(dir, 'app').map(({ hour }) => hour));
}
