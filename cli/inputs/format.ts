import { extname } from 'node:path';

/** How the records of `--in` are written. */
export const formats = ['ndjson', 'json', 'csv', 'lines'] as const;
export type Format = (typeof formats)[number];

const byEnding: Record<string, Format> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
  '.csv': 'csv',
  '.txt': 'lines',
};

/** The format that a file's name tells, if any. */
export function formatOfName(file: string): Format | undefined {
  return byEnding[extname(file).toLowerCase()];
}

/**
 * The format that the first piece of a text tells. Only JSON shows itself: CSV cannot be told from lines of text.
 * A first line that is JSON by itself, with more text behind it, is NDJSON.
 */
export function formatOfText(beginning: string): Format {
  const text = beginning.trimStart();
  if (!text.startsWith('{') && !text.startsWith('[')) return 'lines';
  const end = text.indexOf('\n');
  const first = (end === -1 ? text : text.slice(0, end)).trim();
  const more = end !== -1 && text.slice(end).trim() !== '';
  if (isJson(first)) return more || first.startsWith('{') ? 'ndjson' : 'json';
  // A first line longer than the piece we see, or the head of a pretty-printed document.
  if (end === -1 || /[[{,:]$/.test(first)) return 'json';
  return 'lines';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
