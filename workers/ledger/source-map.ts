import { readFileSync } from 'node:fs';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A place in a file; line and column count from 1, as in a stack. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a map's text may hold, of all that it does. */
interface RawMap {
  readonly sources?: readonly (string | null)[];
  readonly sourceRoot?: string;
  readonly mappings?: string;
  /** Maps of parts, where several were put together. */
  readonly sections?: readonly { readonly offset: unknown; readonly map: RawMap }[];
}

/** The map of a file, undefined if it has none that can be used, and the characters it was read from. */
interface Entry {
  readonly map: SourceMap | undefined;
  readonly size: number;
}

/** Files remembered, with a map or without. */
const MOST_FILES = 256;
/** Characters of maps remembered: decoded they take several times that, in the heap of a thread that is watched for growth. */
const MOST_CHARACTERS = 4 << 20;

/**
 * Taken when this module is evaluated, before the ledger patches what imports resolve to. Always called with an encoding: without one Node
 * goes through `fs.openSync`, which is patched.
 */
const readFile = readFileSync;

const COMMENT = /\/[/*][#@]\s*sourceMappingURL=(\S+?)\s*(?:\*\/\s*)?$/gm;
const INLINE = /^data:application\/json[^,]*?(;base64)?,/i;

/** By file, the latest used last. */
const entries = new Map<string, Entry>();
let characters = 0;

/** Where code stood before it was compiled; what was given if there is no map, it cannot be used, or it does not say. */
export function originalPosition(file: string, line: number, column: number): Position {
  // Of code that was compiled while it was loaded only Node has the map, if it was told to keep them; the file has the original lines.
  const map = findSourceMap(file) ?? mapOf(file);
  const entry = map?.findEntry(line - 1, column - 1);
  // The search ends at the last mapping before the position; one of an earlier line says nothing about this one.
  if (entry === undefined || !('originalSource' in entry) || entry.generatedLine !== line - 1)
    return { file, line, column };
  // Not a string where the map says that this part was written by the compiler.
  if (typeof (entry.originalSource as unknown) !== 'string') return { file, line, column };
  return { file: pathOf(entry.originalSource), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function mapOf(file: string): SourceMap | undefined {
  const entry = entries.get(file) ?? enter(file);
  entries.delete(file);
  entries.set(file, entry);
  return entry.map;
}

/** Makes room for a map and reads it. */
function enter(file: string): Entry {
  const entry = read(file);
  characters += entry.size;
  for (const [oldest, { size }] of entries) {
    if (entries.size < MOST_FILES && characters <= MOST_CHARACTERS) break;
    entries.delete(oldest);
    characters -= size;
  }
  return entry;
}

/** A map that is missing or broken costs the original line and nothing more: no error of it reaches the code that opened something. */
function read(file: string): Entry {
  try {
    // What has another name than a path was not read from a file.
    const url = isAbsolute(file) ? [...readFile(file, 'utf8').matchAll(COMMENT)].at(-1)?.[1] : undefined;
    if (url === undefined) return { map: undefined, size: 0 };
    const inline = INLINE.exec(url);
    const place = inline === null ? new URL(url, pathToFileURL(file)) : pathToFileURL(file);
    const text = inline === null ? readFile(place, 'utf8') : decode(url.slice(inline[0].length), inline[1]);
    // Maps may begin with a line that keeps browsers from running them.
    const raw = JSON.parse(text.replace(/^\)\]\}'.*\n/, '')) as RawMap;
    return { map: new SourceMap(payloadOf(raw, place)), size: text.length };
  } catch {
    return { map: undefined, size: 0 };
  }
}

function decode(text: string, base64: string | undefined): string {
  return base64 === undefined ? decodeURIComponent(text) : Buffer.from(text, 'base64').toString();
}

/** What is needed of a map, its sources made absolute: they are relative to `sourceRoot`, and that to the place of the map. */
function payloadOf(raw: RawMap, place: URL): SourceMapPayload {
  const { sourceRoot = '', sections } = raw;
  const root = new URL(sourceRoot === '' || sourceRoot.endsWith('/') ? sourceRoot : `${sourceRoot}/`, place);
  const sources = raw.sources?.map((source) => (source === null ? null : new URL(source, root).href));
  const parts = sections?.map(({ offset, map }) => ({ offset, map: payloadOf(map, place) }));
  return {
    version: 3,
    names: [],
    sources,
    mappings: raw.mappings,
    ...(parts !== undefined && { sections: parts }),
  } as unknown as SourceMapPayload;
}

/** As a path; sources without one, as bundlers may name them, stay addresses. */
function pathOf(source: string): string {
  try {
    return source.startsWith('file:') ? fileURLToPath(source) : source;
  } catch {
    return source;
  }
}
