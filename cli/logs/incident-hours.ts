import { Faults } from './faults.js';
import type { Filter } from './filter.js';
import type { Source } from './in-order.js';
import { hourMs, type LogFile } from './log-files.js';
import { isHead } from './precedence.js';
import { identityOf, type LogRecord, parseRecord } from './record.js';
import { type Found, Search, timeOf } from './search.js';

/** Not all at once, since parsed they take a multiple of what they are in the file. */
const batch = 1000;
/** Who reads the app log beside may be in the next one already. */
const remembered = 2;

/** What incident logs have of one hour, in order, each record once. */
interface Hour {
  readonly records: readonly Kept[];
  /** What the records are known by. */
  readonly identities: ReadonlySet<string>;
}

/** Something found, without what can be read again from its line. */
type Kept = { readonly at: number; readonly isHead: boolean } & (
  | { readonly line: string; readonly file: LogFile }
  | { readonly torn: Found }
);

const nothing: Hour = { records: [], identities: new Set() };

/**
 * What is asked for in the incident logs, by the hour it happened in. They are in the order in which stories ended, each of which may have
 * begun hours before, so no window would put them right. Their files are read once to learn which of them have something of which hour, and
 * again for each of these hours, so that only a few of them are in memory, however long the logs go back.
 */
export class IncidentHours {
  readonly #filter: Filter;
  readonly #files = new Map<number, Set<LogFile>>();
  readonly #loaded = new Map<number, Promise<Hour>>();

  constructor(filter: Filter) {
    this.#filter = filter;
  }

  /** Looks through these files, which has to be over before anything is asked for. What is wrong with them is noted here, and only here. */
  async look(files: readonly LogFile[], faults: Faults): Promise<void> {
    const search = new Search(this.#filter, faults);
    for (const file of files) {
      for await (const found of search.in(file)) for (const one of found) this.#note(hourOf(timeOf(one)), file);
    }
  }

  /** All of it, in order. */
  async *all(): AsyncGenerator<Found[]> {
    for (const hour of [...this.#files.keys()].sort((a, b) => a - b)) {
      const { records } = await this.#load(hour);
      for (let from = 0; from < records.length; from += batch) yield records.slice(from, from + batch).flatMap(foundOf);
    }
  }

  /** A source without the records that are here as well, and hour by hour, so that the hours are asked for in their order. */
  async *without(source: Source): AsyncGenerator<Found[]> {
    for await (const found of source) {
      for (const [hour, part] of byHour(found)) {
        const { identities } = await this.#load(hour);
        yield identities.size === 0 ? part : part.filter((one) => one.kind === 'torn' || !isIn(identities, one.record));
      }
    }
  }

  #note(hour: number, file: LogFile): void {
    const known = this.#files.get(hour);
    if (known) known.add(file);
    else this.#files.set(hour, new Set([file]));
  }

  async #load(hour: number): Promise<Hour> {
    const files = this.#files.get(hour);
    if (files === undefined) return nothing;
    const known = this.#loaded.get(hour);
    if (known) return known;
    const loading = this.#read(hour, files);
    this.#loaded.set(hour, loading);
    const [oldest = hour] = this.#loaded.keys();
    if (this.#loaded.size > remembered) this.#loaded.delete(oldest);
    return loading;
  }

  async #read(hour: number, files: ReadonlySet<LogFile>): Promise<Hour> {
    const records: Kept[] = [];
    const identities = new Set<string>();
    const search = new Search(this.#filter, new Faults());
    for (const file of files) {
      for await (const found of search.in(file)) {
        for (const one of found) {
          if (hourOf(timeOf(one)) !== hour) continue;
          const identity = one.kind === 'record' ? identityOf(one.record) : undefined;
          if (identity !== undefined && identities.has(identity)) continue;
          if (identity !== undefined) identities.add(identity);
          records.push(kept(one));
        }
      }
    }
    return { records: records.sort((a, b) => a.at - b.at || Number(a.isHead) - Number(b.isHead)), identities };
  }
}

function hourOf(at: number): number {
  return Math.floor(at / hourMs);
}

/** What was found, cut where another hour begins. */
function byHour(found: readonly Found[]): [hour: number, part: Found[]][] {
  const parts: [number, Found[]][] = [];
  for (const one of found) {
    const hour = hourOf(timeOf(one));
    const last = parts.at(-1);
    if (last?.[0] === hour) last[1].push(one);
    else parts.push([hour, [one]]);
  }
  return parts;
}

function isIn(identities: ReadonlySet<string>, record: LogRecord): boolean {
  const identity = identityOf(record);
  return identity !== undefined && identities.has(identity);
}

function kept(found: Found): Kept {
  const at = timeOf(found);
  if (found.kind === 'torn') return { at, isHead: false, torn: found };
  return { at, isHead: isHead(found.record), line: found.record.line, file: found.file };
}

function foundOf(kept: Kept): Found[] {
  if ('torn' in kept) return [kept.torn];
  const record = parseRecord(kept.line);
  return record ? [{ kind: 'record', file: kept.file, record }] : [];
}
