import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';

/** A folder that goes with the test. */
export function logPlace(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plustwo-logs-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The text of all log files of a folder, packed or not, the oldest first. */
export function textIn(folder: string): string {
  return filesIn(folder)
    .map((name) => textOf(join(folder, name)))
    .join('');
}

/** What a log file says, packed or not. */
export function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** Names of what is in a folder, without what is hidden. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
}

/** The indices of what a log writer wrote; fails on a line that is not whole. */
export function indicesIn(folder: string): number[] {
  return indicesOf(textIn(folder));
}

/** The indices in a text of a log writer's. */
export function indicesOf(text: string): number[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`The last line is not whole: ${text.slice(-100)}`);
  return lines.map((line) => (JSON.parse(line) as { index: number }).index);
}

/** Whole numbers from `from` up to `to`, which is not among them. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
