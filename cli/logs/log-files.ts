import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../commands/has-code.js';
import { UsageError } from '../usage-error.js';

/** What the logs are kept in, below the directory that was given. */
export const folders = ['app', 'incidents'] as const;

/** A file of records. */
export interface LogFile {
  readonly path: string;
  readonly kind: (typeof folders)[number];
  /** The hour in its name, milliseconds since the epoch: it was written from then on, and no longer than this hour. */
  readonly hour: number;
  readonly isCompressed: boolean;
}

export const hourMs = 3_600_000;
/** Threads count their time by a clock that is not set right once they run, so a line may seem later than the hour it was written in. */
const clockSlackMs = 60_000;
/** A number before the end has what was broken when more was to be packed behind it; what is readable of it is read. */
const pattern = /^(app|incidents)\.(\d{4}-\d\d-\d\dT\d\d)\.log(?:\.\d+(?=\.gz$))?(\.gz(?:\.whole)?)?$/;

/** The file of this name, or `undefined` when it is none of ours. */
export function logFile(folder: string, name: string): LogFile | undefined {
  const [, kind, stamp, compressed] = pattern.exec(name) ?? [];
  const hour = Date.parse(`${String(stamp)}:00Z`);
  if (kind === undefined || Number.isNaN(hour)) return undefined;
  return { path: join(folder, name), kind: kind as LogFile['kind'], hour, isCompressed: compressed !== undefined };
}

/** What was found in a directory. */
export interface Listing {
  /** The oldest first, by the hours in their names; of one hour the app log before the incidents, what is packed before what is not. */
  readonly files: readonly LogFile[];
  /** The folders there are, the directory itself among them. */
  readonly found: readonly string[];
}

/**
 * The log files of a directory: in `app/` and `incidents/` below it, or in itself. An hour may be there both packed and as it is, each
 * with lines of its own: what is written to an hour that is packed goes to a new file. Throws a `UsageError` for a folder that is there
 * and cannot be read.
 */
export function listLogFiles(directory: string): Listing {
  const files: LogFile[] = [];
  const found: string[] = [];
  for (const folder of [directory, ...folders.map((name) => join(directory, name))]) {
    const names = namesIn(folder);
    if (names === undefined) continue;
    found.push(folder);
    const there = new Set(names);
    for (const name of names) {
      const file = isRepeated(name, there) ? undefined : logFile(folder, name);
      if (file) files.push(file);
    }
  }
  return { files: files.sort(byAge), found };
}

/**
 * Whether a file's lines stand in another one as well, where packing was killed between its last steps. The whole pack counts from when
 * the file it was made of is gone, and has all that the pack before it had.
 */
function isRepeated(name: string, there: ReadonlySet<string>): boolean {
  const [plain = '', end] = name.split(/(?<=\.log)(?=\.)/);
  if (end === '.gz.whole') return there.has(plain);
  return end === '.gz' && there.has(`${name}.whole`) && !there.has(plain);
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw new UsageError(`Cannot read the logs: ${(error as Error).message}.`, undefined, { cause: error });
  }
}

function byAge(a: LogFile, b: LogFile): number {
  return a.hour - b.hour || a.kind.localeCompare(b.kind) || Number(b.isCompressed) - Number(a.isCompressed);
}

/**
 * Whether a file may hold records of this time or later. There is no such question for a latest time: a story is written when it is over,
 * and what a full disk held up even later, so an old line may stand in any later file.
 */
export function mayHoldSince(file: LogFile, since: number): boolean {
  return file.hour + hourMs + clockSlackMs > since;
}
