import { InputError } from './inputs.js';

/**
 * The elements of an array document, or the one value of any other. The whole document is held in memory, so how many
 * there are is known, and told to `count`, before the first is handed out.
 */
export async function* readJson(
  pieces: AsyncIterable<string>,
  name: string,
  count: (total: number) => void,
): AsyncGenerator {
  const parts: string[] = [];
  for await (const piece of pieces) parts.push(piece);
  const values = parse(parts.join(''), name);
  count(values.length);
  yield* values;
}

function parse(text: string, name: string): unknown[] {
  if (text.trim() === '') return [];
  try {
    const document: unknown = JSON.parse(text);
    return Array.isArray(document) ? (document as unknown[]) : [document];
  } catch (error) {
    const reason = `${name}: not JSON: ${(error as Error).message}`;
    throw new InputError(`${reason} (for one value per line: --format ndjson; for plain text: --format lines)`, {
      cause: error,
    });
  }
}
