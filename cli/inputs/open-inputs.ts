import type { Readable } from 'node:stream';
import { readCsv } from './csv.js';
import { type Format, formatOfName, formatOfText } from './format.js';
import { expandArguments } from './globs.js';
import type { InputOptions } from './input-options.js';
import { InputError, type Inputs } from './inputs.js';
import { readJson } from './json.js';
import { readLines, readNullSeparated } from './lines.js';
import { readNdjson } from './ndjson.js';
import { openSource, type Source } from './source.js';

/** What reading needs from the process. */
export interface InputSurroundings {
  cwd: string;
  stdin: () => Readable & { isTTY?: boolean };
  /** Tells the person at the keyboard something, once. */
  hint: (line: string) => void;
}

/** Opens the inputs of a run. Throws a `UsageError` when a glob matches nothing or a file cannot be opened. */
export async function openInputs(options: InputOptions, surroundings: InputSurroundings): Promise<Inputs> {
  if (options.in === undefined) {
    const items = await expandArguments(options.arguments, surroundings.cwd);
    return { items, total: () => items.length, close: () => undefined };
  }
  const source = await openSource(options.in, surroundings.stdin);
  if (options.in === '-' && surroundings.stdin().isTTY) {
    surroundings.hint('Reading inputs from the terminal, one per line; end with Ctrl-D.');
  }
  let total: number | undefined;
  const items = readSource(source, options, (count) => {
    total = count;
  });
  return { items, total: () => total, close: () => source.stream.destroy() };
}

/** Reads the first piece, decides by it how the source is written, and reads the rest like that. */
async function* readSource(source: Source, options: InputOptions, count: (total: number) => void): AsyncGenerator {
  source.stream.setEncoding('utf8');
  try {
    const pieces = (source.stream as AsyncIterable<string>)[Symbol.asyncIterator]();
    const first = await pieces.next();
    const beginning = first.done ? '' : withoutByteOrderMark(first.value);
    yield* chooseReader(options, beginning)(resume(beginning, pieces), source.name, count);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${source.name}: ${(error as Error).message}`, { cause: error });
  }
}

type Reader = (text: AsyncIterable<string>, name: string, count: (total: number) => void) => AsyncIterable<unknown>;

const readers: Record<Format, Reader> = { lines: readLines, ndjson: readNdjson, csv: readCsv, json: readJson };

function chooseReader({ format, in: file, null: nullSeparated }: InputOptions, beginning: string): Reader {
  if (nullSeparated) return readNullSeparated;
  if (format !== 'auto') return readers[format];
  return readers[formatOfName(file ?? '-') ?? formatOfText(beginning)];
}

async function* resume(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
