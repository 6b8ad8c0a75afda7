const longestRecord = 128 * 1024 * 1024;

/**
 * Cuts a text that arrives in pieces at each separator, and keeps no more than the piece at hand and an unfinished
 * record. Empty records are records; a separator at the very end of the text makes none.
 */
export class Splitter {
  readonly #separator: string;
  #unfinished = '';

  /** @param separator One character. */
  constructor(separator: string) {
    this.#separator = separator;
  }

  /** The records that end in this piece. */
  push(piece: string): string[] {
    // Only the new piece is searched: going over the unfinished record each time would cost the square of its length.
    const parts = piece.split(this.#separator);
    const last = parts.pop() ?? '';
    if (parts.length === 0) {
      this.#unfinished += last;
    } else {
      parts[0] = this.#unfinished + (parts[0] ?? '');
      this.#unfinished = last;
    }
    if (this.#unfinished.length > longestRecord) {
      throw new RangeError('a record is longer than 128 MiB; is this the right --format?');
    }
    return parts;
  }

  /** The record that the text ended in, if it did not end with a separator. */
  end(): string[] {
    const last = this.#unfinished;
    this.#unfinished = '';
    return last === '' ? [] : [last];
  }
}
