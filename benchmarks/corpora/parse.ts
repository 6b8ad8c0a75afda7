import type { GateLine } from '../../runtime/logs/gate-note.js';
import type { Corpus } from './corpora.js';

/** One line of a corpus, and what it is to somebody who does not know the gate. */
export interface CorpusLine extends GateLine {
  readonly at: number;
  /** Of the raw line with its newline: as large as its record is taken to be. */
  readonly bytes: number;
  /** Whether it is no error and has one of the words below. */
  readonly alarms: boolean;
  readonly template: string;
}

/** Not the gate's own list: measured by itself, that would never be found wanting. */
const ALARM =
  /\b(?:fail(?:ed|ures?|s|ing)?|errors?|exceptions?|timed? ?out|timeout|refused|lost|denied|killed|abort(?:ed)?|fatal|panic|cannot|unable|reject(?:ed)?|corrupt\w*|exceeded|dropped|overflow|oom)\b|status: [45]\d\d/i;

const LEVELS: ReadonlyMap<string, GateLine['level']> = new Map([
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['WARNING', 'warn'],
  ['ERROR', 'error'],
  ['FATAL', 'error'],
]);

/** Reads a whole file. Throws, with the number of the line, where one has not the form of the corpus. */
export function parseCorpus({ name, form }: Corpus, content: string): CorpusLine[] {
  const rows = content.split(/\r?\n/);
  if (rows.at(-1) === '') rows.pop();
  return rows.map((row, at) => {
    const line = parseLine(form, row);
    if (line === undefined) throw new Error(`${name}, line ${String(at + 1)} is not of its form: ${row}`);
    return line;
  });
}

function parseLine(form: RegExp, row: string): CorpusLine | undefined {
  const { date = '', time = '', level: word = '', logger = '', text = '' } = form.exec(row)?.groups ?? {};
  const level = LEVELS.get(word);
  const at = timeOf(date, time);
  if (level === undefined || Number.isNaN(at)) return undefined;
  const bytes = Buffer.byteLength(row) + 1;
  const alarms = level !== 'error' && ALARM.test(text);
  return { at, level, taskName: logger, text, bytes, alarms, template: `${level} ${logger} ${templateOf(text)}` };
}

/** `17/06/09 20:10:40`, `2015-10-18 18:01:47,978` or `2017-05-16 00:00:00.008`; no zone is told. */
function timeOf(date: string, time: string): number {
  const day = date.replace(/^(\d\d)\/(\d\d)\/(\d\d)$/, '20$1-$2-$3');
  return Date.parse(`${day}T${time.replace(',', '.')}Z`);
}

/**
 * What a line looks like without its values. Finer than the gate's mask, or the same, wherever it was compared, so that a mask
 * which puts too much together is found out: the whole line is read, what is one are UUIDs and hexadecimal numbers of eight
 * digits and more with a letter in them, and each run of digits elsewhere stands for itself.
 */
export function templateOf(text: string): string {
  return text
    .replace(/(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])/gi, '<uuid>')
    .replace(/(?<![0-9a-z])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}(?![0-9a-z])/gi, '<id>')
    .replace(/\d+/g, '<n>');
}
