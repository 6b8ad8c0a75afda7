import type { LogLevel } from '../../workers/protocol/messages.js';
import { FIELD_NAMES, type RecordValues } from './record-fields.js';

/** OpenTelemetry's names and numbers of the levels. */
export const SEVERITIES: Readonly<Record<LogLevel, { readonly text: string; readonly number: number }>> = {
  debug: { text: 'DEBUG', number: 5 },
  info: { text: 'INFO', number: 9 },
  warn: { text: 'WARN', number: 13 },
  error: { text: 'ERROR', number: 17 },
};

/** What JSON wants escaped, and halves of a character, of which only some do. */
const MAY_NEED_ESCAPES = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A text as it stands between the quotes of JSON. Most lines need no escape, and looking for one costs half of what JSON.stringify does. */
export function escaped(text: string): string {
  return MAY_NEED_ESCAPES.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/** A text as JSON. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

const KEYS: ReadonlyMap<string, string> = new Map(FIELD_NAMES.map((name) => [name, `,${JSON.stringify(name)}:`]));

/** A record as a line of JSON, its newline included. The values must be plain data; their order is the table's. */
export function recordText(values: RecordValues): string {
  return orderedText(Object.fromEntries(FIELD_NAMES.map((name) => [name, values[name]])));
}

/** The same of values that are in the table's order already: a look for each name there is would cost several times as much. */
export function orderedText(values: RecordValues): string {
  let text = '';
  for (const name in values) {
    const value = values[name as keyof RecordValues];
    if (value === undefined || value === false) continue;
    const key = KEYS.get(name) ?? '';
    if (typeof value === 'string') text += key + quoted(value);
    // JSON would make a null of NaN, and a field that says nothing is left out.
    else if (typeof value !== 'number') text += key + JSON.stringify(value);
    else if (Number.isFinite(value)) text += key + String(value);
  }
  return `{${text.slice(1)}}\n`;
}

/** The end of the year 9999: later moments have another form. */
const LATEST = 253_402_300_799_999;
const MS_PER_SECOND = 1_000;

let knownSecond = 0;
let secondText = '1970-01-01T00:00:00.';

/** Milliseconds since the epoch as ISO 8601. Lines come by the thousand a second, so all but the milliseconds is remembered. */
export function timeText(at: number): string {
  const ms = at >= 0 && at <= LATEST ? Math.floor(at) : 0;
  const second = Math.floor(ms / MS_PER_SECOND);
  if (second !== knownSecond) {
    knownSecond = second;
    secondText = new Date(second * MS_PER_SECOND).toISOString().slice(0, -4);
  }
  const rest = ms - second * MS_PER_SECOND;
  return `${secondText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}
