import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface FoundRecord {
  readonly event_name?: string;
  readonly 'suppressed.count'?: number;
}

/** Lines and ends of tasks that files of ours account for: records, and what they say was counted instead. */
export function accountedFor(dir: string): number {
  let count = 0;
  for (const text of linesIn(join(dir, 'app'))) {
    const record = JSON.parse(text) as FoundRecord;
    if (record.event_name === 'log.suppressed') count += record['suppressed.count'] ?? 0;
    else if (record.event_name === undefined || record.event_name === 'task.ended') count++;
  }
  return count;
}

/** All lines of the files of a folder that are called `.log`. */
export function linesIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n'))
    .filter((line) => line !== '');
}

/** Throws where some are missing, or there are more. */
export function checkCount(who: string, found: number, expected: number): void {
  if (found !== expected)
    throw new Error(`${who}: ${String(expected)} lines were said, and ${String(found)} are there`);
}
