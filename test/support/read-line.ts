import { KeptLines } from '../../runtime/logs/kept-lines.js';
import type { KeptRun } from '../../runtime/logs/line-run.js';
import type { LogLine } from '../../runtime/logs/log-line.js';
import type { Lines, ReadLine } from '../../runtime/logs/read-line.js';
import { RingReader } from '../../runtime/logs/ring-reader.js';
import { LogRing } from '../../workers/log-ring.js';
import { ringMemory } from './ring-line.js';

const memory = ringMemory();
const reader = new RingReader(memory);

/** A line as the supervisor has it, read from a ring. */
export function readLine(line: LogLine): ReadLine {
  const { traceId, spanId } = line;
  const trace = traceId === undefined ? undefined : `${traceId}-${spanId}`;
  const isWritten = new LogRing(memory, line, () => undefined).write({ ...line, handler: 0, trace });
  if (!isWritten) throw new Error('The ring is too small');
  let read: ReadLine | undefined;
  new KeptLines(entriesOf(reader)).drain((found) => {
    read = found;
  });
  if (read === undefined) throw new Error('The line is not there');
  read.taskName = line.taskName;
  return read;
}

/** What is kept of lines, each by itself. */
export function entriesOf(lines: Lines): string[] {
  const entries: string[] = [];
  lines.drain((line) => entries.push(line.entry()));
  return entries;
}

/** Lines of one task as they are kept that came together. */
export function runOf(first: LogLine, ...others: readonly LogLine[]): KeptRun {
  const { taskId, taskName } = first;
  if (taskId === undefined) throw new Error('Lines of no task are not kept');
  const entries = [first, ...others].map((each) => readLine(each).entry()).join('');
  return { taskId, taskName, entries, count: 1 + others.length };
}

/** What lines say, each by itself. */
export function textsOf(lines: Lines): string[] {
  const texts: string[] = [];
  lines.drain(({ text }) => texts.push(text));
  return texts;
}

/** Lines as they are read, each by itself. */
export function copiesOf(lines: Lines): (LogLine & { readonly handler: number })[] {
  const copies: (LogLine & { readonly handler: number })[] = [];
  lines.drain((line) => copies.push({ ...line.copy(), handler: line.handler }));
  return copies;
}
