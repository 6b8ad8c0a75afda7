import type { Pattern } from './pattern.js';
import { type LogRecord, numberOf, textOf } from './record.js';

/** The levels of records, and the number that stands for each in them. */
export const levels = { debug: 5, info: 9, warn: 13, error: 17 } as const;

export type Level = keyof typeof levels;

/** Which records are asked for: those that meet everything that is given. */
export interface Wanted {
  readonly task?: number;
  readonly name?: string;
  /** At least. */
  readonly level?: Level;
  /** Milliseconds since the epoch, the moment itself included. */
  readonly since?: number;
  readonly until?: number;
  readonly grep?: Pattern;
}

/** Tells the records that are asked for, and what to look for in a file to find them. */
export class Filter {
  readonly wanted: Wanted;
  /**
   * What every record that is asked for holds in its line. It narrows the search and decides nothing: of several the one that the fewest
   * records hold.
   */
  readonly needle: string | undefined;
  readonly #needles: readonly string[];

  /** @param also What every record holds besides. */
  constructor(wanted: Wanted, also?: string) {
    this.wanted = wanted;
    const { task, name, level, grep } = wanted;
    this.#needles = [
      ...(also === undefined ? [] : [also]),
      // What follows the number is left open: `17` also finds `170`, which one more look is cheaper than two needles, `17,` and `17}`.
      ...(task === undefined ? [] : [`"task.id":${task}`]),
      ...(grep?.needle === undefined ? [] : [grep.needle]),
      ...(name === undefined ? [] : [`"task.name":${JSON.stringify(name)}`]),
      // 13 and 17 are the only ones that begin with 1.
      ...(level === 'warn' ? ['"severity_number":1'] : []),
      ...(level === 'error' ? [`"severity_number":${levels.error}`] : []),
    ];
    this.needle = this.#needles[0];
  }

  /** Whether a record is asked for. */
  takes(record: LogRecord): boolean {
    const { task, name, level, since = -Infinity, until = Infinity, grep } = this.wanted;
    if (record.at < since || record.at > until) return false;
    if (task !== undefined && record.fields['task.id'] !== task) return false;
    if (name !== undefined && record.fields['task.name'] !== name) return false;
    if (level !== undefined && !((numberOf(record, 'severity_number') ?? 0) >= levels[level])) return false;
    return grep === undefined || textsOf(record).some((text) => grep.matches(text));
  }

  /** Whether the torn beginning of a record may be of one that is asked for; it cannot be known. */
  mayTake(torn: string): boolean {
    const { task, grep, since = -Infinity, until = Infinity } = this.wanted;
    const at = tornTime(torn);
    if (at < since || at > until) return false;
    if (task !== undefined && !new RegExp(`"task\\.id":${task}(?!\\d)`).test(torn)) return false;
    return this.#needles.every((needle) => torn.includes(needle)) && (grep === undefined || grep.mayMatch(torn));
  }
}

/** The time of a record of which only the beginning is there; NaN if it does not go that far. */
export function tornTime(torn: string): number {
  const [, timestamp = ''] = /^\{"timestamp":"([^"]+)"/.exec(torn) ?? [];
  return Date.parse(timestamp);
}

/** What a person would read in a record. Names and figures are left out: whoever looks for 404 means no millisecond. */
function textsOf(record: LogRecord): string[] {
  const names = ['body', 'exception.type', 'exception.message', 'exception.stacktrace', 'suppressed.kind'];
  const texts = names.flatMap((name) => textOf(record, name) ?? []);
  const { attributes } = record.fields;
  return attributes === undefined ? texts : [...texts, JSON.stringify(attributes)];
}
