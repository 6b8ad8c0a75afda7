import { InputError } from './inputs.js';
import { Splitter } from './splitter.js';

/** One value per line of JSON. Blank lines hold no value; a line that is not JSON ends the reading and is named. */
export async function* readNdjson(pieces: AsyncIterable<string>, name: string): AsyncGenerator {
  const splitter = new Splitter('\n');
  let number = 0;
  for await (const piece of pieces) {
    for (const line of splitter.push(piece)) {
      number++;
      if (!isBlank(line)) yield parseLine(line, name, number);
    }
  }
  for (const line of splitter.end()) {
    if (!isBlank(line)) yield parseLine(line, name, number + 1);
  }
}

function parseLine(line: string, name: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new InputError(`${name}:${number}: not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function isBlank(line: string): boolean {
  return line.length < 100 && line.trim() === '';
}
