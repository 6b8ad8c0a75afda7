import { textIn } from './log-place.js';

/** A record, as it is read back. */
export type ReadRecord = Readonly<Record<string, unknown>>;

/** What a text of records says; fails on one that is not whole. */
export function recordsOf(text: string): ReadRecord[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`The last record is not whole: ${text.slice(-100)}`);
  return lines.map((line) => JSON.parse(line) as ReadRecord);
}

/** All records in the log files of a folder, the oldest first; fails on one that is not whole. */
export function recordsIn(folder: string): ReadRecord[] {
  return recordsOf(textIn(folder));
}

/** Those of an event. */
export function eventsOf(records: readonly ReadRecord[], name: string): ReadRecord[] {
  return records.filter((record) => record['event_name'] === name);
}

/** The lines of a task. */
export function linesOf(records: readonly ReadRecord[], taskId: number): ReadRecord[] {
  return records.filter((record) => record['task.id'] === taskId && record['event_name'] === undefined);
}

/** What they say. */
export function bodiesOf(records: readonly ReadRecord[]): string[] {
  return records.map(({ body }) => String(body));
}

/** What a field says of each, added up. */
export function sumOf(records: readonly ReadRecord[], field: string): number {
  return records.reduce((sum, record) => sum + Number(record[field] ?? 0), 0);
}
