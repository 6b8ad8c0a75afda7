import { Splitter } from './splitter.js';

/** One string per line, its LF or CRLF taken away; an empty line is an empty string. */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const splitter = new Splitter('\n');
  for await (const piece of pieces) {
    for (const line of splitter.push(piece)) yield withoutCarriageReturn(line);
  }
  for (const line of splitter.end()) yield withoutCarriageReturn(line);
}

/** One string per NUL-separated record, as it is: file names may hold line ends. */
export async function* readNullSeparated(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const splitter = new Splitter('\0');
  for await (const piece of pieces) yield* splitter.push(piece);
  yield* splitter.end();
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
