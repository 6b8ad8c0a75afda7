import { Buffer } from 'node:buffer';
import type { LogLevel } from '../../workers/protocol/messages.js';
import { type EndedTask, endedValues } from './ended-task.js';
import { eventValues } from './event-words.js';
import type { LogEvent } from './log-events.js';
import type { LogLine } from './log-line.js';
import { escaped, orderedText, quoted, recordText, SEVERITIES, timeText } from './record-text.js';

/** What is known of a line beside what was captured. */
export interface LineMarks {
  /** Name of the noise rule it matched. */
  readonly rule?: string | undefined;
  /** It has an alarm word, below error. */
  readonly alarm?: boolean | undefined;
  /** The incident it is kept for. */
  readonly incident?: string | undefined;
}

export const NO_MARKS: LineMarks = {};
const PARTIAL = ',"log.partial":true';
const BINARY = ',"log.binary":true';
const ATTRIBUTES = ',"attributes":';
/** Characters before the level and behind all the rest. */
const LEAST_LENGTH = `{"timestamp":"${timeText(0)}}\n`.length;

const severityOf = (level: LogLevel): string =>
  `","severity_text":"${SEVERITIES[level].text}","severity_number":${SEVERITIES[level].number},"body":"`;

/** What follows the time, by level, up to the text. */
const AFTER_TIME: Readonly<Record<LogLevel, string>> = {
  debug: severityOf('debug'),
  info: severityOf('info'),
  warn: severityOf('warn'),
  error: severityOf('error'),
};

/** What the lines of one attempt, or of one thread, have in common: the text from the quote behind the body up to the sequence number. */
export interface Common {
  readonly line: LogLine;
  readonly instance: string;
  readonly text: string;
  /** The text in UTF-8. */
  readonly bytes: Uint8Array;
}

/** Lines come in runs of one attempt, and those of attempts side by side take turns; so a few texts are enough. A power of two. */
const PLACES = 256;
const commons: (Common | undefined)[] = Array.from({ length: PLACES }, () => undefined);

/**
 * The record of a line, its newline included. It is put together from pieces, most of them known from the line before: an object for each
 * line and JSON.stringify of it cost three times as much.
 */
export function lineRecord(line: LogLine, instance: string, marks: LineMarks = NO_MARKS): string {
  return `${headText(line) + escaped(line.text) + commonOf(line, instance).text + String(line.seq) + tailText(line, marks)}}\n`;
}

/** What follows the sequence number, but for the end. Most lines have nothing of the kind. */
export function tailText({ isPartial, isBinary, fields }: LogLine, { rule, alarm, incident }: LineMarks): string {
  let text = isPartial ? PARTIAL : '';
  if (isBinary) text += BINARY;
  if (rule !== undefined) text += `,"log.rule":${quoted(rule)}`;
  if (alarm === true) text += ',"log.alarm":true';
  if (incident !== undefined) text += `,"incident.id":${quoted(incident)}`;
  return fields === undefined ? text : `${text}${ATTRIBUTES}${fields}`;
}

/** How many bytes its record would have, but for what JSON would have escaped in its text. */
export function lineLength(line: LogLine, instance: string): number {
  const { fields } = line;
  let length = LEAST_LENGTH + AFTER_TIME[line.level].length + (line.plain?.length ?? Buffer.byteLength(line.text));
  length += commonOf(line, instance).text.length + String(line.seq).length;
  if (line.isPartial) length += PARTIAL.length;
  if (line.isBinary) length += BINARY.length;
  return fields === undefined ? length : length + ATTRIBUTES.length + Buffer.byteLength(fields);
}

let headAt = NaN;
let headLevel: LogLevel = 'info';
let head = '';

/** What precedes the text. Lines come in runs of one millisecond, too. */
export function headText({ at, level }: LogLine): string {
  if (at !== headAt || level !== headLevel) {
    head = `{"timestamp":"${timeText(at)}${AFTER_TIME[level]}`;
    headAt = at;
    headLevel = level;
  }
  return head;
}

export function commonOf(line: LogLine, instance: string): Common {
  const place = (line.taskId ?? line.slot) & (PLACES - 1);
  const known = commons[place];
  if (known !== undefined && known.instance === instance && isAlike(known.line, line)) return known;
  const text = makeCommon(line, instance);
  // Neither the text of the line itself nor the memory it lies in must be kept alive by it.
  const common = {
    line: { ...line, text: '', plain: undefined, fields: undefined },
    instance,
    text,
    bytes: Buffer.from(text),
  };
  commons[place] = common;
  return common;
}

function isAlike(a: LogLine, b: LogLine): boolean {
  return (
    a.taskId === b.taskId &&
    a.attempt === b.attempt &&
    a.source === b.source &&
    a.slot === b.slot &&
    a.generation === b.generation &&
    a.taskName === b.taskName &&
    a.traceId === b.traceId &&
    a.spanId === b.spanId
  );
}

function makeCommon(line: LogLine, instance: string): string {
  const { traceId, spanId, taskId, taskName, attempt, slot, generation, source } = line;
  let text = '"';
  if (traceId !== undefined) text += `,"trace_id":${quoted(traceId)}`;
  if (spanId !== undefined) text += `,"span_id":${quoted(spanId)}`;
  text += `,"service.instance.id":${quoted(instance)}`;
  if (taskId !== undefined) text += `,"task.id":${taskId}`;
  if (taskName !== undefined) text += `,"task.name":${quoted(taskName)}`;
  if (attempt > 0) text += `,"task.attempt":${attempt}`;
  text += `,"thread.slot":${slot},"thread.generation":${generation}`;
  if (source !== 'log') text += `,"log.iostream":"${source}"`;
  return `${text},"log.seq":`;
}

/** The record of something the supervisor has to say, its newline included; `incident` where it is part of the story of one. */
export function eventRecord(event: LogEvent, instance: string, incident?: string): string {
  return recordText({ ...eventValues(event), 'service.instance.id': instance, 'incident.id': incident });
}

/** The record of a task's end, its newline included; `incident` where it closes the story of one. */
export function taskEndedRecord(ended: EndedTask, instance: string, incident?: string): string {
  return orderedText(endedValues(ended, instance, incident));
}
