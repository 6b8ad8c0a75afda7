import { type LogRecord, numberOf, textOf } from '../logs/record.js';
import { attributesText } from './attributes.js';
import type { Paint } from './paint.js';
import { withReason } from './reason.js';
import { visible } from './visible.js';
import { pad, widthOf } from './width.js';

const longestWho = 24;

const formats: Readonly<Record<string, Parameters<Paint>[0]>> = {
  DEBUG: 'dim',
  INFO: 'cyan',
  WARN: 'yellow',
  ERROR: 'red',
};

/** Writes records as lines: when, how serious, who, what. Names are aligned with the longest so far, within reason. */
export class RecordLines {
  readonly #paint: Paint;
  #whoWidth = 0;

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** One record as one line, whatever it holds. */
  line(record: LogRecord): string {
    const paint = this.#paint;
    const level = visible(textOf(record, 'severity_text') ?? '-');
    const who = visible(whoOf(record));
    this.#whoWidth = Math.min(longestWho, Math.max(this.#whoWidth, widthOf(who)));
    const cells = [
      paint('dim', new Date(record.at).toISOString()),
      paint(formats[level] ?? 'dim', pad(level, 5)),
      paint('bold', pad(who, this.#whoWidth)),
      visible(textOfRecord(record)) + this.#more(record),
    ];
    return cells.join('  ').trimEnd();
  }

  /** The beginning of a record that was never finished, as it stands in the file. */
  torn(text: string, file: string): string {
    return this.#paint('dim', `unfinished line at the end of ${file}: ${visible(text)}`);
  }

  #more(record: LogRecord): string {
    const { attributes } = record.fields;
    const { text, stack } = attributesText(attributes);
    const marks = marksOf(record.fields['log.partial'] === true, record.fields['log.binary'] === true);
    // Of a stack its first line, unless the text is that already; all of it is in the story.
    const [head = ''] = stack?.split('\n', 1) ?? [];
    const parts = [textOfRecord(record).includes(head) ? '' : head, text].filter((part) => part !== '');
    const more = parts.map((part) => ` ${visible(part)}`).join('') + marks;
    return more === '' ? '' : this.#paint('dim', more);
  }
}

/** What has to be known of a line beside its text. */
export function marksOf(isPartial: boolean, isBinary: boolean): string {
  return `${isPartial ? ' [no newline]' : ''}${isBinary ? ' [not UTF-8]' : ''}`;
}

function whoOf(record: LogRecord): string {
  const id = numberOf(record, 'task.id');
  const name = textOf(record, 'task.name');
  if (id !== undefined) {
    const attempt = numberOf(record, 'task.attempt') ?? 1;
    return `${name ?? 'task'}#${id}${attempt > 1 ? `/${attempt}` : ''}`;
  }
  if (name !== undefined) return name;
  const slot = numberOf(record, 'thread.slot');
  return slot === undefined ? 'supervisor' : `thread ${slot}`;
}

function textOfRecord(record: LogRecord): string {
  const body = textOf(record, 'body') ?? textOf(record, 'event_name') ?? '';
  const kind = textOf(record, 'suppressed.rule') === undefined ? textOf(record, 'suppressed.kind') : undefined;
  if (kind !== undefined) return `${body}, such as: ${kind}`;
  const message = textOf(record, 'exception.message');
  return message === undefined ? body : withReason(body, textOf(record, 'exception.type'), message);
}
