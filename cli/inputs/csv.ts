import { pipeline } from 'node:stream';
import type { CsvError } from 'csv-parse';
import { InputError } from './inputs.js';

/**
 * One object of strings per row, its fields named by the header line. Blank lines are no rows; a row that cannot be
 * read ends the reading and is named by its line.
 */
export async function* readCsv(pieces: AsyncIterable<string>, name: string): AsyncGenerator<Record<string, string>> {
  const { parse } = await import('csv-parse');
  let broken: CsvError | undefined;
  const parser = parse({
    columns: true,
    skip_empty_lines: true,
    // A parser that stops at an error drops the good rows it has not handed out yet. So it is told to go on, and the
    // reading ends here, behind the last row before the error.
    skip_records_with_error: true,
    on_skip: (error) => {
      broken ??= error;
      return undefined;
    },
  });
  // What goes wrong on either side ends the parser with that error, and with it the loop below.
  pipeline(pieces, parser, () => undefined);
  let rows = 0;
  for await (const row of parser) {
    if (broken && rows === broken['records']) break;
    rows++;
    yield row as Record<string, string>;
  }
  if (broken) throw new InputError(`${name}: ${broken.message}`, { cause: broken });
}
